//! Proves that what is stored adds up, from the stored bytes alone.
//!
//! The audit chain is hashed again link by link; it tells of every row that is history what the row was, every column of it
//! ([`told`]). Each such row is then compared with that: actions and verdicts ([`actions`]), places ([`places`]), evidence,
//! conflicts and checkpoints ([`rows`]). Every action's columns are read out of its signed body, its signature is checked, and
//! every work order is replayed from its facts and compared with the row, the jobs and the feed that the server hands out
//! ([`state`]). What stations and kept checkpoints remember of the chain is compared with it: a chain that was made anew from
//! end to end agrees with itself, but not with them.
//!
//! Everything is read in chunks from one moment of the database; writers are not held up. Of the history itself only the
//! hashes stay in memory.

mod actions;
mod chain;
mod finding;
mod places;
mod rows;
mod state;
#[cfg(test)]
mod tests;
mod told;

use std::sync::Arc;

use cordwainer_domain::SiteId;
use serde::Serialize;

pub use self::finding::Finding;
use self::finding::Part;
use self::told::Told;
use crate::store::db::{Tx, on};
use crate::store::fault::StoreFault;
use crate::store::writing::{HeadRow, head_of};
use crate::store::{Checkpoint, Store};

/// Problems beyond this number are counted, not listed.
const LISTED: usize = 100;
/// Rows read at a time.
const CHUNK: i64 = 1_000;

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Report {
    /// Actions stored.
    pub actions: u64,
    /// Of these, applied.
    pub applied: u64,
    /// Of these, applied or kept beside another fact with an open or closed conflict.
    pub flagged: u64,
    /// Of these, waiting.
    pub parked: u64,
    /// Of these, closed by a person.
    pub closed: u64,
    /// Links of the audit chains.
    pub audit_entries: u64,
    /// Places in the histories of stations.
    pub places: u64,
    /// Work orders replayed.
    pub work_orders: u64,
    /// Whether the audit chains and the stations' chains hold.
    pub chain_ok: bool,
    /// Whether replaying gives the stored state.
    pub state_ok: bool,
    /// The first thing that does not add up, by the order of the audit chain.
    pub first_bad: Option<Finding>,
    /// What does not add up, the first hundred.
    pub problems: Vec<String>,
    /// How many problems there are.
    pub problem_count: u64,
}

impl Report {
    const fn empty() -> Self {
        Self {
            actions: 0,
            applied: 0,
            flagged: 0,
            parked: 0,
            closed: 0,
            audit_entries: 0,
            places: 0,
            work_orders: 0,
            chain_ok: true,
            state_ok: true,
            first_bad: None,
            problems: Vec::new(),
            problem_count: 0,
        }
    }

    /// Whether everything adds up.
    pub const fn is_ok(&self) -> bool {
        self.problem_count == 0
    }

    /// Rows of history that were proven: links, actions, verdicts and places.
    pub const fn entries(&self) -> u64 {
        self.audit_entries + 2 * self.actions + self.places
    }
}

/// A proof under way: the site that is being looked at, and what was found so far.
struct Proof {
    site: SiteId,
    report: Report,
}

impl Proof {
    fn note(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            let report = &mut self.report;
            report.problem_count += 1;
            report.chain_ok &= finding.part != Part::Chain;
            report.state_ok &= finding.part != Part::State;
            if report.problems.len() < LISTED {
                report.problems.push(finding.to_string());
            }
            if report.first_bad.as_ref().is_none_or(|first| finding.place() < first.place()) {
                report.first_bad = Some(finding);
            }
        }
    }
}

/// Verifies every site, each from one moment. Writers are not held up.
///
/// # Errors
/// [`StoreFault`] when rows cannot be read at all.
pub async fn verify(store: &Store) -> Result<Report, StoreFault> {
    verify_with(store, &[]).await
}

