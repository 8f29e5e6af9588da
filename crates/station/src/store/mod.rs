//! The station's disk: what happened here ([`Outbox`], precious) and what the server has said ([`Cache`], disposable).
//!
//! The two files share no transaction. The outbox's commit alone is the truth; what screens show is derived from both: the
//! cached rows, with the unresolved actions replayed on top by the same reducer that the server runs.

mod backup;
mod cache;
mod database;
mod disk;
mod enrolment;
mod fault;
mod folder;
mod journal;
mod outbox;
mod room;
mod strikes;
mod unwritable;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::clock::Clock;
use crate::ids::IdSource;
use strikes::Strikes;

pub use cache::{Cache, CacheImage, Followed, Next, PageEffect};
pub use disk::{Disk, DiskFile, Opening, SystemDisk};
pub use enrolment::Enrolment;
pub use fault::StoreFault;
pub use room::{FreeSpace, RoomRules, SystemSpace};

pub use outbox::{
    Made, Outbox, OutcomeRow, OutcomeState, PrintDraft, PrintJobRow, PrintWork, PushDraft, Retired, SCHEMA_VERSION,
    ScanId, ScanLine, ScanOutcome, SignedAction, UnresolvedAction, Unsent,
};

/// Both stores of one station, in one folder that this process holds alone.
#[derive(Debug)]
pub struct StationStore {
    /// What happened here.
    pub outbox: Outbox,
    /// What the server has said.
    pub cache: Cache,
    folder: Arc<folder::Folder>,
    strikes: Strikes,
}

/// What had to be mended while opening.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Recovery {
    /// `cache.db` was unreadable and is being filled again from the server.
    CacheRebuilt {
        /// Where the damaged file is kept.
        aside: PathBuf,
    },
    /// `outbox.db` was unreadable and was made again from the journal, under a new incarnation.
    OutboxRebuilt {
        /// Where the damaged file is kept.
        aside: PathBuf,
    },
    /// Actions were in the journal and not in the outbox: the power went between the two.
    ActionsRecovered {
        /// How many.
        count: usize,
    },
    /// Part of the journal was unreadable: usually a line that was being written when the power went.
    JournalDamaged {
        /// Bytes that belong to no good line.
        skipped_bytes: usize,
        /// Number of the last action before the damage, in the incarnation that holds it now; none if there is none.
        last_good_seq: Option<u64>,
    },
    /// Labels whose printing was under way when the program ended: somebody must look.
    PrintsUnknown {
        /// How many.
        count: usize,
    },
    /// The enrolment could not be read: this installation must be enrolled again.
    EnrolmentLost {
        /// Where the damaged file is kept.
        aside: PathBuf,
    },
}

/// What opening came to, for the screen and the log.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OpenReport {
    /// What had to be mended.
    pub recoveries: Vec<Recovery>,
    /// The outbox was written by a later version: it is sent, but nothing new is recorded.
    pub drain_only: bool,
    /// There was no room to open the outbox for writing: it is shown, but nothing is recorded or sent.
    pub read_only: bool,
}

impl StationStore {
    /// Opens the stores of a folder, making them if it is new, and mends what a crash or a bad disk has left.
    ///
    /// # Errors
    /// [`StoreFault::AlreadyOpen`] and [`StoreFault::ReadOnlyFolder`] before anything is touched; others when the disk refuses.
    pub fn open(folder: &Path, clock: &dyn Clock, ids: &dyn IdSource) -> Result<(Self, OpenReport), StoreFault> {
        Self::open_on(Arc::new(SystemDisk), folder, clock, ids)
    }

    /// The same on a disk that is not the machine's own.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_on(
        disk: Arc<dyn Disk>,
        folder: &Path,
        clock: &dyn Clock,
        ids: &dyn IdSource,
    ) -> Result<(Self, OpenReport), StoreFault> {
        let folder = Arc::new(folder::Folder::hold(disk, folder)?);
        let mut report = OpenReport::default();
        let outbox = Outbox::open(&folder, clock, ids, &mut report)?;
        let strikes = Strikes::of(&folder);
        let poisoned = strikes.are_out();
        strikes.add();
        let cache = Cache::open(&folder, *outbox.device_key(), clock.wall_ms(), poisoned, &mut report)?;
        if poisoned {
            strikes.forgive()
        } else {
            strikes.take_back()
        }
        for recovery in &report.recoveries {
            tracing::warn!(?recovery, "the station's store was mended");
        }
        Ok((Self { outbox, cache, folder, strikes }, report))
    }

    /// Something that the cache holds has brought the engine down. After two such strikes the cache begins again.
    pub fn strike(&self, clock: &dyn Clock) {
        self.strikes.add();
        if !self.strikes.are_out() {
            return;
        }
        match self.cache.rebuild(clock.wall_ms()) {
            Ok(()) => self.strikes.forgive(),
            Err(fault) => tracing::error!(%fault, "the cache could not begin again"),
        }
    }

    /// The program has worked well for a while: earlier strikes do not count.
    pub fn works_well(&self) {
        self.strikes.forgive();
    }

    /// What is done once in a while beside the work: old records go, the outbox is copied, the reserve is laid by. One that
    /// fails does not keep the others from being done; the first fault is told.
    ///
    /// # Errors
    /// [`StoreFault`] of what could not be done.
    pub fn keep_house(&self, clock: &dyn Clock) -> Result<(), StoreFault> {
        let forgotten = self.outbox.forget_old();
        let copied = self.outbox.back_up(clock.wall_ms());
        let laid_by = self.outbox.lay_by();
        forgotten.and(copied.map(drop)).and(laid_by)
    }

    /// The folder that the stores are in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Puts an outbox aside that another station has recorded in, so that this one can start. Answers where it is kept, or
    /// nothing if the outbox is this station's own. What this station had recorded comes back from its journal.
    ///
    /// # Errors
    /// [`StoreFault`] when the folder is in use or cannot be written.
    pub fn set_aside_foreign_outbox(folder: &Path) -> Result<Option<PathBuf>, StoreFault> {
        outbox::set_aside_foreign(&folder::Folder::hold(Arc::new(SystemDisk), folder)?)
    }
}
