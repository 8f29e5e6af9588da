//! How a printer is written on a command line or in settings: a language, a plus sign, and the way to it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use ::ipp::prelude::Uri;
use cordwainer_labels::PrinterLanguage;

use super::file::FileTransport;
use super::ipp::{IppLimits, IppTransport, ipp_uri};
use super::pieces::WriteLimits;
use super::serial::SerialTransport;
#[cfg(windows)]
use super::spooler::SpoolerTransport;
use super::tcp::{TcpLimits, TcpTransport};
use super::transport::PrinterTransport;
#[cfg(unix)]
use super::usb::UsbNodeTransport;
use crate::AddressError;
use crate::address::tcp_place;
use crate::serial::{LineSettings, PortFinder, PortName};

#[cfg(unix)]
const EXPECTED: &str = "LANGUAGE+tcp://HOST:PORT, LANGUAGE+serial:PORT[@BAUD], LANGUAGE+usb:/dev/usb/lpN or \
                        LANGUAGE+file:PATH with zpl, tspl, escpos or epl for LANGUAGE, or pdf+ipp://HOST/PATH";
#[cfg(not(unix))]
const EXPECTED: &str = r"LANGUAGE+tcp://HOST:PORT, LANGUAGE+serial:PORT[@BAUD], LANGUAGE+spooler:\\HOST\SHARE or LANGUAGE+file:PATH with zpl, tspl, escpos or epl for LANGUAGE, or pdf+ipp://HOST/PATH";

/// What a printer takes. The labels crate encodes for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterInput {
    /// Commands of a label printer.
    Label(PrinterLanguage),
    /// Pages in PDF, for print queues.
    Pages,
}

impl PrinterInput {
    const PAGES: &'static str = "pdf";

    /// The word in front of an address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Label(language) => language.word(),
            Self::Pages => Self::PAGES,
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        let label = || PrinterLanguage::ALL.into_iter().find(|language| language.word() == word).map(Self::Label);
        if word == Self::PAGES { Some(Self::Pages) } else { label() }
    }
}

/// The way to a printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrinterRoute {
    /// Raw TCP to `host:port`.
    Tcp(String),
    /// A serial port.
    Serial {
        /// Which one.
        port: PortName,
        /// Speed, shape of a character and flow control.
        line: LineSettings,
    },
    /// A node of the kernel's driver for USB printers.
    #[cfg(unix)]
    UsbNode(PathBuf),
    /// A printer that Windows has installed and shares, `\\HOST\SHARE`.
    #[cfg(windows)]
    Spooler(String),
    /// A print queue, `ipp://HOST/PATH`. For PDF only.
    Ipp(Uri),
    /// A regular file.
    File(PathBuf),
}

/// What it takes and the way to it, together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterAddress {
    /// What it takes.
    pub input: PrinterInput,
    /// Where it is.
    pub route: PrinterRoute,
}

impl PrinterAddress {
    /// The transport to this printer, with the usual limits.
    pub fn transport(&self) -> Box<dyn PrinterTransport> {
        let limits = WriteLimits::default();
        match &self.route {
            PrinterRoute::Tcp(place) => Box::new(TcpTransport::new(place.clone(), TcpLimits::default())),
            PrinterRoute::Serial { port, line } => {
                Box::new(SerialTransport::new(PortFinder::new(port.clone()), *line, limits))
            }
            #[cfg(unix)]
            PrinterRoute::UsbNode(path) => Box::new(UsbNodeTransport::new(path.clone(), limits)),
            #[cfg(windows)]
            PrinterRoute::Spooler(share) => Box::new(SpoolerTransport::new(share.clone())),
            PrinterRoute::Ipp(uri) => Box::new(IppTransport::new(uri.clone(), IppLimits::default())),
            PrinterRoute::File(path) => Box::new(FileTransport::new(path.clone())),
        }
    }
}

impl FromStr for PrinterAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || AddressError::UnknownKind(text.to_owned(), EXPECTED);
        let (word, way) = text.split_once('+').ok_or_else(unknown)?;
        let input = PrinterInput::of_word(word).ok_or_else(unknown)?;
        let route = route(way)?.ok_or_else(unknown)?;
        // A queue would print the text of a label's commands, and a label printer that of a sheet's.
        let fits = match &route {
            PrinterRoute::Ipp(_) => input == PrinterInput::Pages,
            PrinterRoute::File(_) => true,
            _ => input != PrinterInput::Pages,
        };
        if fits { Ok(Self { input, route }) } else { Err(unknown()) }
    }
}

