//! What the factory would print on each kind of label: as short as it comes, and as long as it may get with every optional
//! field filled.

use cordwainer_labels::{LabelData, LabelKind, SampleLength};

/// Everyday data.
pub fn short(kind: LabelKind) -> LabelData {
    kind.sample(SampleLength::Short).expect("every kind has a short sample")
}

/// Data as long as a factory comes up with.
pub fn long(kind: LabelKind) -> LabelData {
    kind.sample(SampleLength::Long).expect("every kind has a long sample")
}
