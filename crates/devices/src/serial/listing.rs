//! The serial ports that the system lists now.

use std::fmt;
use std::io;

use super::glance::LastGlance;
use super::name::{PortName, UsbIdentity};

/// What a listed USB port says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbPort {
    /// Everything that is known about it: all parts that the device and the system give.
    pub identity: UsbIdentity,
    /// What people call it, as the device or the system's table of devices says.
    pub product: Option<String>,
}

/// A port that is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPort {
    /// Where it is today.
    pub path: String,
    /// What it is, if it hangs on USB.
    pub usb: Option<UsbPort>,
}

/// Whoever knows which ports there are. Tests bring a list of their own.
pub trait PortListing: Send + Sync + fmt::Debug {
    /// All ports that are there now.
    ///
    /// # Errors
    /// When the system cannot say.
    fn ports(&self) -> io::Result<Vec<ListedPort>>;

    /// A list that may be a moment old: good enough to look whether a device has come, and never to open it by.
    ///
    /// # Errors
    /// When the system cannot say.
    fn glance(&self) -> io::Result<Vec<ListedPort>> {
        self.ports()
    }
}

/// The operating system's own list. It never has pseudo terminals.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemPorts;

impl PortListing for SystemPorts {
    fn ports(&self) -> io::Result<Vec<ListedPort>> {
        let mut ports: Vec<ListedPort> = serialport::available_ports()?.into_iter().map(listed).collect();
        ports.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(ports)
    }

    fn glance(&self) -> io::Result<Vec<ListedPort>> {
        static LAST: LastGlance = LastGlance::none();
        LAST.or(|| self.ports())
    }
}

fn listed(port: serialport::SerialPortInfo) -> ListedPort {
    let usb = match port.port_type {
        serialport::SerialPortType::UsbPort(usb) => Some(usb_port(usb)),
        _ => None,
    };
    ListedPort { path: port.port_name, usb }
}

fn usb_port(usb: serialport::UsbPortInfo) -> UsbPort {
    // Cheap adapters answer with blanks where a number should be: that is no number.
    let serial_number = usb.serial_number.filter(|text| !text.trim().is_empty());
    let socket = usb.location.map(|location| location.to_string());
    let identity =
        UsbIdentity { vendor_id: usb.vid, product_id: usb.pid, serial_number, socket, interface: usb.interface };
    UsbPort { identity, product: usb.product }
}

impl ListedPort {
    /// The shortest name that means this port and no other of `all`: by serial number, else by socket, else by both and the
    /// interface. A port that is not on USB has its path only.
    pub fn name(&self, all: &[Self]) -> PortName {
        let Some(UsbPort { identity: full, .. }) = &self.usb else { return PortName::Path(self.path.clone()) };
        let product = UsbIdentity::of_product(full.vendor_id, full.product_id);
        let by_serial = UsbIdentity { serial_number: full.serial_number.clone(), ..product.clone() };
        let by_socket = UsbIdentity { socket: full.socket.clone(), ..product };
        let by_both = UsbIdentity { interface: None, ..full.clone() };
        let names = [
            full.serial_number.is_some().then_some(by_serial),
            full.socket.is_some().then_some(by_socket),
            Some(by_both),
        ];
        let alone = |name: &UsbIdentity| all.iter().filter(|port| port.is(name)).count() <= 1;
        PortName::Usb(names.into_iter().flatten().find(alone).unwrap_or_else(|| full.clone()))
    }

    /// Whether this is the device that `wanted` means.
    pub fn is(&self, wanted: &UsbIdentity) -> bool {
        let Some(UsbPort { identity: found, .. }) = &self.usb else { return false };
        (wanted.vendor_id, wanted.product_id) == (found.vendor_id, found.product_id)
            && agrees(wanted.serial_number.as_ref(), found.serial_number.as_ref())
            && agrees(wanted.socket.as_ref(), found.socket.as_ref())
            && agrees(wanted.interface.as_ref(), found.interface.as_ref())
    }
}

/// What is not asked for may be anything.
fn agrees<T: PartialEq>(wanted: Option<&T>, found: Option<&T>) -> bool {
    wanted.is_none() || wanted == found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(path: &str, serial: Option<&str>, socket: Option<&str>, interface: Option<u8>) -> ListedPort {
        let identity = UsbIdentity {
            serial_number: serial.map(str::to_owned),
            socket: socket.map(str::to_owned),
            interface,
            ..UsbIdentity::of_product(0x0c2e, 0x0b61)
        };
        ListedPort { path: path.to_owned(), usb: Some(UsbPort { identity, product: None }) }
    }

    #[test]
    fn a_port_is_named_as_shortly_as_tells_it_from_the_others() {
        for (ports, expected) in [
            (vec![port("a", Some("S1"), Some("1-1"), Some(0))], "usb:0C2E:0B61,serial=S1"),
            (vec![port("a", None, Some("1-1"), Some(0))], "usb:0C2E:0B61,socket=1-1"),
            (
                vec![port("a", Some("0001"), Some("1-1"), None), port("b", Some("0001"), Some("1-2"), None)],
                "usb:0C2E:0B61,socket=1-1",
            ),
            (
                vec![port("a", Some("S1"), Some("1-1"), Some(0)), port("b", Some("S1"), Some("1-1"), Some(2))],
                "usb:0C2E:0B61,serial=S1,socket=1-1,interface=0",
            ),
            (vec![port("a", None, None, None)], "usb:0C2E:0B61"),
            (vec![ListedPort { path: "/dev/ttyS0".to_owned(), usb: None }], "/dev/ttyS0"),
        ] {
            assert_eq!(ports[0].name(&ports).to_string(), expected, "among {ports:?}");
        }
    }

    #[test]
    fn the_system_can_be_asked_and_lists_no_port_twice() {
        let ports = SystemPorts.ports().expect("the system answers, if only with nothing");
        let mut paths: Vec<&str> = ports.iter().map(|port| port.path.as_str()).collect();
        paths.dedup();
        assert_eq!(paths.len(), ports.len(), "a person would pick one of two that are one: {paths:?}");
    }

    #[test]
    fn blanks_are_no_serial_number() {
        let info = |serial: &str| serialport::UsbPortInfo {
            vid: 0x1a86,
            pid: 0x7523,
            serial_number: Some(serial.to_owned()),
            manufacturer: None,
            product: None,
            location: "1-2.4".parse().ok(),
            interface: None,
        };
        let usb = usb_port(info("  ")).identity;
        assert_eq!(
            (usb.serial_number, usb.socket.as_deref()),
            (None, Some("1-2.4")),
            "the socket tells it apart instead"
        );
        assert_eq!(usb_port(info("S1")).identity.serial_number.as_deref(), Some("S1"), "a real one is kept");
    }
}
