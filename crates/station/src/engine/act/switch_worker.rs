//! Another signed-in worker is active now.

use cordwainer_domain::WorkerId;
use cordwainer_protocol::MessageCode;

use super::super::Engine;
use super::super::say::{Heard, Say};

impl Engine {
    /// By touch only while somebody is here; a locked screen asks for a badge.
    pub(in crate::engine) fn switch_worker(&mut self, worker: WorkerId) -> Heard {
        self.present()?;
        let signed_in =
            self.attendance.session(worker).and_then(|_| self.floor.worker(worker)).map(|row| row.worker.clone());
        let worker = signed_in.ok_or_else(|| Say::failure(MessageCode::BadgeNeeded))?;
        Ok(self.make_active(&worker))
    }
}
