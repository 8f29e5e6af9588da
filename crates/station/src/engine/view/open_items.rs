//! What waits for a supervisor, with both facts side by side and what may be decided. Everything is from the rows that the
//! station holds, so that it can be read and decided without a network.

use chrono::{DateTime, TimeDelta, Utc};
use cordwainer_domain::production::{Action, ConflictKind, Fact, ParkReason, Resolution, ResolutionKind};
use cordwainer_domain::{JobId, LocalText};
use cordwainer_protocol::station::{
    Evidence, FactSheet, FactValue, JobHead, OpenItem, OpenItemLine, OpenItemOf, OpenItems, PairHead, PendingDecision,
    ProofSheet, ResolutionChoice, WorkerHead,
};
use cordwainer_protocol::sync::{FactCard, JobCard, OpenConflict, OpenParked, PairCard, ProofRow};

use super::super::Engine;
use super::super::words::Names;

impl Engine {
    pub(in crate::engine) fn open_items(&self) -> OpenItems {
        let names = self.names();
        let image = self.floor.image();
        let mut items: Vec<OpenItem> = self.conflict_items(&names).chain(self.parked_items(&names)).collect();
        items.sort_by(|a, b| order(&a.line).cmp(&order(&b.line)));
        OpenItems {
            now: names.now,
            whole_site: self.place.as_ref().is_some_and(super::super::place::Place::holds_whole_site),
            items,
            proof: image.proof.as_ref().map(proof_sheet),
            as_of: if self.network.online { None } else { self.network.last_contact },
        }
    }

    pub(in crate::engine) fn open_item_lines(&self) -> Vec<OpenItemLine> {
        let names = self.names();
        let conflicts = self.open_conflicts().map(|open| self.conflict_line(&names, open));
        let parked = self.floor.image().parked.values().map(|open| self.parked_line(&names, open));
        let mut lines: Vec<OpenItemLine> = conflicts.chain(parked).collect();
        lines.sort_by(|a, b| order(a).cmp(&order(b)));
        lines
    }

    /// The decision about an item that was recorded here and is still on its way.
    pub(in crate::engine) fn decision_here(&self, item: &str) -> Option<(&Action, Evidence)> {
        let is_about = |fact: &Fact| match fact {
            Fact::ConflictResolved { conflict, .. } => conflict.to_string() == item,
            Fact::ParkedResolved { parked, .. } => parked.to_string() == item,
            _ => false,
        };
        self.floor.decisions().rev().find(|(action, _)| is_about(&action.fact))
    }

    /// A conflict that only says that a fact has waited too long stands in the list as that fact.
    fn open_conflicts(&self) -> impl Iterator<Item = &OpenConflict> {
        let image = self.floor.image();
        image.conflicts.values().filter(|open| {
            let shown_as_parked =
                open.row.conflict == ConflictKind::WaitedTooLong && image.parked.contains_key(&open.row.action_id);
            open.row.closed_at.is_none() && !shown_as_parked
        })
    }

