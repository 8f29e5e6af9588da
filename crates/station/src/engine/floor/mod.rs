//! What this station knows of the floor: the server's rows, and replayed on top of them what it recorded itself and the
//! server has not yet sent back (sync.md §2.9).
//!
//! The replay runs the same [`apply`] as the server. A record of ours that no longer applies stays, and is shown as
//! 待处理; nothing here ever takes one away. Only the pairs that a page or a record touched are derived again.

mod codes;
mod granted;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use cordwainer_domain::code::{Aliases, Code};
use cordwainer_domain::production::{Action, Job, Outcome, WorkOrder, apply};
use cordwainer_domain::{ActionId, DefectId, JobId, OperationId, WorkOrderId, WorkerId};
use cordwainer_protocol::station::Evidence;
use cordwainer_protocol::sync::{WorkOrderCard, WorkerRow};

use crate::store::{CacheImage, StationStore, StoreFault};
use codes::Codes;
pub(crate) use granted::Granted;

/// A record of this station whose effect the server's rows do not carry yet.
#[derive(Clone, Debug)]
pub(crate) struct Unresolved {
    pub action: Action,
    /// How far it has come, as far as the server said.
    pub evidence: Evidence,
}

/// The server's rows in memory, with what a code or an identifier leads to. Reading them takes a while where a station
/// holds thousands of pairs, so it is done beside the engine, never in it.
#[derive(Debug)]
pub struct Rows {
    image: CacheImage,
    codes: Codes,
    aliases: Aliases,
    granted: BTreeMap<WorkerId, Granted>,
}

impl Rows {
    /// Reads them from the cache.
    ///
    /// # Errors
    /// [`StoreFault`] when the cache cannot be read.
    pub fn read(store: &StationStore) -> Result<Self, StoreFault> {
        let mut image = store.cache.image()?;
        let granted = granted::only_what_was_signed(&mut image, store.outbox.enrolment()?.as_ref());
        let aliases = image.site.iter().flat_map(|site| &site.aliases).cloned().collect();
        Ok(Self { codes: Codes::of(&image), aliases, image, granted })
    }

    /// They show the feed up to this commit.
    pub fn commit_seq(&self) -> u64 {
        self.image.followed.commit_seq
    }
}

/// The floor as this station sees it.
#[derive(Debug)]
pub(crate) struct Floor {
    rows: Rows,
    overlay: Vec<Unresolved>,
    derived: BTreeMap<WorkOrderId, WorkOrder>,
    /// Records that the replay could not apply as they were meant.
    unfit: HashSet<ActionId>,
}

impl Floor {
    /// Rows of the server, and the unresolved records in the order in which they were made.
    pub fn new(rows: Rows, overlay: Vec<Unresolved>) -> Self {
        let mut floor = Self { rows, overlay: Vec::new(), derived: BTreeMap::new(), unfit: HashSet::new() };
        floor.rebase(overlay);
        floor
    }

    /// The server's rows.
    pub fn image(&self) -> &CacheImage {
        &self.rows.image
    }

    /// What codes of others are called here.
    pub fn aliases(&self) -> &Aliases {
        &self.rows.aliases
    }

    /// The rows show the feed up to this commit.
    pub fn commit_seq(&self) -> u64 {
        self.rows.commit_seq()
    }

    /// Takes another overlay over the same rows; only the pairs that it names are derived.
    pub fn rebase(&mut self, overlay: Vec<Unresolved>) {
        self.overlay = overlay;
        self.derived.clear();
        self.unfit.clear();
        let touched: BTreeSet<WorkOrderId> = self.overlay.iter().filter_map(|entry| entry.action.work_order).collect();
        for id in touched {
            self.derive(id);
        }
    }

    /// A record just made, already on disk.
    pub fn push(&mut self, action: Action) {
        let touched = action.work_order;
        self.overlay.push(Unresolved { action, evidence: Evidence::Saved });
        if let Some(id) = touched {
            self.derive(id);
        }
    }

    /// What a record would come to here and now.
    pub fn foresee(&self, action: &Action) -> Outcome {
        apply(action.work_order.and_then(|id| self.work_order(id)), action, action.clock.instant())
    }

