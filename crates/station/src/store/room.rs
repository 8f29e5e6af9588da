//! Room on the disk. Below a floor no new work begins; what already runs is recorded and sent all the same, if need be from
//! a reserve that was laid by while there was plenty.
//!
//! The number that the system gives for free space is not believed alone: most programs that ran out of disk had been told
//! that there was some left. So the reserve is real bytes in a real file, and a write that fails gives it up and tries once
//! more.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::fault::StoreFault;
use super::folder::Folder;

const MEGABYTE: u64 = 1_000_000;
const RESERVE_FILE: &str = "outbox.reserve";

/// How much room a station insists on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RoomRules {
    /// With less than this no work begins.
    pub floor_bytes: u64,
    /// Laid by for what already runs.
    pub reserve_bytes: u64,
}

impl RoomRules {
    /// Rules for a floor; on a small disk the reserve is smaller, too.
    pub const fn with_floor(floor_bytes: u64) -> Self {
        let share = floor_bytes / 8;
        Self { floor_bytes, reserve_bytes: if share < 16 * MEGABYTE { share } else { 16 * MEGABYTE } }
    }
}

impl Default for RoomRules {
    fn default() -> Self {
        Self::with_floor(200 * MEGABYTE)
    }
}

/// Who tells how much room is left; tests bring their own.
pub trait FreeSpace: Debug + Send + Sync {
    /// Bytes that may still be written into the folder, if anybody can tell.
    fn free_bytes(&self, folder: &Path) -> Option<u64>;
}

/// What the system says.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemSpace;

impl FreeSpace for SystemSpace {
    #[cfg(unix)]
    fn free_bytes(&self, folder: &Path) -> Option<u64> {
        let told = rustix::fs::statvfs(folder).ok()?;
        Some(told.f_bavail.saturating_mul(told.f_frsize))
    }

    // Elsewhere nobody is asked; a write that fails still gives up the reserve.
    #[cfg(not(unix))]
    fn free_bytes(&self, _folder: &Path) -> Option<u64> {
        None
    }
}

/// The room of one folder.
#[derive(Debug)]
pub(super) struct Room {
    folder: PathBuf,
    insisted: RwLock<(RoomRules, Arc<dyn FreeSpace>)>,
}

impl Room {
    pub fn of(folder: &Folder) -> Self {
        Self { folder: folder.path().to_owned(), insisted: RwLock::new((RoomRules::default(), Arc::new(SystemSpace))) }
    }

    pub fn insist_on(&self, rules: RoomRules, space: Arc<dyn FreeSpace>) {
        *self.insisted.write().unwrap_or_else(PoisonError::into_inner) = (rules, space);
    }

    fn insisted(&self) -> (RoomRules, Arc<dyn FreeSpace>) {
        self.insisted.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether there is room to begin something.
    pub fn must_suffice(&self) -> Result<(), StoreFault> {
        let (rules, space) = self.insisted();
        match space.free_bytes(&self.folder) {
            Some(free_bytes) if free_bytes < rules.floor_bytes => {
                Err(StoreFault::DiskLow { free_bytes, floor_bytes: rules.floor_bytes })
            }
            _ => Ok(()),
        }
    }

    /// Lays the reserve by, if there is room for it above the floor. Real bytes: a file with holes reserves nothing.
    pub fn lay_by(&self, folder: &Folder) -> Result<(), StoreFault> {
        let (rules, space) = self.insisted();
        let plenty = space.free_bytes(&self.folder).is_some_and(|free| free >= rules.floor_bytes + rules.reserve_bytes);
        let length = usize::try_from(rules.reserve_bytes).unwrap_or(0);
        if !plenty || length == 0 || folder.file(RESERVE_FILE).exists() {
            return Ok(());
        }
        folder.replace(RESERVE_FILE, &vec![0xA5; length])
    }

    /// Gives the reserve up. False if there was none.
    pub fn give_up_reserve(&self) -> bool {
        let given_up = std::fs::remove_file(self.folder.join(RESERVE_FILE)).is_ok();
        if given_up {
            tracing::error!(folder = %self.folder.display(), "the disk is full; the reserve was given up");
        }
        given_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_disk_has_a_small_reserve_and_a_large_one_does_not_waste_room() {
        assert_eq!(RoomRules::default(), RoomRules { floor_bytes: 200_000_000, reserve_bytes: 16_000_000 }, "a PC");
        assert_eq!(RoomRules::with_floor(8_000_000).reserve_bytes, 1_000_000, "a flash card");
        assert_eq!(RoomRules::with_floor(0).reserve_bytes, 0, "switched off");
    }

    #[test]
    fn the_system_tells_how_much_room_there_is() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(SystemSpace.free_bytes(folder.path()).is_some_and(|free| free > 0), "a disk in use has some room");
        assert_eq!(SystemSpace.free_bytes(&folder.path().join("nowhere")), None, "a folder that is not there has none");
    }
}
