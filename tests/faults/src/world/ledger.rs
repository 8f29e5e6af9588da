//! What the workers were told, kept apart from every disk: the measure of what may not be lost.

use std::collections::{BTreeMap, BTreeSet};

use cordwainer_domain::ActionId;

/// Something that a worker was told is recorded.
#[derive(Clone, Debug)]
pub struct Told {
    /// Where.
    pub machine: usize,
    /// When, by the world's clock.
    pub at_ms: i64,
    /// What, in one word.
    pub kind: &'static str,
}

/// Everything that workers were told.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// "It is recorded."
    pub confirmed: BTreeMap<ActionId, Told>,
    /// "It is not recorded."
    pub refused: BTreeSet<ActionId>,
    /// Nobody was told anything: the power went first.
    pub unknown: BTreeSet<ActionId>,
    /// Confirmed, but every disk that held it was taken away since: no program can bring it back.
    pub gone: BTreeMap<ActionId, &'static str>,
}

impl Ledger {
    /// The actions that must still be somewhere.
    pub fn due(&self) -> impl Iterator<Item = (&ActionId, &Told)> {
        self.confirmed.iter().filter(|(id, _)| !self.gone.contains_key(id))
    }
}
