//! Which scanners and which printer stand here.

use cordwainer_devices::printer::PrinterAddress;
use cordwainer_protocol::station::{RpcFailure, ScannerSetting};
use cordwainer_protocol::{Message, MessageCode, Param};

use super::super::{Engine, Errand};
use crate::devices::{PRINTER_SETTING, SCANNERS_SETTING};

impl Engine {
    pub(in crate::engine) fn save_devices(
        &mut self,
        scanners: &[ScannerSetting],
        printer: &str,
    ) -> Result<(), RpcFailure> {
        let printer = printer.trim();
        if !printer.is_empty() {
            printer.parse::<PrinterAddress>().map_err(|fault| unusable(&fault.to_string()))?;
        }
        if let Some(bad) = scanners.iter().find(|scanner| scanner.path.trim().is_empty() || scanner.baud == 0) {
            return Err(unusable(&format!("{}@{}", bad.path, bad.baud)));
        }
        let json = serde_json::to_string(scanners).map_err(|fault| unusable(&fault.to_string()))?;
        self.keep_setting(SCANNERS_SETTING, &json)?;
        self.keep_setting(PRINTER_SETTING, printer)?;
        self.forget_devices();
        self.changed_state();
        self.ask(Errand::OpenDevices);
        Ok(())
    }
}

fn unusable(detail: &str) -> RpcFailure {
    RpcFailure { message: Message::new(MessageCode::Unsupported).with("detail", Param::Text(detail.to_owned())) }
}
