//! The codes of the demo factory, as `cordwainer-server demo codes` prints them.

use serde_json::Value;

/// Everything that can be scanned.
#[derive(Clone, Debug)]
pub struct Factory {
    codes: Value,
}

impl Factory {
    /// Takes what the server printed.
    pub fn read(codes: &Value) -> Self {
        Self { codes: codes.clone() }
    }

    /// The whole of it.
    pub fn codes(&self) -> &Value {
        &self.codes
    }
}
