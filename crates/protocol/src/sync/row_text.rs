//! A row on its way from the server's tables to a station's.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A row as JSON text. It is sent, hashed and kept as it was written: a station fetches thousands of rows of which it reads a
/// few.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowText(Box<RawValue>);

impl RowText {
    /// A row in writing.
    ///
    /// # Errors
    /// When the row has no JSON, as with a map whose keys are no texts.
    pub fn of(row: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(row).map(Self)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// What the row says.
    ///
    /// # Errors
    /// When it is no row of this kind.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.as_str())
    }
}

impl From<Box<RawValue>> for RowText {
    fn from(raw: Box<RawValue>) -> Self {
        Self(raw)
    }
}

/// Two rows are one if their texts are: they were written by one hand.
impl PartialEq for RowText {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RowText {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sync::{Change, ChangeOp, RowText, Table};

    #[test]
    fn a_row_crosses_the_wire_byte_by_byte() {
        let wire =
            r#"{"commit_seq":7,"table":"skill","pk":"welt","op":"put","row":{"z": 1, "a":"鞋"},"row_version":2}"#;
        let change: Change = serde_json::from_str(wire).unwrap();
        let row = change.row.clone().unwrap();
        assert_eq!(row.as_str(), r#"{"z": 1, "a":"鞋"}"#, "blanks and order are the sender's");
        assert_eq!(row.read::<serde_json::Value>().unwrap(), json!({ "a": "鞋", "z": 1 }), "and it can be read");
        assert!(serde_json::to_string(&change).unwrap().contains(row.as_str()), "and is passed on as it came");
    }

    #[test]
    fn what_has_gone_has_no_row() {
        let gone = Change {
            commit_seq: 1,
            table: Table::Skill,
            pk: "welt".to_owned(),
            op: ChangeOp::Del,
            row: None,
            row_version: 1,
        };
        let text = serde_json::to_string(&gone).unwrap();
        assert!(!text.contains("\"row\""), "{text}");
        assert_eq!(serde_json::from_str::<Change>(&text).unwrap(), gone, "there and back");
        assert!(RowText::of(&json!({ "id": "welt" })).unwrap().read::<u8>().is_err(), "a row is no number");
    }
}
