//! Settings of the things with a cable: scanners, readers and instruments of one station.

use cordwainer_domain::code::CodeType;
use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

/// Where a device is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Connection {
    /// On a serial port: USB-CDC, RS-232.
    Serial {
        /// What the device is (`usb:0C2E:0B61,serial=…`), or a path.
        port: String,
        /// Bits per second.
        baud: u32,
        /// Data bits, parity, stop bits: `8N1`, or `7E1` as many balances and callipers leave the factory.
        shape: String,
    },
    /// Behind a network port that listens.
    Tcp {
        /// `host:port`.
        place: String,
    },
}

impl Connection {
    /// A serial port with characters of the usual shape.
    pub fn serial(port: impl Into<String>, baud: u32) -> Self {
        Self::Serial { port: port.into(), baud, shape: "8N1".to_owned() }
    }

    /// The name by which a person knows the device: its port or its place.
    pub fn name(&self) -> &str {
        match self {
            Self::Serial { port, .. } => port,
            Self::Tcp { place } => place,
        }
    }
}

/// What a scanner is for. What it reads beyond that is refused: a badge that is scanned at the goods-in desk by mistake opens
/// no session there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ScannerRole {
    /// Everything.
    #[default]
    Any,
    /// Travellers, and whatever is scanned about the work at hand: command cards, operations, defects, quantities.
    Work,
    /// Badges, such as a fixed reader beside the screen.
    Badges,
    /// Material lots, locations and quantities.
    Materials,
}

impl ScannerRole {
    /// Whether a scanner of this role may read a code of that type.
    pub const fn admits(self, kind: CodeType) -> bool {
        match self {
            Self::Any => true,
            Self::Work => matches!(
                kind,
                CodeType::WorkOrder
                    | CodeType::Command
                    | CodeType::Operation
                    | CodeType::Defect
                    | CodeType::Quantity
                    | CodeType::Workstation
            ),
            Self::Badges => matches!(kind, CodeType::Badge),
            Self::Materials => matches!(kind, CodeType::MaterialLot | CodeType::Location | CodeType::Quantity),
        }
    }

    /// The word as the catalogue of the screens keys it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Work => "work",
            Self::Badges => "badges",
            Self::Materials => "materials",
        }
    }
}

/// What a scanner reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReaderKind {
    /// Printed symbols.
    #[default]
    Symbols,
    /// RFID tags, a number a line.
    Tags,
}

/// One scanner of this station.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, TS)]
pub struct ScannerSetting {
    /// Where it is.
    pub connection: Connection,
    /// What it is for.
    pub role: ScannerRole,
    /// What it reads.
    pub reads: ReaderKind,
}

impl ScannerSetting {
    /// A scanner of symbols for everything.
    pub fn at(connection: Connection) -> Self {
        Self { connection, role: ScannerRole::default(), reads: ReaderKind::default() }
    }
}

/// As it is stored, now and by the programs that knew serial ports of one shape only.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Now {
        connection: Connection,
        #[serde(default)]
        role: ScannerRole,
        #[serde(default)]
        reads: ReaderKind,
    },
    Before {
        path: String,
        baud: u32,
    },
}

impl<'de> Deserialize<'de> for ScannerSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Stored::deserialize(deserializer)? {
            Stored::Now { connection, role, reads } => Self { connection, role, reads },
            Stored::Before { path, baud } => Self::at(Connection::serial(path, baud)),
        })
    }
}

/// One balance, calliper or gauge of this station.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct InstrumentSetting {
    /// Where it is.
    pub connection: Connection,
    /// The unit of its display, for an instrument that sends bare numbers; empty where it sends its unit.
    #[serde(default)]
    pub unit: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scanner_is_stored_and_read_also_as_it_was_stored_before() {
        let now = ScannerSetting {
            connection: Connection::Serial { port: "COM3".to_owned(), baud: 2400, shape: "7E1".to_owned() },
            role: ScannerRole::Materials,
            reads: ReaderKind::Tags,
        };
        let tcp = ScannerSetting::at(Connection::Tcp { place: "10.0.0.9:2112".to_owned() });
        for setting in [now, tcp] {
            let json = serde_json::to_string(&setting).expect("written");
            assert_eq!(serde_json::from_str::<ScannerSetting>(&json).expect("read"), setting, "{json}");
        }
        let before: ScannerSetting = serde_json::from_str(r#"{"path":"/dev/ttyACM0","baud":9600}"#).expect("read");
        assert_eq!(before, ScannerSetting::at(Connection::serial("/dev/ttyACM0", 9600)), "for everything, 8N1");
        assert!(
            serde_json::from_str::<ScannerSetting>(r#"{"path":"/dev/ttyACM0"}"#).is_err(),
            "half a setting is none"
        );
    }

    #[test]
    fn a_role_admits_what_it_is_for() {
        let admitted = |role: ScannerRole| CodeType::ALL.into_iter().filter(move |kind| role.admits(*kind));
        assert_eq!(admitted(ScannerRole::Any).count(), CodeType::ALL.len(), "any is any");
        assert_eq!(admitted(ScannerRole::Badges).collect::<Vec<_>>(), [CodeType::Badge], "and nothing else");
        for (role, yes, no) in [
            (ScannerRole::Work, CodeType::WorkOrder, CodeType::Badge),
            (ScannerRole::Work, CodeType::Command, CodeType::MaterialLot),
            (ScannerRole::Materials, CodeType::MaterialLot, CodeType::WorkOrder),
            (ScannerRole::Materials, CodeType::Quantity, CodeType::Command),
        ] {
            assert!(role.admits(yes) && !role.admits(no), "{role:?}: {yes:?}, not {no:?}");
        }
    }
}
