//! What is to go wrong, and when.

use crate::chance::Chance;

/// Something that goes wrong at one operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The power goes: this operation and all that follow come to nothing.
    PowerCut,
    /// This operation fails, once.
    Error,
    /// The disk is full for so many operations that need room.
    Full(u32),
    /// The next sync fails, and what it was to keep is marked clean and never reaches the platter.
    FailedSync,
}

/// What a loss of power costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loss {
    /// Everything that was not synced.
    All,
    /// A part of it, sector by sector, drawn from this seed: pages may be torn.
    Sectors(u64),
}

/// The faults that wait for their operation.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    waiting: Vec<(u64, Fault)>,
    pub armed: u32,
    full_for: u32,
    fails_sync: bool,
}

/// What an operation does to the disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operation {
    /// It may need room.
    Write,
    /// It waits for the platter.
    Sync,
    /// It changes names or lengths, and needs no room.
    Change,
}

/// Why an operation is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// The device says that it failed.
    Error,
    /// There is no room.
    Full,
    /// A sync failed: what it was to keep will not be kept.
    SyncLost,
    /// There is no power.
    Off,
}

impl Plan {
    /// Lets a fault happen at the operation that comes `after` so many others.
    pub fn add(&mut self, now: u64, after: u64, fault: Fault) {
        self.waiting.push((now + after, fault));
        self.armed += 1;
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// What becomes of operation number `now`.
    pub fn meet(&mut self, now: u64, operation: Operation) -> Result<(), Refused> {
        let due: Vec<Fault> = self.waiting.iter().filter(|(at, _)| *at <= now).map(|(_, fault)| *fault).collect();
        self.waiting.retain(|(at, _)| *at > now);
        let mut refused = None;
        for fault in due {
            match fault {
                Fault::PowerCut => return Err(Refused::Off),
                Fault::Error => refused = Some(Refused::Error),
                Fault::Full(count) => self.full_for = count,
                Fault::FailedSync => self.fails_sync = true,
            }
        }
        if operation == Operation::Sync && std::mem::take(&mut self.fails_sync) {
            return Err(Refused::SyncLost);
        }
        if operation == Operation::Write && self.full_for > 0 {
            self.full_for -= 1;
            return Err(Refused::Full);
        }
        refused.map_or(Ok(()), Err)
    }
}

impl Loss {
    /// Decides for one sector or one change of names, each after the other.
    pub(super) fn survivors(self) -> impl FnMut() -> bool {
        let mut chance = match self {
            Self::All => None,
            Self::Sectors(seed) => Some(Chance::new(seed)),
        };
        move || chance.as_mut().is_some_and(|chance| chance.one_in(2))
    }
}
