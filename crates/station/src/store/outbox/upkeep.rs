//! What is done once in a while: old records go, the file is copied, the reserve is laid by.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::backup;
use super::super::fault::StoreFault;
use super::super::room::{FreeSpace, RoomRules};
use super::{FILE, Inner, Outbox, retention};

impl Outbox {
    /// Forgets what is settled and was stored by the server long ago.
    ///
    /// # Errors
    /// [`StoreFault`] when it stays for now.
    pub fn forget_old(&self) -> Result<(), StoreFault> {
        if self.must_be_writable().is_err() {
            return Ok(());
        }
        let mut inner = self.lock();
        let Inner { conn, journal, server_time, .. } = &mut *inner;
        retention::forget(conn, journal, &self.folder, server_time.as_ref())
    }

    /// Copies the outbox, once a day. Answers where the new copy is.
    ///
    /// # Errors
    /// [`StoreFault::Damaged`] when the outbox is not sound: no copy is made, and the older ones stay.
    pub fn back_up(&self, wall_ms: i64) -> Result<Option<PathBuf>, StoreFault> {
        if self.read_only { Ok(None) } else { backup::daily(&self.folder, FILE, wall_ms) }
    }

    /// Lays the reserve by, if there is room.
    ///
    /// # Errors
    /// [`StoreFault`] when the disk refuses.
    pub fn lay_by(&self) -> Result<(), StoreFault> {
        self.room.lay_by(&self.folder)
    }

    /// Sets how much room must be left before work begins.
    pub fn insist_on(&self, rules: RoomRules, space: Arc<dyn FreeSpace>) {
        self.room.insist_on(rules, space);
    }

    /// Whether there is room to begin something.
    ///
    /// # Errors
    /// [`StoreFault::DiskLow`] says how much there is.
    pub fn has_room(&self) -> Result<(), StoreFault> {
        self.room.must_suffice()
    }
}
