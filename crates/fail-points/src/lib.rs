//! Places at which a test may end a program as `kill -9` would: between any two steps that must not both be trusted to happen.
//!
//! A program calls [`fail_point`] between two such steps. Without the feature `armed` that is nothing at all. With it, the
//! environment variable [`VARIABLE`] names the point at which the process dies, and at which visit: `push.logged` or
//! `push.logged:3`. The list is an enumeration, so that a test can go through all of it: a point that no story passes makes
//! the suite fail.

/// The environment variable that arms one point: `name`, or `name:visit` counted from 1.
pub const VARIABLE: &str = "CORDWAINER_FAIL_AT";

/// The work during which a point is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    /// A station records an action.
    Record,
    /// A station sends what it recorded.
    Push,
    /// A station loads a snapshot.
    Load,
    /// A station follows the feed.
    Pull,
    /// A station prints a label.
    Print,
    /// The server takes a push.
    Take,
}

macro_rules! points {
    ($($work:ident: $($(#[$doc:meta])+ $point:ident => $name:literal),+;)+) => {
        /// A place at which a process can be made to die.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Point { $($($(#[$doc])+ $point,)+)+ }

        impl Point {
            /// Every point there is.
            pub const ALL: &[Self] = &[$($(Self::$point,)+)+];

            /// The name that arms it.
            pub const fn name(self) -> &'static str {
                match self { $($(Self::$point => $name,)+)+ }
            }

            /// The work during which it is passed.
            pub const fn work(self) -> Work {
                match self { $($(Self::$point => Work::$work,)+)+ }
            }
        }
    };
}

points! {
    Record:
        /// The scan is in the log, and nothing else has come of it.
        ScanLogged => "record.scan_logged",
        /// Nothing is on the disk yet.
        RecordBegun => "record.begun",
        /// The frame is written, and not synced.
        JournalWritten => "record.journal_written",
        /// The journal vouches for the action, and the outbox does not know it.
        JournalSynced => "record.journal_synced",
        /// Inserted, and not committed.
        RecordInserted => "record.inserted",
        /// On the disk twice, and nobody was told.
        RecordCommitted => "record.committed";
    Push:
        /// What was offered is remembered, and no byte has left.
        PushDrafted => "push.drafted",
        /// The server has answered, and nothing of the answer is kept.
        PushAnswered => "push.answered",
        /// The answer is written, and not committed.
        PushSettling => "push.settling",
        /// The answer is kept.
        PushSettled => "push.settled";
    Load:
        /// A chunk is here, and nothing of it is kept.
        ChunkReceived => "load.received",
        /// The chunk's rows and the place behind them are written, and not committed.
        ChunkWritten => "load.written",
        /// The chunk is kept.
        ChunkCommitted => "load.committed";
    Pull:
        /// A page is here, and nothing of it is kept.
        PageReceived => "pull.received",
        /// The verdicts are kept, and the rows are not.
        VerdictsKept => "pull.verdicts_kept",
        /// Rows and cursor are written, and not committed.
        PageWritten => "pull.page_written",
        /// The page is kept.
        PageCommitted => "pull.page_committed";
    Print:
        /// The label is stored, and its turn has not come.
        PrintQueued => "print.queued",
        /// The attempt is committed, and no byte has left.
        PrintBegun => "print.begun",
        /// Some bytes have left.
        PrintLeaving => "print.leaving",
        /// The last byte has left, and the outcome is not saved.
        PrintLeft => "print.left",
        /// The outcome is saved.
        PrintSaved => "print.saved";
    Take:
        /// The station's row is locked.
        TakeLocked => "take.locked",
        /// Places and lease are checked.
        TakePlaced => "take.placed",
        /// The bytes are in the log, and no effect is written.
        TakeLogged => "take.logged",
        /// The effects are written.
        TakeJudged => "take.judged",
        /// The places in the station's history are written.
        TakeSubmitted => "take.submitted",
        /// The lease is rotated, and the head row not taken yet.
        TakeHeadSaved => "take.head_saved",
        /// The head row is held.
        TakeNumbered => "take.numbered",
        /// Everything is written, and not committed.
        TakeWritten => "take.written",
        /// Committed, and nobody was told.
        TakeCommitted => "take.committed";
}

/// Dies here if the environment says so.
#[cfg(not(feature = "armed"))]
#[inline(always)]
pub const fn fail_point(_: Point) {}

/// Dies here if the environment says so.
#[cfg(feature = "armed")]
pub fn fail_point(point: Point) {
    use std::sync::atomic::{AtomicU64, Ordering};
    static ARMED: std::sync::OnceLock<Option<(String, u64)>> = std::sync::OnceLock::new();
    static VISITS: AtomicU64 = AtomicU64::new(0);
    let armed = ARMED.get_or_init(|| read(&std::env::var(VARIABLE).ok()?));
    if let Some((name, visit)) = armed
        && name == point.name()
        && VISITS.fetch_add(1, Ordering::SeqCst) + 1 == *visit
    {
        die();
    }
}

/// The name and the visit that a value of [`VARIABLE`] arms.
#[cfg(any(feature = "armed", test))]
fn read(value: &str) -> Option<(String, u64)> {
    let (name, visit) = value.split_once(':').unwrap_or((value, "1"));
    Some((name.to_owned(), visit.parse().ok()?))
}

/// No destructor runs, no buffer is written: an abort would still leave a handler time to act.
#[cfg(feature = "armed")]
fn die() -> ! {
    #[cfg(unix)]
    // There is nobody left to hear of a failure; the abort below is the second attempt.
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::{Point, read};

    #[test]
    fn every_point_has_a_name_of_its_own() {
        let mut names: Vec<_> = Point::ALL.iter().map(|point| point.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Point::ALL.len(), "a name arms one point");
    }

    #[test]
    fn a_value_names_a_point_and_a_visit() {
        assert_eq!(read("take.logged"), Some(("take.logged".to_owned(), 1)), "the first visit, if none is named");
        assert_eq!(read("take.logged:3"), Some(("take.logged".to_owned(), 3)), "a later one");
        assert_eq!(read("take.logged:soon"), None, "no visit is called so");
    }
}
