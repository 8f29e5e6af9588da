//! How a serial port is named so that the name follows the device. Pure.

use std::fmt::{self, Write};
use std::str::FromStr;

use crate::AddressError;

const USB: &str = "usb:";

/// A serial port as settings name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PortName {
    /// A device node or any path to one, such as `/dev/serial/by-id/…`, `COM3`, or a pseudo terminal.
    Path(String),
    /// A USB device, wherever the system has put it today.
    Usb(UsbIdentity),
}

/// What tells one USB serial device from all others. Written
/// `usb:VVVV:PPPP[,serial=TEXT][,socket=BUS-CHAIN][,interface=N]`; what is not given may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UsbIdentity {
    /// The maker's number.
    pub vendor_id: u16,
    /// The maker's number for the product.
    pub product_id: u16,
    /// The serial number, where the device has one of its own.
    pub serial_number: Option<String>,
    /// The bus and the chain of sockets from it, such as `1-2.4`: tells identical devices apart by where they are plugged in.
    pub socket: Option<String>,
    /// Which of the device's interfaces, where it has several serial ports.
    pub interface: Option<u8>,
}

impl UsbIdentity {
    /// Any device of this make and product.
    pub fn of_product(vendor_id: u16, product_id: u16) -> Self {
        Self { vendor_id, product_id, serial_number: None, socket: None, interface: None }
    }
}

impl FromStr for PortName {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(identity) = text.strip_prefix(USB) {
            return identity.parse().map(Self::Usb);
        }
        if text.is_empty() {
            return Err(AddressError::NoPlace(text.to_owned()));
        }
        Ok(Self::Path(text.to_owned()))
    }
}

impl fmt::Display for PortName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => f.write_str(path),
            Self::Usb(identity) => write!(f, "{USB}{identity}"),
        }
    }
}

impl FromStr for UsbIdentity {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(',');
        let (vendor_id, product_id) = parts.next().and_then(|product| product.split_once(':')).unwrap_or((text, ""));
        let mut identity = Self::of_product(hexadecimal(vendor_id)?, hexadecimal(product_id)?);
        for part in parts {
            match part.split_once('=') {
                Some(("serial", serial)) => identity.serial_number = Some(unescaped(serial)?),
                Some(("socket", socket)) if !socket.is_empty() => identity.socket = Some(unescaped(socket)?),
                Some(("interface", number)) => {
                    let number = number.parse().map_err(|_| AddressError::BadNumber(number.to_owned(), "interface"))?;
                    identity.interface = Some(number);
                }
                _ => return Err(AddressError::UnknownKind(part.to_owned(), "serial=, socket= or interface=")),
            }
        }
        Ok(identity)
    }
}

impl fmt::Display for UsbIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}:{:04X}", self.vendor_id, self.product_id)?;
        if let Some(serial) = &self.serial_number {
            write!(f, ",serial={}", escaped(serial))?;
        }
        if let Some(socket) = &self.socket {
            write!(f, ",socket={}", escaped(socket))?;
        }
        self.interface.map_or(Ok(()), |number| write!(f, ",interface={number}"))
    }
}

fn hexadecimal(digits: &str) -> Result<u16, AddressError> {
    let read = if digits.len() == 4 { u16::from_str_radix(digits, 16).ok() } else { None };
    read.ok_or_else(|| AddressError::BadNumber(digits.to_owned(), "USB number of four hexadecimal digits"))
}

/// Serial numbers are free text. What could be mistaken for a part of the address is written as `%XX`.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            _ => write!(out, "%{byte:02X}").unwrap_or_default(),
        }
    }
    out
}

fn unescaped(text: &str) -> Result<String, AddressError> {
    let bad = || AddressError::BadNumber(text.to_owned(), "%XX text");
    let mut bytes = Vec::new();
    let mut pieces = text.split('%');
    bytes.extend(pieces.next().unwrap_or_default().bytes());
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2).ok_or_else(bad)?;
        bytes.push(u8::from_str_radix(digits, 16).map_err(|_| bad())?);
        bytes.extend(rest.bytes());
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_says_which_device_or_where() {
        let plain = UsbIdentity::of_product(0x0c2e, 0x0b61);
        let numbered = UsbIdentity { serial_number: Some("17 003,A".to_owned()), ..plain.clone() };
        let placed = UsbIdentity { socket: Some("1-2.4".to_owned()), interface: Some(2), ..plain.clone() };
        for (text, name) in [
            ("/dev/ttyACM0", PortName::Path("/dev/ttyACM0".to_owned())),
            ("COM3", PortName::Path("COM3".to_owned())),
            ("usb:0C2E:0B61", PortName::Usb(plain)),
            ("usb:0C2E:0B61,serial=17%20003%2CA", PortName::Usb(numbered)),
            ("usb:0C2E:0B61,socket=1-2.4,interface=2", PortName::Usb(placed)),
        ] {
            assert_eq!(text.parse(), Ok(name.clone()), "{text}");
            assert_eq!(name.to_string(), text, "what is written can be read back");
        }
    }

    #[test]
    fn a_wrong_name_says_what_is_wrong() {
        for (text, said) in [
            ("", "where"),
            ("usb:", "USB number"),
            ("usb:0c2e", "USB number"),
            ("usb:c2e:0b61", "USB number"),
            ("usb:+c2e:0b61x", "USB number"),
            ("usb:0c2e:0b61,colour=red", "socket="),
            ("usb:0c2e:0b61,socket=", "socket="),
            ("usb:0c2e:0b61,interface=first", "interface"),
            ("usb:0c2e:0b61,serial=%2", "%XX"),
            ("usb:0c2e:0b61,serial=%zz", "%XX"),
            ("usb:0c2e:0b61,serial=%FF", "%XX"),
        ] {
            let error = text.parse::<PortName>().expect_err(text).to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_serial_number_survives_being_written_and_read(
            vendor_id: u16, product_id: u16, serial_number in option::of(any::<String>()),
            socket in option::of("[0-9]{1,3}-[0-9]{1,3}(\\.[0-9]{1,3}){0,6}"), interface: Option<u8>,
        ) {
            let name = PortName::Usb(UsbIdentity { vendor_id, product_id, serial_number, socket, interface });
            let text = name.to_string();
            prop_assert!(!text.contains('@') && text.is_ascii(), "the speed behind it must be found: {text}");
            prop_assert_eq!(text.parse(), Ok(name));
        }
    }
}
