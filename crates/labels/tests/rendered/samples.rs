//! What the factory would print on each kind of label: as short as it comes, and as long as it may get with every optional
//! field filled. The data is `samples.json`; what is not said under `long` is as under `short`.

use std::collections::BTreeMap;

use cordwainer_labels::{LabelData, LabelKind};

/// Everyday data.
pub fn short(kind: LabelKind) -> LabelData {
    let mut lengths = of(kind);
    lengths.remove("short").expect("every kind has a short sample")
}

/// Data as long as a factory comes up with.
pub fn long(kind: LabelKind) -> LabelData {
    let mut lengths = of(kind);
    let longer = lengths.remove("long").expect("every kind has a long sample");
    let mut data = lengths.remove("short").expect("every kind has a short sample");
    data.0.extend(longer.0);
    data
}

fn of(kind: LabelKind) -> BTreeMap<String, LabelData> {
    let mut all: BTreeMap<String, BTreeMap<String, LabelData>> =
        serde_json::from_str(include_str!("samples.json")).expect("samples of every kind");
    all.remove(kind.word()).unwrap_or_else(|| panic!("no sample for {kind:?}"))
}
