//! Who is at this workstation, and what the engine remembers between two scans. Nothing here is a record: a restart may
//! forget all of it and lose no work.

use std::collections::HashMap;

use cordwainer_domain::code::Syntax;
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::{ActionId, JobId, Language, OperationId, WorkOrderId, WorkerId};
use cordwainer_protocol::station::FindingDraft;

use super::moment::Moment;

/// The screen locks after this long without a scan or press.
const IDLE_LOCK_MS: i64 = 60_000;
/// How long the last move can be taken back from the bar or by card.
pub(super) const UNDO_MS: i64 = 10_000;
/// How long a finishing scan waits for values or for 完成. After that the finish is when it is confirmed.
const HELD_FINISH_MS: i64 = 300_000;
/// The same code from the same scanner within this time is one scan.
const DEBOUNCE_MS: i64 = 800;
/// The same tag from the same reader: it is read again and again as long as it lies in the field.
const TAG_DEBOUNCE_MS: i64 = 5_000;

/// A worker signed in here, and how surely.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Session {
    pub worker: WorkerId,
    pub level: AuthLevel,
}

/// A finish that was scanned but could not be recorded yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct HeldFinish {
    pub at: Moment,
    pub early_confirmed: bool,
}

/// The last move of a worker at this station.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct LastMove {
    pub action: ActionId,
    pub work_order: WorkOrderId,
    pub job: JobId,
    pub recorded_mono_ms: i64,
}

/// What cards have said so far about the pair under inspection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Judging {
    pub job: JobId,
    pub findings: Vec<FindingDraft>,
    pub rework_from: Option<JobId>,
}

/// Everything that is remembered between two scans.
#[derive(Debug, Default)]
pub(super) struct Attendance {
    pub sessions: Vec<Session>,
    pub active: Option<WorkerId>,
    pub locked: bool,
    pub pin_for: Option<WorkerId>,
    pub language: Language,
    /// The job that was last started, resumed or looked at by scan.
    pub focus: Option<JobId>,
    /// Jobs between which a scan left the choice.
    pub choices: Vec<(JobId, OperationId)>,
    pub judging: Option<Judging>,
    held: HashMap<JobId, HeldFinish>,
    latest_held: Option<JobId>,
    last_moves: HashMap<WorkerId, LastMove>,
    /// What each scanner read last, and when.
    last_scans: HashMap<String, (String, i64)>,
    /// When a reader last saw a tag, for as long as that could matter.
    recent_tags: HashMap<(String, String), i64>,
    touched_mono_ms: i64,
}

impl Attendance {
    /// The active worker's session, unless the screen is locked.
    pub fn present(&self) -> Option<Session> {
        if self.locked { None } else { self.active.and_then(|worker| self.session(worker)) }
    }

    pub fn session(&self, worker: WorkerId) -> Option<Session> {
        self.sessions.iter().copied().find(|session| session.worker == worker)
    }

    /// Makes a signed-in worker the active one; a scan of the badge also unlocks.
    pub fn activate(&mut self, worker: WorkerId, language: Language) {
        if self.active != Some(worker) {
            self.judging = None;
            self.choices.clear();
        }
        self.active = Some(worker);
        self.locked = false;
        self.pin_for = None;
        self.language = language;
    }

    pub fn open(&mut self, session: Session) {
        self.sessions.retain(|other| other.worker != session.worker);
        self.sessions.push(session);
    }

    /// Ends a session; whoever signed in before is active next.
    pub fn close(&mut self, worker: WorkerId) {
        self.sessions.retain(|other| other.worker != worker);
        self.last_moves.remove(&worker);
        if self.active == Some(worker) {
            self.active = self.sessions.last().map(|session| session.worker);
            self.judging = None;
            self.choices.clear();
        }
    }

    pub fn touch(&mut self, at: Moment) {
        self.touched_mono_ms = at.mono_ms;
    }

    /// Locks after a minute of silence. True if it did.
    pub fn lock_if_idle(&mut self, mono_ms: i64) -> bool {
        let somebody = self.active.is_some() || self.pin_for.is_some();
        if self.locked || !somebody || mono_ms - self.touched_mono_ms < IDLE_LOCK_MS {
            return false;
        }
        self.lock();
        true
    }

    pub fn lock(&mut self) {
        self.pin_for = None;
        self.locked = true;
    }

    /// Whether this is the same scan again. A trigger held down repeats what it read last; whoever scans something else in
    /// between means it. A tag is read over and over as long as it lies in the field, also with others between.
    pub fn is_repeat(&mut self, source: &str, text: &str, syntax: Syntax, at: Moment) -> bool {
        // Two frames of one burst may seem to be a millisecond out of order, for each instant is rounded by itself.
        let apart = |mono_ms: i64| (at.mono_ms - mono_ms).abs();
        if syntax == Syntax::Tag {
            self.recent_tags.retain(|_, mono_ms| apart(*mono_ms) < TAG_DEBOUNCE_MS);
            return self.recent_tags.insert((source.to_owned(), text.to_owned()), at.mono_ms).is_some();
        }
        let before = self.last_scans.insert(source.to_owned(), (text.to_owned(), at.mono_ms));
        before.is_some_and(|(last, mono_ms)| last == text && apart(mono_ms) < DEBOUNCE_MS)
    }

    /// What was not recorded may be scanned again at once.
    pub fn forget_recent_scans(&mut self) {
        self.last_scans.clear();
        self.recent_tags.clear();
    }

    pub fn hold_finish(&mut self, job: JobId, held: HeldFinish) {
        self.held.insert(job, held);
        self.latest_held = Some(job);
    }

    /// A finish that still waits.
    pub fn held_finish(&self, job: JobId, now: Moment) -> Option<HeldFinish> {
        self.held.get(&job).copied().filter(|held| now.mono_ms - held.at.mono_ms < HELD_FINISH_MS)
    }

    /// The finish that a 完成 card means, if one waits.
    pub fn latest_held_finish(&self, now: Moment) -> Option<(JobId, HeldFinish)> {
        let job = self.latest_held?;
        Some((job, self.held_finish(job, now)?))
    }

    pub fn forget_held_finish(&mut self, job: JobId) {
        self.held.remove(&job);
        self.latest_held = self.latest_held.filter(|latest| *latest != job);
    }

    pub fn remember_move(&mut self, worker: WorkerId, last: LastMove) {
        self.last_moves.insert(worker, last);
    }

    /// The move that the worker may still take back.
    pub fn undoable(&self, worker: WorkerId, mono_ms: i64) -> Option<&LastMove> {
        self.last_moves.get(&worker).filter(|last| (0..=UNDO_MS).contains(&(mono_ms - last.recorded_mono_ms)))
    }

    pub fn forget_move(&mut self, worker: WorkerId) {
        self.last_moves.remove(&worker);
    }
}
