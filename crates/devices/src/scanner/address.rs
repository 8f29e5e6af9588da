//! How a scanner is written on a command line or in settings: `serial:PATH[@BAUD]`.

use std::fmt;
use std::str::FromStr;

use super::framer::SourceId;
use super::serial::{SerialSettings, SerialSource};
use super::source::ScanSource;
use crate::AddressError;

/// The speed most scanners leave the factory with.
const USUAL_BAUD: u32 = 9600;

/// Where a scanner is. A device is best named by a path that follows it from socket to socket, such as
/// `/dev/serial/by-id/…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannerAddress {
    /// A serial port by its path.
    Serial {
        /// The device node, or a link to it.
        path: String,
        /// The line speed in baud.
        baud: u32,
    },
}

impl ScannerAddress {
    /// The source that reads this scanner.
    pub fn source(&self, source_id: SourceId) -> Box<dyn ScanSource> {
        match self {
            Self::Serial { path, baud } => {
                Box::new(SerialSource::new(source_id, SerialSettings::new(path.clone(), *baud)))
            }
        }
    }
}

impl FromStr for ScannerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(place) = text.strip_prefix("serial:") else {
            return Err(AddressError::UnknownKind(text.to_owned(), "serial:PATH[@BAUD]"));
        };
        let (path, baud) = match place.rsplit_once('@') {
            // USB paths may contain an @ of their own, and then what follows is no number.
            Some((path, digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                let baud = digits.parse().ok().filter(|&baud| baud > 0);
                (path, baud.ok_or_else(|| AddressError::BadNumber(digits.to_owned(), "line speed"))?)
            }
            _ => (place, USUAL_BAUD),
        };
        if path.is_empty() {
            return Err(AddressError::NoPlace(text.to_owned()));
        }
        Ok(Self::Serial { path: path.to_owned(), baud })
    }
}

impl fmt::Display for ScannerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial { path, baud } => write!(f, "serial:{path}@{baud}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_port_and_speed() {
        for (text, path, baud) in [
            ("serial:/dev/ttyACM0", "/dev/ttyACM0", 9600),
            ("serial:/dev/ttyUSB1@115200", "/dev/ttyUSB1", 115_200),
            ("serial:COM3@19200", "COM3", 19_200),
            ("serial:/dev/serial/by-path/pci-0000@usb", "/dev/serial/by-path/pci-0000@usb", 9600),
        ] {
            let expected = ScannerAddress::Serial { path: path.to_owned(), baud };
            assert_eq!(text.parse(), Ok(expected.clone()), "{text}");
            assert_eq!(expected.to_string().parse(), Ok(expected), "what is written can be read back");
        }
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong() {
        for (text, said) in [
            ("/dev/ttyACM0", "serial:PATH[@BAUD]"),
            ("serial:", "where"),
            ("serial:@9600", "where"),
            ("serial:/dev/ttyACM0@", "line speed"),
            ("serial:/dev/ttyACM0@0", "line speed"),
            ("serial:/dev/ttyACM0@99999999999", "line speed"),
        ] {
            let error = text.parse::<ScannerAddress>().expect_err(text).to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