/// Verifies every site, and compares the chains with checkpoints that were kept elsewhere.
///
/// # Errors
/// [`StoreFault`] when rows cannot be read at all.
pub async fn verify_with(store: &Store, kept: &[Checkpoint]) -> Result<Report, StoreFault> {
    let mut proof = Proof { site: SiteId(String::new()), report: Report::empty() };
    for site in store.sites().await? {
        proof.site = site;
        let mut tx = store.db().read().await?;
        verify_site(store, &mut tx, &mut proof).await?;
        let site = proof.site.clone();
        for checkpoint in kept.iter().filter(|checkpoint| checkpoint.site == site) {
            rows::compare_kept(&mut tx, &mut proof, checkpoint).await?;
        }
    }
    let mut tx = store.db().read().await?;
    rows::strays(&mut tx, &mut proof).await?;
    Ok(proof.report)
}

async fn verify_site(store: &Store, tx: &mut Tx, proof: &mut Proof) -> Result<(), StoreFault> {
    let site = proof.site.clone();
    let head: Option<HeadRow> = head_of(tx, site.as_str()).await?;
    count(tx, proof).await?;
    let mut told = chain::verify(tx, proof, head.as_ref()).await?;
    verify_actions(tx, proof, &mut told).await?;
    actions::unjudged(tx, proof).await?;
    proof.note(told.actions.missing(&site));
    proof.note(told.verdicts.missing(&site));
    let places = std::mem::take(&mut told.places);
    places::verify(tx, proof, places).await?;
    rows::verify(tx, proof, &store.identity().public_key(), &mut told).await
}

/// Checks actions and replays work orders. While one chunk is examined on another core, the next is read.
async fn verify_actions(tx: &mut Tx, proof: &mut Proof, told: &mut Told) -> Result<(), StoreFault> {
    let site = proof.site.clone();
    let keys = Arc::new(actions::keys(tx, &site).await?);
    let mut replay = state::Replay::new(&site);
    let mut reading = actions::Reading::START;
    let mut examining = None;
    loop {
        let (rows, next) = actions::next_rows(tx, &site, reading).await?;
        reading = next;
        let is_end = rows.is_empty();
        let keys = keys.clone();
        let begun = (!is_end).then(|| beside(move || actions::examine(rows, &keys)));
        if let Some(task) = std::mem::replace(&mut examining, begun) {
            let examined = task.await??;
            for row in &examined {
                proof.note(actions::compare(&site, row, told));
                proof.note(replay.take(row));
            }
            replay.compare(tx, proof, false).await?;
        }
        if is_end && examining.is_none() {
            break;
        }
    }
    replay.end_pair();
    replay.compare(tx, proof, true).await
}

/// Begins work on another core; what it comes to is waited for.
fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> impl Future<Output = Result<T, StoreFault>> {
    let task = tokio::task::spawn_blocking(work);
    async move { task.await.map_err(|_| StoreFault::Refused("a part of the proof died".to_owned())) }
}

/// Stored = applied + flagged + parked + closed: nothing is dropped, nothing counted twice.
async fn count(tx: &mut Tx, proof: &mut Proof) -> Result<(), StoreFault> {
    const ACTIONS: &str = "SELECT COUNT(*) FROM action_log WHERE site_id = $1";
    const VERDICTS: &str = "SELECT v.status, COUNT(*) FROM action_log a JOIN verdict v ON v.action_id = a.action_id \
                            WHERE a.site_id = $1 GROUP BY v.status";
    let site = proof.site.clone();
    let actions: i64 = on!(&mut *tx, c => sqlx::query_scalar(ACTIONS).bind(site.as_str()).fetch_one(c).await)?;
    let verdicts: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(VERDICTS).bind(site.as_str()).fetch_all(c).await)?;
    let of =
        |status: &str| verdicts.iter().find(|(word, _)| word == status).map_or(0, |(_, count)| count.cast_unsigned());
    let (applied, flagged, parked, closed) = (of("applied"), of("flagged"), of("parked"), of("closed"));
    if actions.cast_unsigned() != applied + flagged + parked + closed {
        let what = format!(
            "{actions} actions are stored, but {applied} applied + {flagged} flagged + {parked} parked + {closed} closed"
        );
        proof.note([Finding::row(&site, "site", &site, what)]);
    }
    let report = &mut proof.report;
    report.actions += actions.cast_unsigned();
    report.applied += applied;
    report.flagged += flagged;
    report.parked += parked;
    report.closed += closed;
    Ok(())
}
