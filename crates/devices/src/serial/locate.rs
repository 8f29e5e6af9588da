//! Where a named port is now. [`locate`] is pure; [`PortFinder`] asks the system.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::listing::{ListedPort, PortListing, SystemPorts};
use super::name::PortName;

/// Where a named port is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Located {
    /// At this path, as far as the list or the name says.
    At(String),
    /// Not plugged in.
    Absent,
    /// So many devices answer to the name. None is taken: a scan from the wrong bench is worse than none.
    Ambiguous(usize),
}

/// Looks for a port in a list.
pub fn locate(name: &PortName, ports: &[ListedPort]) -> Located {
    let identity = match name {
        PortName::Path(path) => return Located::At(path.clone()),
        PortName::Usb(identity) => identity,
    };
    let mut found = ports.iter().filter(|port| port.is(identity));
    match (found.next(), found.count()) {
        (None, _) => Located::Absent,
        (Some(port), 0) => Located::At(port.path.clone()),
        (Some(_), others) => Located::Ambiguous(others + 1),
    }
}

/// Finds a named port again and again. To open it, it is looked up as the system lists it at that moment: a path that was this
/// device a second ago may be another one now.
#[derive(Debug, Clone)]
pub struct PortFinder {
    name: PortName,
    listing: Arc<dyn PortListing>,
}

impl PortFinder {
    /// Looks among the system's own ports.
    pub fn new(name: PortName) -> Self {
        Self { name, listing: Arc::new(SystemPorts) }
    }

    /// Looks in another list.
    #[must_use]
    pub fn among(self, listing: Arc<dyn PortListing>) -> Self {
        Self { listing, ..self }
    }

    /// The name that it looks for.
    pub fn name(&self) -> &PortName {
        &self.name
    }

    /// Where the port is now. A typed path is not looked up.
    pub fn locate(&self) -> Located {
        self.locate_in(|| self.listing.ports())
    }

    /// Whether the port seems to be plugged in, by a glance that costs next to nothing.
    pub fn is_in_sight(&self) -> bool {
        match self.locate_in(|| self.listing.glance()) {
            Located::At(path) => matches!(self.name, PortName::Usb(_)) || self.is_there(&path),
            Located::Absent | Located::Ambiguous(_) => false,
        }
    }

    /// Whether something is plugged in at `path`. On Unix the node says so; elsewhere only the list does.
    pub fn is_there(&self, path: &str) -> bool {
        if cfg!(unix) {
            return Path::new(path).exists();
        }
        self.listed(|| self.listing.ports()).iter().any(|port| port.path == path)
    }

    fn locate_in(&self, list: impl FnOnce() -> io::Result<Vec<ListedPort>>) -> Located {
        match &self.name {
            PortName::Path(path) => Located::At(path.clone()),
            PortName::Usb(_) => locate(&self.name, &self.listed(list)),
        }
    }

    fn listed(&self, list: impl FnOnce() -> io::Result<Vec<ListedPort>>) -> Vec<ListedPort> {
        list().unwrap_or_else(|error| {
            tracing::warn!(%error, port = %self.name, "the system does not say which ports there are");
            Vec::new()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::listing::UsbPort;
    use super::super::name::UsbIdentity;
    use super::*;

    fn port(path: &str, serial: &str, socket: &str) -> ListedPort {
        let identity = UsbIdentity {
            serial_number: Some(serial.to_owned()),
            socket: Some(socket.to_owned()),
            ..UsbIdentity::of_product(0x0c2e, 0x0b61)
        };
        ListedPort { path: path.to_owned(), usb: Some(UsbPort { identity, product: None }) }
    }

    #[test]
    fn a_device_is_found_wherever_the_system_has_put_it() {
        let ports = [
            port("/dev/ttyACM0", "S2", "1-1"),
            port("/dev/ttyACM1", "S1", "1-2"),
            ListedPort { path: "/dev/ttyS0".to_owned(), usb: None },
        ];
        for (name, expected) in [
            ("usb:0C2E:0B61,serial=S1", Located::At("/dev/ttyACM1".to_owned())),
            ("usb:0C2E:0B61,socket=1-1", Located::At("/dev/ttyACM0".to_owned())),
            ("usb:0C2E:0B61,serial=S1,socket=1-1", Located::Absent),
            ("usb:0C2E:0B61,serial=S3", Located::Absent),
            ("usb:0C2E:0B62", Located::Absent),
            ("usb:0C2E:0B61", Located::Ambiguous(2)),
            ("/dev/pts/7", Located::At("/dev/pts/7".to_owned())),
        ] {
            let name: PortName = name.parse().expect("a name");
            assert_eq!(locate(&name, &ports), expected, "{name}");
        }
    }

    #[derive(Debug)]
    struct Unwilling;

    impl PortListing for Unwilling {
        fn ports(&self) -> std::io::Result<Vec<ListedPort>> {
            Err(std::io::ErrorKind::PermissionDenied.into())
        }
    }

    #[test]
    fn a_system_that_will_not_list_its_ports_costs_nothing_but_the_name() {
        let finder = |name: &str| PortFinder::new(name.parse().expect("a name")).among(Arc::new(Unwilling));
        assert_eq!(finder("usb:0C2E:0B61").locate(), Located::Absent, "it cannot be found");
        assert!(!finder("usb:0C2E:0B61").is_in_sight(), "nor seen");
        assert_eq!(finder("/dev/pts/7").locate(), Located::At("/dev/pts/7".to_owned()), "a typed path needs no list");
    }
}