    fn conflict_items<'a>(&'a self, names: &'a Names<'a>) -> impl Iterator<Item = OpenItem> + 'a {
        self.open_conflicts().map(|open| {
            let facts: Vec<FactSheet> = open.facts.iter().map(|card| sheet(names, open.pair.as_ref(), card)).collect();
            OpenItem {
                line: self.conflict_line(names, open),
                choices: conflict_choices(open, &facts),
                facts,
                decided: self.pending_decision(names, &open.row.id.to_string()),
            }
        })
    }

    fn parked_items<'a>(&'a self, names: &'a Names<'a>) -> impl Iterator<Item = OpenItem> + 'a {
        self.floor.image().parked.values().map(|open| OpenItem {
            line: self.parked_line(names, open),
            facts: vec![sheet(names, open.pair.as_ref(), &open.fact)],
            choices: parked_choices(names, open),
            decided: self.pending_decision(names, &open.fact.action_id.to_string()),
        })
    }

    fn conflict_line(&self, names: &Names<'_>, open: &OpenConflict) -> OpenItemLine {
        let id = open.row.id.to_string();
        let pair = open.pair.as_ref();
        OpenItemLine {
            of: OpenItemOf::Conflict,
            kind: word(&open.row.conflict, "conflict"),
            pair: pair.map(|pair| pair_head(names, pair)),
            job: open.row.job_id.and_then(|job| job_of(names, pair, job)),
            opened_at: open.row.opened_at,
            overdue: is_overdue(names, open.row.opened_at, open.row.conflict.alarm_after()),
            security: open.row.conflict.is_security(),
            decided_here: self.decision_here(&id).is_some(),
            id,
        }
    }

    fn parked_line(&self, names: &Names<'_>, open: &OpenParked) -> OpenItemLine {
        let id = open.fact.action_id.to_string();
        let pair = open.pair.as_ref();
        OpenItemLine {
            of: OpenItemOf::Parked,
            kind: waiting_word(&open.reason),
            pair: pair.map(|pair| pair_head(names, pair)),
            job: open.job_id.and_then(|job| job_of(names, pair, job)),
            opened_at: open.parked_at,
            overdue: is_overdue(names, open.parked_at, open.reason.alarm_after()),
            security: open.reason.is_security(),
            decided_here: self.decision_here(&id).is_some(),
            id,
        }
    }

    fn pending_decision(&self, names: &Names<'_>, item: &str) -> Option<PendingDecision> {
        let (action, evidence) = self.decision_here(item)?;
        let kind = decided_kind(&action.fact)?;
        let worker = action.worker.and_then(|id| names.worker(id));
        Some(PendingDecision { kind, worker, at: action.clock.instant(), evidence })
    }
}

/// What needs a person most stands first.
fn order(line: &OpenItemLine) -> (bool, bool, DateTime<Utc>, &str) {
    (line.decided_here, !line.security, line.opened_at, &line.id)
}

fn is_overdue(names: &Names<'_>, since: DateTime<Utc>, limit: TimeDelta) -> bool {
    names.now - since > limit
}

/// The word of an enum on the wire, under its tag.
fn word(value: &impl serde::Serialize, tag: &str) -> String {
    let value = serde_json::to_value(value).ok();
    let word = value.as_ref().and_then(|value| value.get(tag)).and_then(serde_json::Value::as_str);
    word.unwrap_or_default().to_owned()
}

const fn decided_kind(fact: &Fact) -> Option<ResolutionKind> {
    match fact {
        Fact::ConflictResolved { resolution, .. } | Fact::ParkedResolved { resolution, .. } => Some(resolution.kind()),
        _ => None,
    }
}

pub(super) fn proof_sheet(row: &ProofRow) -> ProofSheet {
    ProofSheet {
        proved_at: row.proved_at,
        ok: row.ok,
        stored: row.stored,
        applied: row.applied,
        flagged: row.flagged,
        parked: row.parked,
        closed: row.closed,
    }
}

fn pair_head(names: &Names<'_>, card: &PairCard) -> PairHead {
    PairHead {
        work_order: card.id,
        code: card.code.clone(),
        number: card.number.clone(),
        customer_order: card.customer_order.clone(),
        customer_name: card.customer_name.clone(),
        style: card.pair.style.clone(),
        style_name: card.pair.style_name.clone(),
        construction: card.pair.construction.clone(),
        options: card.pair.options.clone(),
        size: Some(card.pair.size.clone()),
        priority: card.priority,
        promise_at: card.promise_at,
        late: names.floor.work_order(card.id).is_some_and(|work_order| names.is_late(work_order)),
    }
}

fn job_of(names: &Names<'_>, pair: Option<&PairCard>, job: JobId) -> Option<JobHead> {
    let pair = pair?;
    pair.jobs.iter().find(|card| card.id == job).map(|card| job_head(names, pair, card))
}

