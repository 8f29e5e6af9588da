//! Which scanners, instruments and printer stand here.

use std::collections::HashSet;

use cordwainer_devices::instrument::Unit;
use cordwainer_devices::printer::PrinterAddress;
use cordwainer_protocol::station::{Connection, InstrumentSetting, RpcFailure, ScannerSetting};
use cordwainer_protocol::{Message, MessageCode, Param};

use super::super::{Engine, Errand};
use crate::devices::{INSTRUMENTS_SETTING, PRINTER_SETTING, SCANNERS_SETTING, address};

impl Engine {
    pub(in crate::engine) fn save_devices(
        &mut self,
        scanners: &[ScannerSetting],
        instruments: &[InstrumentSetting],
        printer: &str,
    ) -> Result<(), RpcFailure> {
        let printer = printer.trim();
        if !printer.is_empty() {
            printer.parse::<PrinterAddress>().map_err(|fault| unusable(&fault.to_string()))?;
        }
        let scanner_places = scanners.iter().map(|scanner| &scanner.connection);
        must_be_usable(scanner_places.chain(instruments.iter().map(|instrument| &instrument.connection)))?;
        let unknown =
            |instrument: &&InstrumentSetting| !instrument.unit.is_empty() && Unit::sent_as(&instrument.unit).is_none();
        if let Some(instrument) = instruments.iter().find(unknown) {
            return Err(unusable(&instrument.unit));
        }
        let json = |kept: serde_json::Result<String>| kept.map_err(|fault| unusable(&fault.to_string()));
        let (scanners, instruments) =
            (json(serde_json::to_string(scanners))?, json(serde_json::to_string(instruments))?);
        self.keep_setting(SCANNERS_SETTING, &scanners)?;
        self.keep_setting(INSTRUMENTS_SETTING, &instruments)?;
        self.keep_setting(PRINTER_SETTING, printer)?;
        self.forget_devices();
        self.changed_state();
        self.ask(Errand::OpenDevices);
        Ok(())
    }
}

/// A port has one reader, and an address that makes no sense is said while somebody is there to mend it.
fn must_be_usable<'a>(connections: impl Iterator<Item = &'a Connection>) -> Result<(), RpcFailure> {
    let mut names = HashSet::new();
    for connection in connections {
        let code = match address(connection) {
            Err(_) => MessageCode::DeviceAddressWrong,
            Ok(_) if !names.insert(connection.name()) => MessageCode::DeviceTwice,
            Ok(_) => continue,
        };
        let message = Message::new(code).with("address", Param::Text(connection.name().to_owned()));
        return Err(RpcFailure { message });
    }
    Ok(())
}

fn unusable(detail: &str) -> RpcFailure {
    RpcFailure { message: Message::new(MessageCode::Unsupported).with("detail", Param::Text(detail.to_owned())) }
}
