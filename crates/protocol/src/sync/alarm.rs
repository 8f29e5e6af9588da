//! What an alarm may be about.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a person must look at although no fact contradicts another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// The server's database was restored, or put back to an older copy.
    ServerRestored,
    /// A station was restored from an image or copied: it has two histories.
    StationForked,
    /// Bytes were altered on a station's disk, or signed by somebody else.
    BytesAltered,
    /// A station has more parked facts than it may have; further ones wait at the station.
    TooMuchParked,
    /// A station's rows were not those of the server, more than once.
    RowsDiffer,
    /// A station says that actions wait there, and none of them arrives.
    NoProgress,
    /// The nightly proof fails: something is lost or counted twice.
    ProofFails,
    /// The history that a station remembers is not the one that the server has.
    HistoryDiffers,
    /// Somebody tries one PIN after the other at a station.
    PinsTried,
    /// A kind that is newer than this program: still an alarm, though it cannot say which.
    #[serde(other)]
    Other,
}

impl AlarmKind {
    /// Every kind that this program may raise.
    pub const ALL: [Self; 9] = [
        Self::ServerRestored,
        Self::StationForked,
        Self::BytesAltered,
        Self::TooMuchParked,
        Self::RowsDiffer,
        Self::NoProgress,
        Self::ProofFails,
        Self::HistoryDiffers,
        Self::PinsTried,
    ];

    /// The word as stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ServerRestored => "server_restored",
            Self::StationForked => "station_forked",
            Self::BytesAltered => "bytes_altered",
            Self::TooMuchParked => "too_much_parked",
            Self::RowsDiffer => "rows_differ",
            Self::NoProgress => "no_progress",
            Self::ProofFails => "proof_fails",
            Self::HistoryDiffers => "history_differs",
            Self::PinsTried => "pins_tried",
            Self::Other => "other",
        }
    }

    /// The kind of a stored word. A later program may have stored one that is not known here.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.word() == word).unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::AlarmKind;
    use crate::sync::AlarmRow;

    #[test]
    fn a_kind_is_the_same_word_in_the_database_and_on_the_wire() {
        for kind in AlarmKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word(), "{kind:?}");
            assert_eq!(AlarmKind::from_word(kind.word()), kind, "and is read back");
        }
    }

    #[test]
    fn an_alarm_of_a_later_program_is_an_alarm_still() {
        let row = serde_json::json!({
            "kind": "roof_leaks", "station_id": null, "workstation": null, "times": 1,
            "raised_at": "2026-11-02T08:00:00Z", "last_raised_at": "2026-11-02T08:00:00Z", "closed_at": null,
        });
        let row: AlarmRow = serde_json::from_value(row).unwrap();
        assert_eq!(row.kind, AlarmKind::Other, "it is shown, without its name");
        assert_eq!(
            AlarmKind::from_word("roof_leaks"),
            AlarmKind::Other,
            "a server of the release before reads on as well"
        );
    }
}
