//! What each worker signed off here today. A pair that is finished leaves this station's rows; its sign-off still counts for
//! the one who made it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cordwainer_domain::{ActionId, WorkerId};
use serde::{Deserialize, Serialize};

/// More sign-offs than a workstation makes in a day; beyond it the oldest are forgotten.
const MOST: usize = 5_000;

/// A sign-off made here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Tallied {
    pub worker: WorkerId,
    pub at: DateTime<Utc>,
}

/// Sign-offs made here. Kept a moment late and never asked by a rule: it is for the worker's eyes only.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Tally {
    signed: BTreeMap<ActionId, Tallied>,
    #[serde(skip)]
    changed: bool,
}

impl Tally {
    pub fn add(&mut self, action: ActionId, worker: WorkerId, at: DateTime<Utc>) {
        self.signed.insert(action, Tallied { worker, at });
        // Identifiers begin with the time, so the first is the oldest.
        while self.signed.len() > MOST {
            self.signed.pop_first();
        }
        self.changed = true;
    }

    pub fn take_back(&mut self, action: ActionId) {
        self.changed |= self.signed.remove(&action).is_some();
    }

    /// Forgets what the condition no longer holds for.
    pub fn keep(&mut self, holds: impl Fn(&Tallied) -> bool) {
        let before = self.signed.len();
        self.signed.retain(|_, tallied| holds(tallied));
        self.changed |= self.signed.len() != before;
    }

    pub fn of(&self, worker: WorkerId) -> impl Iterator<Item = (ActionId, DateTime<Utc>)> {
        let own =
            move |(action, tallied): (&ActionId, &Tallied)| (tallied.worker == worker).then_some((*action, tallied.at));
        self.signed.iter().filter_map(own)
    }

    /// The text to be kept, if there is anything new in it.
    pub fn take_changed_text(&mut self) -> Option<String> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        serde_json::to_string(self).ok()
    }
}
