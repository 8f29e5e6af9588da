//! How many pixels a millimetre has on this screen, measured with a bank card.

use cordwainer_protocol::station::RpcFailure;

use super::super::Engine;

const SETTING: &str = "px_per_mm_x100";

impl Engine {
    pub(in crate::engine) fn save_calibration(&mut self, px_per_mm_x100: u32) -> Result<(), RpcFailure> {
        self.keep_setting(SETTING, &px_per_mm_x100.to_string())?;
        self.changed_state();
        Ok(())
    }

    /// Hundredths of a pixel per millimetre; 0 before the first calibration.
    pub(in crate::engine) fn calibration(&self) -> u32 {
        let kept = self.store.outbox.setting(SETTING).ok().flatten();
        kept.and_then(|text| text.parse().ok()).unwrap_or(0)
    }
}
