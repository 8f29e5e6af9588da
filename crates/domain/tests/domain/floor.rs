//! A small floor for tests: one pair of eight jobs, a few workers, and a clock that only a test moves.
//!
//! ```text
//! CUT ─ CLOSE ─ CHECK_UPPER ┐
//!                INSOLE ─ SOLE ┴ LAST ─ CHECK ─ PACK
//! ```

use chrono::{DateTime, TimeDelta, Utc};
use cordwainer_domain::code::{Code, CodeType};
use cordwainer_domain::people::{AuthLevel, Role, Worker};
use cordwainer_domain::product::{PairSize, Recording};
use cordwainer_domain::production::{
    Action, ClockClass, ClockReading, ConflictKind, Fact, Job, JobState, Outcome, Pair, ParkReason, PauseReason,
    Priority, ReleasedJob, ReleasedWorkOrder, Standing, WorkOrder, apply,
};
use cordwainer_domain::quality::{Disposition, Finding, Severity, Side, View};
use cordwainer_domain::{
    ActionId, DefectId, JobId, Language, LocalText, NonconformanceId, StationId, WorkOrderId, WorkerId, WorkstationId,
};
use uuid::Uuid;

pub const CUT: usize = 0;
pub const CLOSE: usize = 1;
pub const CHECK_UPPER: usize = 2;
pub const INSOLE: usize = 3;
pub const SOLE: usize = 4;
pub const LAST: usize = 5;
pub const CHECK: usize = 6;
pub const PACK: usize = 7;
pub const JOBS: usize = 8;

/// Key, work centre, jobs before, recording, whether it judges.
const ROUTING: [(&str, &str, &[usize], Recording, bool); JOBS] = [
    ("cutting.upper", "cutting", &[], Recording::OneScan, false),
    ("closing.stitch", "closing", &[CUT], Recording::StartFinish, false),
    ("closing.inspect", "inspection", &[CLOSE], Recording::StartFinish, true),
    ("bottom.insole", "bottom_stock", &[], Recording::OneScan, false),
    ("bottom.outsole", "bottom_stock", &[INSOLE], Recording::StartFinish, false),
    ("lasting.upper", "lasting", &[CHECK_UPPER, SOLE], Recording::StartFinish, false),
    ("final.inspect", "inspection", &[LAST], Recording::StartFinish, true),
    ("packing.box", "packing", &[CHECK], Recording::OneScan, false),
];

/// Half an hour for every job.
pub const STANDARD_S: u32 = 1_800;

/// Monday, 8:00 in Shanghai.
pub fn morning() -> DateTime<Utc> {
    "2026-11-02T00:00:00Z".parse().unwrap()
}

pub fn text(word: &str) -> LocalText {
    LocalText { zh: word.to_owned(), en: word.to_owned() }
}

pub fn job_id(index: usize) -> JobId {
    JobId(Uuid::from_u128(0x100 + index as u128))
}

pub fn worker_id(number: u128) -> WorkerId {
    WorkerId(Uuid::from_u128(0x200 + number))
}

pub fn nonconformance_id(number: u128) -> NonconformanceId {
    NonconformanceId(Uuid::from_u128(0x300 + number))
}

pub fn work_order_id() -> WorkOrderId {
    WorkOrderId(Uuid::from_u128(0x400))
}

/// A worker who may do everything, with every role given.
pub fn worker(number: u128, roles: &[Role]) -> Worker {
    Worker {
        id: worker_id(number),
        name: text("王建国"),
        short: text("王师傅"),
        badge: Code::from_number(CodeType::Badge, 1_000 + number as u64).unwrap(),
        roles: roles.to_vec(),
        skills: vec!["sewing".into()],
        language: Language::ZhCn,
        work_centres: Vec::new(),
        active: true,
    }
}

pub fn released_job(index: usize) -> ReleasedJob {
    let (operation, centre, after, recording, inspection) = ROUTING[index];
    ReleasedJob {
        id: job_id(index),
        operation: operation.into(),
        operation_version: 1,
        name: text(operation),
        short: text(operation),
        work_centre: centre.into(),
        position: index as u32,
        after: after.iter().map(|before| job_id(*before)).collect(),
        standard_time_s: STANDARD_S,
        recording,
        inspection,
        skills: Vec::new(),
        parameters: Vec::new(),
        characteristics: Vec::new(),
    }
}

pub fn released(jobs: Vec<ReleasedJob>) -> ReleasedWorkOrder {
    ReleasedWorkOrder {
        id: work_order_id(),
        code: Code::from_number(CodeType::WorkOrder, 1).unwrap(),
        number: "W-0001".to_owned(),
        customer_order: "SO-2611-018".into(),
        customer_name: text("陈"),
        pair: Pair {
            style: "oxford".into(),
            style_name: text("牛津"),
            construction: text("固特异"),
            options: Vec::new(),
            size: PairSize {
                left_length_mm: 262,
                right_length_mm: 263,
                left_girth_mm: 248,
                right_girth_mm: 250,
                eu: "42".to_owned(),
            },
        },
        priority: Priority::Normal,
        promise_at: morning() + TimeDelta::days(14),
        jobs,
    }
}

pub fn pair() -> ReleasedWorkOrder {
    released((0..JOBS).map(released_job).collect())
}

pub fn finding() -> Finding {
    Finding {
        defect: DefectId("stitch.skipped".to_owned()),
        severity: Severity::Major,
        side: Side::Left,
        view: View::Side,
        x: 400,
        y: 300,
        photos: Vec::new(),
    }
}

pub fn finished(round: u32) -> Fact {
    Fact::JobFinished { round, values: Vec::new(), lots: Vec::new(), early_confirmed: false }
}

