//! What the office records: facts of the server's own station, signed with its key, on the same path as everybody's.

use chrono::{DateTime, Utc};
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{self, Action, ClockClass, ClockReading, Fact};
use cordwainer_domain::{ActionId, JobId, SiteId, WorkOrderId, WorkerId, WorkstationId};
use cordwainer_protocol::sync::VerdictRow;
use cordwainer_sync::{Purpose, StationHead, body_hash, encode, link};

use super::judging::store_and_judge;
use super::received::{Offer, Received, Sender, receive};
use crate::store::action_log::{self, Submission};
use crate::store::db::retried;
use crate::store::station::{self, OFFICE, OFFICE_INCARNATION, Report};
use crate::store::writing::Writing;
use crate::store::{Station, Store, StoreFault, incarnation};

/// Version of the store's schema as office facts name it.
const SCHEMA_VERSION: u32 = 1;

/// A fact that the office records, in its own name or in a worker's.
#[derive(Clone, PartialEq, Debug)]
pub struct OfficeFact {
    /// What happened.
    pub fact: Fact,
    /// The pair it is about.
    pub work_order: Option<WorkOrderId>,
    /// The job it is about.
    pub job: Option<JobId>,
    /// Who did it, if the office records it for somebody.
    pub worker: Option<WorkerId>,
    /// How the worker was identified.
    pub auth_level: AuthLevel,
    /// Where; the office itself if nothing is said.
    pub workstation: Option<WorkstationId>,
    /// When; now if nothing is said.
    pub at: Option<DateTime<Utc>>,
}

impl OfficeFact {
    /// A fact of the office's own that no work order has to do with, happening now.
    pub const fn beside_a_pair(fact: Fact) -> Self {
        Self {
            fact,
            work_order: None,
            job: None,
            worker: None,
            auth_level: AuthLevel::None,
            workstation: None,
            at: None,
        }
    }

    /// A fact of the office's own about a work order, happening now.
    pub const fn own(fact: Fact, work_order: WorkOrderId) -> Self {
        Self {
            fact,
            work_order: Some(work_order),
            job: None,
            worker: None,
            auth_level: AuthLevel::None,
            workstation: None,
            at: None,
        }
    }
}

impl Store {
    /// Records facts of the office in one commit, and answers with the verdict on each.
    ///
    /// # Errors
    /// [`StoreFault`]; nothing is stored then.
    pub async fn record_office(&self, site: &SiteId, facts: &[OfficeFact]) -> Result<Vec<VerdictRow>, StoreFault> {
        retried!(self.try_record_office(site, facts))
    }

    async fn try_record_office(&self, site: &SiteId, facts: &[OfficeFact]) -> Result<Vec<VerdictRow>, StoreFault> {
        let mut writing = self.writing(site).await?;
        let office = lock_office(&mut writing).await?;
        let mut head = incarnation::head(&mut writing.tx, office.id).await?;
        if head.incarnation.is_empty() {
            OFFICE_INCARNATION.clone_into(&mut head.incarnation);
        }
        let sender = Sender::from(&office);
        let (mut received, mut places) = (Vec::new(), Vec::new());
        for fact in facts {
            let new = sign(&writing, &office, &sender, fact)?;
            places.push(next_place(&mut head, &new));
            received.push(new);
        }
        store_and_judge(&mut writing, received, production::apply).await?;
        action_log::write_submissions(&mut writing, office.id, OFFICE_INCARNATION, &places).await?;
        let now_ms = writing.now_ms();
        incarnation::save_head(&mut writing.tx, office.id, &head, now_ms).await?;
        let judged = writing.verdicts_of_this_commit();
        let commit_seq = writing.close().await?;
        let verdict_on = |place: &Submission| judged.iter().find(|verdict| verdict.action == place.action);
        Ok(places.iter().filter_map(verdict_on).map(|verdict| verdict.row(commit_seq)).collect())
    }
}

async fn lock_office(writing: &mut Writing) -> Result<Station, StoreFault> {
    let site = writing.site.as_str().to_owned();
    let missing = || StoreFault::Missing { what: "site", id: site.clone() };
    let office = station::office(&mut writing.tx, &site).await?.ok_or_else(missing)?;
    let report = Report {
        app_version: env!("CARGO_PKG_VERSION"),
        schema_version: SCHEMA_VERSION,
        outbox_depth: 0,
        oldest_pending_age_ms: 0,
        loop_restarts: 0,
    };
    let now_ms = writing.now_ms();
    let locked = station::lock(&mut writing.tx, office.id, &report, now_ms).await?;
    locked.map(|locked| locked.station).ok_or_else(missing)
}

fn sign(writing: &Writing, office: &Station, sender: &Sender, fact: &OfficeFact) -> Result<Received, StoreFault> {
    let at = fact.at.unwrap_or(writing.now);
    let action = Action {
        id: ActionId(writing.next_id()),
        site: writing.site.clone(),
        station: office.id,
        workstation: fact.workstation.clone().unwrap_or_else(|| WorkstationId::from(OFFICE)),
        worker: fact.worker,
        grant: None,
        auth_level: fact.auth_level,
        work_order: fact.work_order,
        job: fact.job,
        base_version: None,
        base_cursor: None,
        clock: ClockReading {
            wall_ms: at.timestamp_millis(),
            mono_ms: 0,
            boot_id: String::new(),
            class: ClockClass::Synchronised,
            offset_ms: 0,
        },
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        schema_version: SCHEMA_VERSION,
        fact: fact.fact.clone(),
    };
    let bytes = encode(&action)?;
    let body = String::from_utf8_lossy(&bytes);
    let sig = writing.store().identity().key().sign(Purpose::Action, &bytes).to_string();
    let offer = Offer {
        action_id: action.id,
        kind: action.fact.kind(),
        kind_version: action.fact.kind_version(),
        body: &body,
        body_hash: &body_hash(&bytes).to_string(),
        sig: &sig,
    };
    Ok(receive(offer, sender, None, writing.now))
}

fn next_place(head: &mut StationHead, received: &Received) -> Submission {
    let before = head.last_chain;
    head.last_seq += 1;
    head.last_chain = link(before, &received.logged.body);
    Submission {
        seq: head.last_seq,
        action: received.logged.id,
        body_hash: received.logged.body_hash,
        prev_chain: before,
        chain_hash: head.last_chain,
        fork_of: None,
    }
}
