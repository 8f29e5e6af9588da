//! How a scanner is written on a command line or in settings: `serial:PORT[@BAUD[,8N1]]` or `tcp://HOST:PORT`.

use std::fmt;
use std::str::FromStr;

use super::framer::SourceId;
use super::serial::{SerialSettings, SerialSource};
use super::source::ScanSource;
use super::tcp::{TcpSettings, TcpSource};
use crate::AddressError;
use crate::address::tcp_place;
use crate::serial::{LineSettings, PortName};

const EXPECTED: &str = "serial:PORT[@BAUD] or tcp://HOST:PORT";

/// Where a scanner is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannerAddress {
    /// A serial port.
    Serial {
        /// Which one: best by what the device is (`usb:0C2E:0B61,serial=…`), else by a path.
        port: PortName,
        /// Speed and shape of a character.
        line: LineSettings,
    },
    /// A device that listens at `host:port`.
    Tcp(String),
}

impl ScannerAddress {
    /// The source that reads this scanner.
    pub fn source(&self, source_id: SourceId) -> Box<dyn ScanSource> {
        match self {
            Self::Serial { port, line } => {
                Box::new(SerialSource::new(source_id, SerialSettings::new(port.clone(), *line)))
            }
            Self::Tcp(place) => Box::new(TcpSource::new(source_id, TcpSettings::new(place.clone()))),
        }
    }
}

impl FromStr for ScannerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(place) = text.strip_prefix("tcp://") {
            return tcp_place(place).map(Self::Tcp);
        }
        let Some(place) = text.strip_prefix("serial:") else {
            return Err(AddressError::UnknownKind(text.to_owned(), EXPECTED));
        };
        let (port, line) = LineSettings::split_from(place)?;
        Ok(Self::Serial { port: port.parse()?, line })
    }
}

impl fmt::Display for ScannerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial { port, line } => write!(f, "serial:{port}@{line}"),
            Self::Tcp(place) => write!(f, "tcp://{place}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serial::Parity;

    #[test]
    fn an_address_says_port_and_speed() {
        for (text, port, line) in [
            ("serial:/dev/ttyACM0", "/dev/ttyACM0", LineSettings::plain(9600)),
            ("serial:/dev/ttyUSB1@115200", "/dev/ttyUSB1", LineSettings::plain(115_200)),
            ("serial:COM3@19200", "COM3", LineSettings::plain(19_200)),
            ("serial:usb:0C2E:0B61,serial=S1@19200", "usb:0C2E:0B61,serial=S1", LineSettings::plain(19_200)),
            (
                "serial:usb:0403:6001,socket=1-2.4@2400,7E1",
                "usb:0403:6001,socket=1-2.4",
                LineSettings { data_bits: 7, parity: Parity::Even, ..LineSettings::plain(2400) },
            ),
            ("serial:/dev/serial/by-path/pci-0000@usb", "/dev/serial/by-path/pci-0000@usb", LineSettings::plain(9600)),
        ] {
            let expected = ScannerAddress::Serial { port: port.parse().expect("a name"), line };
            assert_eq!(text.parse(), Ok(expected.clone()), "{text}");
            assert_eq!(expected.to_string().parse(), Ok(expected), "what is written can be read back");
        }
        let tcp = ScannerAddress::Tcp("192.168.1.60:2112".to_owned());
        assert_eq!(tcp.to_string().parse(), Ok(tcp), "a reader on the network");
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong() {
        for (text, said) in [
            ("/dev/ttyACM0", "serial:PORT[@BAUD]"),
            ("serial:", "where"),
            ("serial:@9600", "where"),
            ("serial:/dev/ttyACM0@", "line speed"),
            ("serial:/dev/ttyACM0@0", "line speed"),
            ("serial:/dev/ttyACM0@99999999999", "line speed"),
            ("serial:/dev/ttyACM0@9600,9X1", "shape"),
            ("serial:usb:0c2e", "USB number"),
            ("tcp://reader", "where"),
            ("tcp://reader:0", "port"),
        ] {
            let error = text.parse::<ScannerAddress>().expect_err(text).to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