pub fn passed(round: u32) -> Fact {
    Fact::InspectionPassed { round, results: Vec::new() }
}

pub fn failed(round: u32, nonconformance: NonconformanceId, disposition: Option<Disposition>) -> Fact {
    Fact::InspectionFailed { round, nonconformance, findings: vec![finding()], disposition, results: Vec::new() }
}

pub fn rework(from: usize) -> Disposition {
    Disposition::Rework { from: job_id(from) }
}

pub fn repair(at: usize) -> Disposition {
    Disposition::Repair { at: job_id(at) }
}

pub fn use_as_is() -> Disposition {
    Disposition::UseAsIs { reason: "客户接受".to_owned() }
}

pub fn scrap() -> Disposition {
    Disposition::ScrapAndRemake { reason: "皮料开裂".to_owned() }
}

pub fn pause(round: u32) -> Fact {
    Fact::JobPaused { round, reason: PauseReason::Break }
}

/// Who records, and how surely.
#[derive(Clone, Copy, Debug)]
pub struct Hand {
    pub worker: u128,
    pub auth: AuthLevel,
}

pub const WANG: Hand = Hand { worker: 1, auth: AuthLevel::Badge };
pub const LI: Hand = Hand { worker: 2, auth: AuthLevel::Badge };
pub const INSPECTOR: Hand = Hand { worker: 3, auth: AuthLevel::Pin };

/// What a fact came to, without the state.
#[derive(Clone, PartialEq, Debug)]
pub enum Verdict {
    Applied,
    Flagged(ConflictKind),
    Parked(ParkReason),
    Noted,
}

/// An action that nothing has judged yet.
pub fn action(number: u128, hand: Hand, job: Option<usize>, fact: Fact) -> Action {
    Action {
        id: ActionId(Uuid::from_u128(0x10_000 + number)),
        site: "wenzhou".into(),
        station: StationId(Uuid::from_u128(0x500 + hand.worker)),
        workstation: WorkstationId(format!("bench-{}", hand.worker)),
        worker: Some(worker_id(hand.worker)),
        grant: None,
        auth_level: hand.auth,
        work_order: Some(work_order_id()),
        job: job.map(job_id),
        base_version: None,
        base_cursor: None,
        clock: ClockReading {
            wall_ms: 0,
            mono_ms: 0,
            boot_id: "boot".to_owned(),
            class: ClockClass::Synchronised,
            offset_ms: 0,
        },
        app_version: "0.1.0".to_owned(),
        schema_version: 1,
        fact,
    }
}

/// The pair as one station or the server sees it.
#[derive(Clone)]
pub struct Floor {
    pub work_order: WorkOrder,
    pub now: DateTime<Utc>,
    actions: u128,
}

impl Floor {
    /// A pair that was just released.
    pub fn open() -> Self {
        Self { work_order: WorkOrder::release(&pair(), morning()).unwrap(), now: morning(), actions: 0 }
    }

    /// A pair on which everything before a job is done, the job itself not begun.
    pub fn before(job: usize) -> Self {
        let mut floor = Self::open();
        let upstream = floor.work_order.upstream(job_id(job));
        for index in 0..JOBS {
            if upstream.contains(&job_id(index)) {
                floor.complete(index);
            }
        }
        floor
    }

    /// Does one job in the ordinary way, in the pass that is due.
    pub fn complete(&mut self, index: usize) -> ActionId {
        let (round, inspection) = (self.round(index), self.job(index).spec.inspection);
        let fact = if inspection { passed(round) } else { finished(round) };
        if !inspection && self.job(index).spec.recording == Recording::StartFinish {
            assert_eq!(self.record(WANG, index, Fact::JobStarted { round }).1, Verdict::Applied, "{index} may begin");
            self.wait(STANDARD_S);
        }
        let (id, verdict) = self.record(if inspection { INSPECTOR } else { WANG }, index, fact);
        assert_eq!(verdict, Verdict::Applied, "{index} may be signed off");
        id
    }

    /// Does every job that is left, in the order of the routing.
    pub fn complete_all(&mut self) {
        for index in 0..JOBS {
            if !self.job(index).is_done() {
                self.complete(index);
            }
        }
    }

    /// Records a fact about a job and takes its effect over.
    pub fn record(&mut self, hand: Hand, job: usize, fact: Fact) -> (ActionId, Verdict) {
        self.actions += 1;
        let action = action(self.actions, hand, Some(job), fact);
        (action.id, self.judge(&action))
    }

    /// Judges an action and takes its effect over.
    pub fn judge(&mut self, action: &Action) -> Verdict {
        let version = self.work_order.version;
        let verdict = match apply(Some(&self.work_order), action, self.now) {
            Outcome::Applied(next) => {
                self.work_order = next;
                Verdict::Applied
            }
            Outcome::Flagged(next, conflict) => {
                self.work_order = next;
                Verdict::Flagged(conflict)
            }
            Outcome::Parked(reason) => return Verdict::Parked(reason),
            Outcome::Noted => return Verdict::Noted,
        };
        assert_eq!(self.work_order.version, version + 1, "every counted fact is one version");
        verdict
    }

    /// Lets time pass.
    pub fn wait(&mut self, seconds: u32) {
        self.now += TimeDelta::seconds(i64::from(seconds));
    }

    pub fn job(&self, index: usize) -> &Job {
        &self.work_order.jobs[index]
    }

    pub fn state(&self, index: usize) -> &JobState {
        &self.job(index).progress.state
    }

    pub fn round(&self, index: usize) -> u32 {
        self.job(index).progress.round
    }

    pub fn standing(&self, index: usize) -> Standing {
        self.work_order.standing(self.job(index))
    }
}
