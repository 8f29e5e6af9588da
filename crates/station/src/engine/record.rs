//! Recording: compose the fact, sign it, put it on the disk, and only then let the floor here show it.

use chrono::TimeDelta;
use cordwainer_domain::production::{Action, AuthzProblem, Fact};
use cordwainer_domain::{ActionId, JobId, WorkOrderId, WorkerId};
use cordwainer_protocol::station::{AnswerKind, Evidence, Tone, Topic};
use cordwainer_protocol::{Message, MessageCode};
use cordwainer_sync::{Purpose, encode};

use super::attendance::{LastMove, Session, UNDO_MS};
use super::moment::Moment;
use super::say::Say;
use super::words::of_authz;
use super::{Engine, Errand, kind_word};
use crate::store::{SCHEMA_VERSION, ScanOutcome, SignedAction, StoreFault};

/// What somebody does.
#[derive(Clone, Debug)]
pub(super) struct Doing {
    pub who: Option<Session>,
    pub work_order: Option<WorkOrderId>,
    pub job: Option<JobId>,
    pub fact: Fact,
    pub at: Moment,
}

impl Engine {
    /// Composes and records in one step.
    pub(super) fn record(&mut self, doing: Doing, kind: AnswerKind) -> Result<ActionId, Box<Say>> {
        let action = self.compose(doing)?;
        self.record_composed(action, kind)
    }

    /// The fact with everything that is known as it happens.
    pub(super) fn compose(&self, doing: Doing) -> Result<Action, Box<Say>> {
        let place = self.place.as_ref().ok_or_else(|| Say::failure(MessageCode::NotEnrolled))?;
        let Doing { who, work_order, job, fact, at } = doing;
        let image = self.floor.image();
        // A session outlives the permission it was opened with; what is done in it does not. It may still be closed.
        if let Some(session) = who
            && !matches!(fact, Fact::SessionClosed {})
            && !self.grant_holds(session.worker)
        {
            return Err(Box::new(of_authz(&self.names(), &AuthzProblem::GrantExpired)));
        }
        Ok(Action {
            id: ActionId(self.ids.uuid_v7(at.wall_ms)),
            site: place.site.clone(),
            station: place.station,
            workstation: place.workstation.clone(),
            worker: who.map(|session| session.worker),
            grant: who.and_then(|session| self.floor.granted(session.worker)).map(|grant| grant.id),
            auth_level: who.map(|session| session.level).unwrap_or_default(),
            work_order,
            job,
            base_version: work_order.and_then(|id| image.work_orders.get(&id)).map(|base| base.version),
            base_cursor: Some(self.floor.commit_seq()),
            clock: self.reading(at),
            app_version: self.about.app_version.clone(),
            schema_version: SCHEMA_VERSION,
            fact,
        })
    }

    /// Puts a composed fact on the disk, together with the scan it came from.
    pub(super) fn record_composed(&mut self, action: Action, kind: AnswerKind) -> Result<ActionId, Box<Say>> {
        let place = self.place.as_ref().ok_or_else(|| Say::failure(MessageCode::NotEnrolled))?;
        let id = action.id;
        let body = encode(&action).map_err(|fault| Box::new(failed("detail", &fault.to_string())))?;
        let sig = place.key.sign(Purpose::Action, &body);
        let scan = self.scan.take().map(|scan| ScanOutcome { scan, outcome: kind_word(kind), action: Some(id) });
        let signed = [SignedAction { action, body, sig }];
        if let Err(fault) = self.store.outbox.record(&signed, scan.as_ref()) {
            tracing::error!(%fault, "not recorded");
            self.scan = scan.map(|outcome| outcome.scan);
            self.attendance.forget_recent_scans();
            return Err(Box::new(not_recorded(&fault)));
        }
        let [SignedAction { action, .. }] = signed;
        self.floor.push(action);
        self.ask(Errand::Push);
        self.changed(Topic::Work);
        self.changed(Topic::State);
        Ok(id)
    }

