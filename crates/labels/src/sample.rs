//! What a factory would print on each kind of label, to show and to try templates with. The data is
//! `assets/labels-samples.json`; what is not said under `long` is as under `short`.

use std::collections::BTreeMap;

use crate::{LabelData, LabelError, LabelKind};

/// How much there is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleLength {
    /// Everyday data; fields that may be absent are.
    Short,
    /// Data as long as a factory comes up with, every field filled.
    Long,
}

impl LabelKind {
    /// Data for a label of this kind.
    ///
    /// # Errors
    /// Never for the file of this build, which a test reads; the type says so rather than a panic.
    pub fn sample(self, length: SampleLength) -> Result<LabelData, LabelError> {
        type Samples = BTreeMap<String, BTreeMap<String, LabelData>>;
        let all: Samples = serde_json::from_str(include_str!("../../../assets/labels-samples.json"))
            .map_err(|error| LabelError::Unreadable(error.to_string()))?;
        let of_kind = all.get(self.word());
        let of_length = |word: &str| of_kind.and_then(|lengths| lengths.get(word)).cloned().unwrap_or_default();
        let mut data = of_length("short");
        if length == SampleLength::Long {
            data.0.extend(of_length("long").0);
        }
        Ok(data)
    }
}
