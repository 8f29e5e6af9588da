//! Serial ports that are there now, so that a person can pick one instead of typing it.

use cordwainer_devices::serial::{PortListing, SystemPorts};

/// Serial ports as settings name them: by what the device is, where that is known, so that the name survives another socket
/// or order of plugging in. Empty where the system does not list them; a name can always be typed.
pub fn ports() -> Vec<String> {
    let listed = SystemPorts.ports().unwrap_or_else(|fault| {
        tracing::warn!(%fault, "the system does not say which serial ports there are");
        Vec::new()
    });
    listed.iter().map(|port| port.name(&listed).to_string()).collect()
}