    fn derive(&mut self, id: WorkOrderId) {
        let mut standing = self.rows.image.work_orders.get(&id).cloned();
        let mut moved = false;
        for entry in self.overlay.iter().filter(|entry| entry.action.work_order == Some(id)) {
            match apply(standing.as_ref(), &entry.action, entry.action.clock.instant()) {
                Outcome::Applied(next) => {
                    standing = Some(next);
                    moved = true;
                    self.unfit.remove(&entry.action.id);
                }
                Outcome::Flagged(next, _) => {
                    standing = Some(next);
                    moved = true;
                    self.unfit.insert(entry.action.id);
                }
                Outcome::Parked(_) => {
                    self.unfit.insert(entry.action.id);
                }
                Outcome::Noted => {}
            }
        }
        match standing {
            Some(standing) if moved => {
                self.derived.insert(id, standing);
            }
            _ => {
                self.derived.remove(&id);
            }
        }
    }

    /// A pair as it stands, own records included.
    pub fn work_order(&self, id: WorkOrderId) -> Option<&WorkOrder> {
        self.derived.get(&id).or_else(|| self.rows.image.work_orders.get(&id))
    }

    /// Every pair that this station holds, own records included.
    pub fn work_orders(&self) -> impl Iterator<Item = &WorkOrder> {
        self.rows.image.work_orders.values().map(|base| self.derived.get(&base.id).unwrap_or(base))
    }

    /// A job with its pair.
    pub fn job(&self, id: JobId) -> Option<(&WorkOrder, &Job)> {
        let work_order = self.work_order(*self.rows.codes.jobs.get(&id)?)?;
        Some((work_order, work_order.job(id)?))
    }

    /// The pair whose traveller this is, if it is held here.
    pub fn pair_of(&self, code: &Code) -> Option<&WorkOrder> {
        self.work_order(*self.rows.codes.pairs.get(code)?)
    }

    /// The name of a pair that is elsewhere.
    pub fn card_of(&self, code: &Code) -> Option<&WorkOrderCard> {
        self.rows.image.cards.get(self.rows.codes.cards.get(code)?)
    }

    /// Whose badge this is.
    pub fn badge_of(&self, code: &Code) -> Option<&WorkerRow> {
        self.rows.image.workers.get(self.rows.codes.badges.get(code)?)
    }

    /// The defect on a card.
    pub fn defect_of(&self, code: &Code) -> Option<&DefectId> {
        self.rows.codes.defects.get(code)
    }

    /// The operation on a card.
    pub fn operation_of(&self, code: &Code) -> Option<&OperationId> {
        self.rows.codes.operations.get(code)
    }

    /// A worker's row.
    pub fn worker(&self, id: WorkerId) -> Option<&WorkerRow> {
        self.rows.image.workers.get(&id)
    }

    /// What the server permits a worker here, whether or not it has run out.
    pub fn granted(&self, id: WorkerId) -> Option<Granted> {
        self.rows.granted.get(&id).copied()
    }

    /// How far a record has come; one that no longer applies is for a supervisor, whatever else is known.
    pub fn evidence(&self, action: ActionId) -> Option<Evidence> {
        let entry = self.overlay.iter().rev().find(|entry| entry.action.id == action)?;
        Some(if self.unfit.contains(&action) { Evidence::Pending } else { entry.evidence })
    }

    /// The decisions recorded here that the server's rows do not carry yet, oldest first.
    pub fn decisions(&self) -> impl DoubleEndedIterator<Item = (&Action, Evidence)> {
        let decided = self.overlay.iter().filter(|entry| entry.action.fact.is_a_resolution());
        decided.map(|entry| {
            let unfit = self.unfit.contains(&entry.action.id);
            (&entry.action, if unfit { Evidence::Pending } else { entry.evidence })
        })
    }

    /// The last record about a job that is not resolved yet.
    pub fn last_record_about(&self, job: JobId) -> Option<ActionId> {
        self.overlay.iter().rev().find(|entry| entry.action.job == Some(job)).map(|entry| entry.action.id)
    }

    /// Records that no longer apply here, and of which the server has not said so itself.
    pub fn unfit_count(&self) -> u64 {
        let unheard =
            |entry: &&Unresolved| entry.evidence != Evidence::Pending && self.unfit.contains(&entry.action.id);
        u64::try_from(self.overlay.iter().filter(unheard).count()).unwrap_or(u64::MAX)
    }
}
