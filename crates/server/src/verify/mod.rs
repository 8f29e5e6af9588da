//! Proves that what is stored adds up, from the stored bytes alone.
//!
//! Every action's hash and signature, every station's chain, the audit chain and what it says of each action and verdict,
//! the counts, and every work order replayed from its facts and compared with the row that the feed hands out.

mod actions;
mod chain;
mod state;
mod submissions;

use cordwainer_domain::SiteId;
use serde::Serialize;

use crate::store::Store;
use crate::store::db::{Tx, on};
use crate::store::fault::StoreFault;

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
    /// Work orders replayed.
    pub work_orders: u64,
    /// Whether the audit chains and the stations' chains hold.
    pub chain_ok: bool,
    /// Whether replaying gives the stored state.
    pub state_ok: bool,
    /// What does not add up, the first hundred.
    pub problems: Vec<String>,
    /// How many problems there are.
    pub problem_count: u64,
}

impl Report {
    /// Whether everything adds up.
    pub const fn is_ok(&self) -> bool {
        self.problem_count == 0
    }

    fn problem(&mut self, text: String) {
        self.problem_count += 1;
        if self.problems.len() < LISTED {
            self.problems.push(text);
        }
    }

    fn chain_problem(&mut self, text: String) {
        self.chain_ok = false;
        self.problem(text);
    }

    fn state_problem(&mut self, text: String) {
        self.state_ok = false;
        self.problem(text);
    }
}

/// Verifies every site, each from one moment. Writers are not held up.
///
/// # Errors
/// [`StoreFault`] when rows cannot be read at all.
pub async fn verify(store: &Store) -> Result<Report, StoreFault> {
    let mut report = Report {
        actions: 0,
        applied: 0,
        flagged: 0,
        parked: 0,
        closed: 0,
        audit_entries: 0,
        work_orders: 0,
        chain_ok: true,
        state_ok: true,
        problems: Vec::new(),
        problem_count: 0,
    };
    for site in store.sites().await? {
        let mut tx = store.db().read().await?;
        count(&mut tx, &site, &mut report).await?;
        let told = chain::verify(&mut tx, &site, &mut report).await?;
        actions::verify(&mut tx, &site, &told, &mut report).await?;
        submissions::verify(&mut tx, &site, &mut report).await?;
        state::verify(&mut tx, &site, &mut report).await?;
    }
    Ok(report)
}

/// Stored = applied + flagged + parked + closed: nothing is dropped, nothing counted twice.
async fn count(tx: &mut Tx, site: &SiteId, report: &mut Report) -> Result<(), StoreFault> {
    const ACTIONS: &str = "SELECT COUNT(*) FROM action_log WHERE site_id = $1";
    const VERDICTS: &str = "SELECT v.status, COUNT(*) FROM action_log a JOIN verdict v ON v.action_id = a.action_id \
                            WHERE a.site_id = $1 GROUP BY v.status";
    let actions: i64 = on!(&mut *tx, c => sqlx::query_scalar(ACTIONS).bind(site.as_str()).fetch_one(c).await)?;
    let verdicts: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(VERDICTS).bind(site.as_str()).fetch_all(c).await)?;
    let of =
        |status: &str| verdicts.iter().find(|(word, _)| word == status).map_or(0, |(_, count)| count.cast_unsigned());
    let (applied, flagged, parked, closed) = (of("applied"), of("flagged"), of("parked"), of("closed"));
    if actions.cast_unsigned() != applied + flagged + parked + closed {
        report.problem(format!(
            "site {site}: {actions} actions are stored, but {applied} applied + {flagged} flagged + {parked} parked + \
             {closed} closed"
        ));
    }
    report.actions += actions.cast_unsigned();
    report.applied += applied;
    report.flagged += flagged;
    report.parked += parked;
    report.closed += closed;
    Ok(())
}
