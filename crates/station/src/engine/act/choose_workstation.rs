//! A PC that holds the whole floor stands at another workstation now.

use cordwainer_domain::WorkstationId;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{RpcFailure, Topic};

use super::super::attendance::Attendance;
use super::super::place::WORKSTATION_SETTING;
use super::super::{Engine, failure};

impl Engine {
    pub(in crate::engine) fn choose_workstation(&mut self, id: &WorkstationId) -> Result<(), RpcFailure> {
        let place = self.place.as_ref().ok_or_else(|| failure(MessageCode::NotEnrolled))?;
        if !place.holds_whole_site() || !self.floor.image().workstations.contains_key(id) {
            return Err(failure(MessageCode::NotAtThisWorkstation));
        }
        // Whoever was signed in was signed in at the other place, perhaps without a PIN.
        let now = self.now();
        for session in self.attendance.sessions.clone() {
            self.end_session(session, now).map_err(|refused| RpcFailure { message: refused.message })?;
        }
        self.keep_setting(WORKSTATION_SETTING, id.as_str())?;
        if let Some(place) = self.place.as_mut() {
            place.workstation = id.clone();
        }
        let language = self.attendance.language;
        self.attendance = Attendance::default();
        self.attendance.language = language;
        self.changed(Topic::State);
        self.changed(Topic::Work);
        Ok(())
    }

    pub(in crate::engine) fn keep_setting(&self, key: &str, value: &str) -> Result<(), RpcFailure> {
        self.store.outbox.set_setting(key, value).map_err(|fault| {
            tracing::error!(%fault, key, "a setting was not kept");
            RpcFailure { message: super::super::record::not_recorded(&fault).message }
        })
    }
}