    /// What a move of a job comes to: saved here, and to be taken back for ten seconds.
    pub(super) fn moved(&mut self, say: Say, job: JobId, worker: WorkerId, action: ActionId) -> Say {
        let now = self.now();
        if let Ok(work_order) = self.work_order_of(job) {
            let last = LastMove { action, work_order, job, recorded_mono_ms: now.mono_ms };
            self.attendance.remember_move(worker, last);
        }
        let evidence = self.floor.evidence(action);
        let undo_until = Some(self.instant(now) + TimeDelta::milliseconds(UNDO_MS));
        let say = if evidence == Some(Evidence::Pending) { for_a_supervisor(say) } else { say };
        Say { undo_until, evidence, ..self.about_job(say, job).saved(action) }
    }

    /// Adds the heads of a job and its pair as they stand now.
    pub(super) fn about_job(&self, say: Say, job: JobId) -> Say {
        let names = self.names();
        match self.floor.job(job) {
            Some((work_order, found)) => say.pair(names.pair(work_order)).job(names.job(work_order, found)),
            None => say,
        }
    }

    /// Names operation and pair in the message.
    pub(super) fn named(&self, say: Say, job: JobId) -> Say {
        match self.floor.job(job) {
            Some((_, found)) => self.numbered(say.name("operation", found.spec.name.clone()), job),
            None => say,
        }
    }

    /// Names the pair in the message.
    pub(super) fn numbered(&self, say: Say, job: JobId) -> Say {
        match self.floor.job(job) {
            Some((work_order, _)) => say.text("number", &work_order.number),
            None => say,
        }
    }

    /// The worker who is here, or why nobody is.
    pub(super) fn present(&self) -> Result<Session, Box<Say>> {
        if self.place.is_none() {
            return Err(Say::failure(MessageCode::NotEnrolled));
        }
        let nobody =
            if self.attendance.pin_for.is_some() { MessageCode::PinRequired } else { MessageCode::BadgeNeeded };
        self.attendance.present().ok_or_else(|| Box::new(Say::refused(nobody, Tone::Question)))
    }

    /// The pair of a job that a screen names.
    pub(super) fn work_order_of(&self, job: JobId) -> Result<WorkOrderId, Box<Say>> {
        let found = self.floor.job(job).map(|(work_order, _)| work_order.id);
        found.ok_or_else(|| Box::new(Say::refused(MessageCode::NotAtThisWorkstation, Tone::WrongStation)))
    }
}

/// It was recorded, and does not fit what is known here: the worker is told who will look at it.
fn for_a_supervisor(say: Say) -> Say {
    Say { message: Message::new(MessageCode::RecordedSupervisorWillLook), tone: Tone::Noted, ..say }
}

/// Nothing was recorded, and the worker must know.
pub(super) fn not_recorded(fault: &StoreFault) -> Say {
    match fault {
        StoreFault::DiskFull => Say::refused(MessageCode::NotRecordedDiskFull, Tone::Failure),
        StoreFault::DiskLow { free_bytes, floor_bytes } => Say::refused(MessageCode::DiskLow, Tone::Failure)
            .number("free_mb", megabytes(*free_bytes))
            .number("floor_mb", megabytes(*floor_bytes)),
        StoreFault::ReadOnly => Say::refused(MessageCode::DiskReadOnly, Tone::Failure),
        StoreFault::DrainOnly => Say::refused(MessageCode::DrainOnly, Tone::Failure),
        other => failed("detail", &other.to_string()),
    }
}

/// Whole megabytes, as a person compares them.
pub(super) fn megabytes(bytes: u64) -> i64 {
    i64::try_from(bytes / 1_000_000).unwrap_or(i64::MAX)
}

fn failed(name: &str, detail: &str) -> Say {
    Say::refused(MessageCode::NotRecorded, Tone::Failure).text(name, detail)
}