fn job_head(names: &Names<'_>, pair: &PairCard, card: &JobCard) -> JobHead {
    let standard = names.floor.image().operations.get(&(card.operation.clone(), card.operation_version));
    JobHead {
        id: card.id,
        work_order: pair.id,
        operation: card.operation.clone(),
        name: card.name.clone(),
        short: card.short.clone(),
        pictogram: standard.map_or_else(String::new, |standard| standard.pictogram.clone()),
        work_centre: card.work_centre.clone(),
        round: 0,
        inspection: card.inspection,
        standard_time_s: card.standard_time_s,
    }
}

fn sheet(names: &Names<'_>, pair: Option<&PairCard>, card: &FactCard) -> FactSheet {
    let fact = card.fact.as_ref().and_then(|fact| serde_json::from_value::<Fact>(fact.clone()).ok());
    let shown = fact.as_ref().map(|fact| Shown::of(names, pair, fact)).unwrap_or_default();
    FactSheet {
        action: card.action_id,
        kind: card.kind.clone(),
        worker: card.worker.and_then(|id| names.worker(id)),
        workstation: card.workstation.as_ref().map(|id| names.workstation(id)),
        at: card.occurred_at,
        confidence: card.clock_class,
        received_at: card.received_at,
        auth_level: card.auth_level,
        base_version: card.base_version,
        readable: fact.is_some(),
        values: shown.values,
        lots: shown.lots,
        defects: shown.defects,
        disposition: shown.disposition,
        resolution: fact.as_ref().and_then(decided_kind),
    }
}

/// The evidence inside a fact.
#[derive(Default)]
struct Shown {
    values: Vec<FactValue>,
    lots: Vec<cordwainer_domain::code::Code>,
    defects: Vec<LocalText>,
    disposition: Option<cordwainer_domain::quality::Disposition>,
}

impl Shown {
    fn of(names: &Names<'_>, pair: Option<&PairCard>, fact: &Fact) -> Self {
        match fact {
            Fact::JobFinished { values, lots, .. } => Self {
                values: values.iter().map(|value| value_of(names, pair, value)).collect(),
                lots: lots.clone(),
                ..Self::default()
            },
            Fact::InspectionFailed { findings, disposition, .. } => Self {
                defects: findings.iter().map(|finding| names.defect(&finding.defect)).collect(),
                disposition: disposition.clone(),
                ..Self::default()
            },
            Fact::NonconformanceDisposed { disposition, .. } => {
                Self { disposition: Some(disposition.clone()), ..Self::default() }
            }
            _ => Self::default(),
        }
    }
}

fn value_of(
    names: &Names<'_>,
    pair: Option<&PairCard>,
    value: &cordwainer_domain::production::MeasuredValue,
) -> FactValue {
    let standards = pair
        .into_iter()
        .flat_map(|pair| &pair.jobs)
        .filter_map(|job| names.floor.image().operations.get(&(job.operation.clone(), job.operation_version)));
    let parameter = standards.flat_map(|standard| &standard.parameters).find(|found| found.id == value.parameter);
    let plain = || LocalText { zh: value.parameter.to_string(), en: value.parameter.to_string() };
    FactValue {
        name: parameter.map_or_else(plain, |found| found.name.clone()),
        value: value.value.to_string(),
        unit: parameter.map_or_else(String::new, |found| found.unit.clone()),
        reason: value.reason.clone(),
    }
}

/// What a fact waits for; a doubt about somebody's right says which.
fn waiting_word(reason: &ParkReason) -> String {
    match reason {
        ParkReason::Authz { problem } => word(problem, "problem"),
        reason => word(reason, "reason"),
    }
}