/// Reads the way; `None` if there is none of that kind on this system.
fn route(way: &str) -> Result<Option<PrinterRoute>, AddressError> {
    if way.starts_with("ipp://") {
        return Ok(ipp_uri(way).map(PrinterRoute::Ipp));
    }
    let Some((kind, place)) = way.split_once(':') else { return Ok(None) };
    if place.trim_matches('/').is_empty() {
        return Err(AddressError::NoPlace(way.to_owned()));
    }
    Ok(match kind {
        "tcp" => place.strip_prefix("//").map(tcp_place).transpose()?.map(PrinterRoute::Tcp),
        "serial" => {
            let (port, line) = LineSettings::split_from(place)?;
            Some(PrinterRoute::Serial { port: port.parse()?, line })
        }
        #[cfg(unix)]
        "usb" => Some(PrinterRoute::UsbNode(PathBuf::from(place))),
        #[cfg(windows)]
        "spooler" => place.starts_with(r"\\").then(|| PrinterRoute::Spooler(place.to_owned())),
        "file" => Some(PrinterRoute::File(PathBuf::from(place))),
        _ => None,
    })
}

impl fmt::Display for PrinterAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+", self.input.word())?;
        match &self.route {
            PrinterRoute::Tcp(place) => write!(f, "tcp://{place}"),
            PrinterRoute::Serial { port, line } => write!(f, "serial:{port}@{line}"),
            #[cfg(unix)]
            PrinterRoute::UsbNode(path) => write!(f, "usb:{}", path.display()),
            #[cfg(windows)]
            PrinterRoute::Spooler(share) => write!(f, "spooler:{share}"),
            PrinterRoute::Ipp(uri) => write!(f, "{uri}"),
            PrinterRoute::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serial::FlowControl;

    fn reads(text: &str, input: PrinterInput, route: PrinterRoute) {
        let expected = PrinterAddress { input, route };
        assert_eq!(text.parse(), Ok(expected.clone()), "{text}");
        assert_eq!(expected.to_string(), text, "what is read can be written back");
    }

    #[test]
    fn an_address_says_language_and_way() {
        const ZPL: PrinterInput = PrinterInput::Label(PrinterLanguage::Zpl);
        let line = LineSettings { flow: FlowControl::Wire, ..LineSettings::plain(115_200) };
        let port = "usb:0A5F:0001,serial=77".parse().expect("a name");
        let queue = "ipp://cups.hall:631/printers/a4";
        for (text, input, route) in [
            ("zpl+tcp://192.168.1.50:9100", ZPL, PrinterRoute::Tcp("192.168.1.50:9100".to_owned())),
            ("zpl+tcp://[fe80::1]:9100", ZPL, PrinterRoute::Tcp("[fe80::1]:9100".to_owned())),
            ("zpl+serial:usb:0A5F:0001,serial=77@115200,8N1,rtscts", ZPL, PrinterRoute::Serial { port, line }),
            ("zpl+file:/tmp/labels.zpl", ZPL, PrinterRoute::File(PathBuf::from("/tmp/labels.zpl"))),
            ("pdf+file:/tmp/sheet.pdf", PrinterInput::Pages, PrinterRoute::File(PathBuf::from("/tmp/sheet.pdf"))),
            (
                "pdf+ipp://cups.hall:631/printers/a4",
                PrinterInput::Pages,
                PrinterRoute::Ipp(queue.parse().expect("an address")),
            ),
        ] {
            reads(text, input, route);
        }
        for language in PrinterLanguage::ALL {
            let text = format!("{}+tcp://192.168.1.50:9100", language.word());
            reads(&text, PrinterInput::Label(language), PrinterRoute::Tcp("192.168.1.50:9100".to_owned()));
        }
        #[cfg(unix)]
        reads("zpl+usb:/dev/usb/lp0", ZPL, PrinterRoute::UsbNode(PathBuf::from("/dev/usb/lp0")));
        #[cfg(windows)]
        reads(r"zpl+spooler:\\localhost\Labels", ZPL, PrinterRoute::Spooler(r"\\localhost\Labels".to_owned()));
    }

    #[test]
    fn a_wrong_address_says_what_is_wrong() {
        for (text, said) in [
            ("192.168.1.50:9100", EXPECTED),
            ("cpcl+tcp://192.168.1.50:9100", EXPECTED),
            ("zpl+lpt:1", EXPECTED),
            ("zpl+tcp:printer:9100", EXPECTED),
            ("zpl+ipp://cups/printers/a4", EXPECTED),
            ("pdf+ipp://", EXPECTED),
            ("pdf+tcp://192.168.1.50:9100", EXPECTED),
            ("zpl+tcp://printer", "where"),
            ("zpl+tcp://:9100", "where"),
            ("zpl+tcp://", "where"),
            ("zpl+tcp://printer:0", "port"),
            ("zpl+tcp://printer:99999", "port"),
            ("zpl+serial:", "where"),
            ("zpl+serial:/dev/ttyS0@9600,8N2,rts", "rtscts"),
            ("zpl+file:", "where"),
        ] {
            let error = text.parse::<PrinterAddress>().expect_err(text).to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
