//! How a printer is written on a command line or in settings: `zpl+tcp://HOST:PORT` or `zpl+file:PATH`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::file::FileTransport;
use super::tcp::{TcpLimits, TcpTransport};
use super::transport::PrinterTransport;
use crate::AddressError;
use crate::address::tcp_place;

const EXPECTED: &str = "zpl+tcp://HOST:PORT or zpl+file:PATH";

/// What a printer understands. The labels crate encodes for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterLanguage {
    /// Zebra's language, which many others speak too.
    Zpl,
}

/// The way to a printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrinterRoute {
    /// Raw TCP to `host:port`.
    Tcp(String),
    /// A regular file.
    File(PathBuf),
}

/// Language and way together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterAddress {
    /// What it understands.
    pub language: PrinterLanguage,
    /// Where it is.
    pub route: PrinterRoute,
}

impl PrinterAddress {
    /// The transport to this printer, with the usual limits.
    pub fn transport(&self) -> Box<dyn PrinterTransport> {
        match &self.route {
            PrinterRoute::Tcp(place) => Box::new(TcpTransport::new(place.clone(), TcpLimits::default())),
            PrinterRoute::File(path) => Box::new(FileTransport::new(path.clone())),
        }
    }
}

impl FromStr for PrinterAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || AddressError::UnknownKind(text.to_owned(), EXPECTED);
        let (language, route) = text.split_once('+').ok_or_else(unknown)?;
        let language = match language {
            "zpl" => PrinterLanguage::Zpl,
            _ => return Err(unknown()),
        };
        let route = if let Some(place) = route.strip_prefix("tcp://") {
            PrinterRoute::Tcp(tcp_place(place)?)
        } else if let Some(path) = route.strip_prefix("file:") {
            file_route(path)?
        } else {
            return Err(unknown());
        };
        Ok(Self { language, route })
    }
}

fn file_route(path: &str) -> Result<PrinterRoute, AddressError> {
    if path.is_empty() {
        return Err(AddressError::NoPlace(path.to_owned()));
    }
    Ok(PrinterRoute::File(PathBuf::from(path)))
}

impl fmt::Display for PrinterAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let language = match self.language {
            PrinterLanguage::Zpl => "zpl",
        };
        match &self.route {
            PrinterRoute::Tcp(place) => write!(f, "{language}+tcp://{place}"),
            PrinterRoute::File(path) => write!(f, "{language}+file:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_language_and_way() {
        for (text, route) in [
            ("zpl+tcp://192.168.1.50:9100", PrinterRoute::Tcp("192.168.1.50:9100".to_owned())),
            ("zpl+tcp://[fe80::1]:9100", PrinterRoute::Tcp("[fe80::1]:9100".to_owned())),
            ("zpl+file:/tmp/labels.zpl", PrinterRoute::File(PathBuf::from("/tmp/labels.zpl"))),
        ] {
            let expected = PrinterAddress { language: PrinterLanguage::Zpl, route };
            assert_eq!(text.parse(), Ok(expected.clone()), "{text}");
            assert_eq!(expected.to_string(), text, "what is read can be written back");
        }
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong() {
        for (text, said) in [
            ("192.168.1.50:9100", EXPECTED),
            ("epl+tcp://192.168.1.50:9100", EXPECTED),
            ("zpl+usb:1", EXPECTED),
            ("zpl+tcp://printer", "where"),
            ("zpl+tcp://:9100", "where"),
            ("zpl+tcp://printer:0", "port"),
            ("zpl+tcp://printer:99999", "port"),
            ("zpl+file:", "where"),
        ] {
            let error = text.parse::<PrinterAddress>().expect_err(text).to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