fn conflict_choices(open: &OpenConflict, facts: &[FactSheet]) -> Vec<ResolutionChoice> {
    let worker = |index: usize| facts.get(index).and_then(|fact| fact.worker.clone());
    let (first, second) = (worker(0), worker(1));
    let signs = |index: usize| {
        facts.get(index).is_some_and(|fact| matches!(fact.kind.as_str(), "job_finished" | "inspection_passed"))
    };
    let possible = |kind: &&ResolutionKind| match (&open.row.conflict, kind) {
        // A start beside a sign-off earns nothing, so there is nothing to give it.
        (ConflictKind::SignedTwice { .. }, ResolutionKind::CreditSecond | ResolutionKind::Split) => signs(1),
        (ConflictKind::PassAndFail { .. }, ResolutionKind::PassStands) => signs(0) || signs(1),
        _ => true,
    };
    let kinds = open.row.conflict.choices().iter().filter(possible);
    kinds
        .filter_map(|kind| {
            let (worker, second_worker) = match kind {
                ResolutionKind::CreditFirst => (first.clone(), None),
                ResolutionKind::CreditSecond => (second.clone().or_else(|| first.clone()), None),
                ResolutionKind::Split => (first.clone(), second.clone()),
                _ => (None, None),
            };
            let resolution = plain(*kind, facts)?;
            Some(ResolutionChoice { resolution, needs_reason: kind.needs_reason(), worker, second_worker, job: None })
        })
        .collect()
}

fn parked_choices(names: &Names<'_>, open: &OpenParked) -> Vec<ResolutionChoice> {
    let mut choices = Vec::new();
    for kind in open.reason.choices() {
        match kind {
            ResolutionKind::Reassign => choices.extend(reassignments(names, open)),
            ResolutionKind::MapToJob => choices.extend(mappings(names, open)),
            kind => choices.extend(plain(*kind, &[]).map(|resolution| choice(resolution, None, None))),
        }
    }
    choices
}

fn choice(resolution: Resolution, worker: Option<WorkerHead>, job: Option<JobHead>) -> ResolutionChoice {
    let needs_reason = resolution.kind().needs_reason();
    ResolutionChoice { resolution, needs_reason, worker, second_worker: None, job }
}

/// To another worker who is active here.
fn reassignments(names: &Names<'_>, open: &OpenParked) -> Vec<ResolutionChoice> {
    let workers = names.floor.image().workers.values().map(|row| &row.worker);
    let others = workers.filter(|worker| worker.active && Some(worker.id) != open.fact.worker);
    others.map(|worker| choice(Resolution::Reassign { worker: worker.id }, names.worker(worker.id), None)).collect()
}

/// To another job of the pair that judges or makes, as the fact does.
fn mappings(names: &Names<'_>, open: &OpenParked) -> Vec<ResolutionChoice> {
    let Some(pair) = &open.pair else { return Vec::new() };
    let judges = open.fact.kind.starts_with("inspection_");
    let fits = |job: &&JobCard| job.inspection == judges && Some(job.id) != open.job_id;
    pair.jobs
        .iter()
        .filter(fits)
        .map(|job| choice(Resolution::MapToJob { job: job.id }, None, Some(job_head(names, pair, job))))
        .collect()
}

/// A decision without particulars, or with those that the screen begins from.
fn plain(kind: ResolutionKind, facts: &[FactSheet]) -> Option<Resolution> {
    Some(match kind {
        ResolutionKind::CreditFirst => Resolution::CreditFirst,
        ResolutionKind::CreditSecond => Resolution::CreditSecond,
        ResolutionKind::Split => Resolution::Split,
        ResolutionKind::Neither => Resolution::Neither,
        ResolutionKind::CorrectTimes => {
            let first = facts.iter().map(|fact| fact.at).min()?;
            let last =
                facts.iter().map(|fact| fact.at).max().filter(|_| facts.iter().any(|fact| fact.kind == "job_finished"));
            Resolution::CorrectTimes { started_at: first, finished_at: last }
        }
        ResolutionKind::FailureStands => Resolution::FailureStands,
        ResolutionKind::PassStands => Resolution::PassStands,
        ResolutionKind::ScrapWork => Resolution::ScrapWork,
        ResolutionKind::Reinstate => Resolution::Reinstate,
        ResolutionKind::ReusePart => Resolution::ReusePart,
        ResolutionKind::Redo => Resolution::Redo,
        ResolutionKind::Accept => Resolution::Accept,
        ResolutionKind::Refuse => Resolution::Refuse,
        ResolutionKind::Acknowledge => Resolution::Acknowledge,
        ResolutionKind::Reassign | ResolutionKind::MapToJob => return None,
    })
}
