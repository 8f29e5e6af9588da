//! A badge: opens a session, asks for a PIN where one is due, or makes a signed-in worker the active one.

use cordwainer_domain::WorkerId;
use cordwainer_domain::code::Code;
use cordwainer_domain::equipment::WorkstationKind;
use cordwainer_domain::people::{Role, Worker};
use cordwainer_domain::production::AuthzProblem;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone};
use cordwainer_protocol::sync::WorkerRow;

use super::super::Engine;
use super::super::attendance::Session;
use super::super::moment::Moment;
use super::super::say::{Heard, Say};
use super::super::words::of_authz;
use super::wrong_type;

impl Engine {
    pub(super) fn scan_badge(&mut self, code: &Code, at: Moment) -> Heard {
        let Some(row) = self.floor.badge_of(code).cloned() else {
            let say = Say::refused(MessageCode::BadgeUnknown, Tone::Failure);
            return Err(Box::new(say.text("badge", code.as_str())));
        };
        let worker = &row.worker;
        if self.attendance.pin_for == Some(worker.id) {
            return Err(Box::new(wrong_type(code, "pin")));
        }
        let kind = self.workstation()?.kind;
        self.may_stand_here(&row, kind)?;
        if self.attendance.session(worker.id).is_some() {
            return Ok(self.make_active(worker));
        }
        if kind == WorkstationKind::Production {
            return self.sign_in(Session { worker: worker.id, level: cordwainer_domain::people::AuthLevel::Badge }, at);
        }
        Ok(self.ask_pin(worker))
    }

    fn may_stand_here(&self, row: &WorkerRow, kind: WorkstationKind) -> Result<(), Box<Say>> {
        let names = self.names();
        let worker = &row.worker;
        if !worker.active {
            let say = Say::refused(MessageCode::BadgeRevoked, Tone::Failure);
            return Err(Box::new(say.name("worker", worker.short.clone())));
        }
        let may = match kind {
            WorkstationKind::Production => true,
            WorkstationKind::Inspection => worker.has_role(Role::Inspector) || worker.has_role(Role::Supervisor),
            WorkstationKind::Supervision => worker.has_role(Role::Supervisor),
        };
        if !may {
            let role = if kind == WorkstationKind::Inspection { Role::Inspector } else { Role::Supervisor };
            return Err(Box::new(of_authz(&names, &AuthzProblem::RoleMissing { role })));
        }
        if self.grant_holds(worker.id) { Ok(()) } else { Err(Box::new(of_authz(&names, &AuthzProblem::GrantExpired))) }
    }

    /// Whether the server's permission has not run out.
    pub(in crate::engine) fn grant_holds(&self, worker: WorkerId) -> bool {
        self.floor.granted(worker).is_some_and(|grant| grant.not_after.timestamp_millis() >= self.expiry_now_ms())
    }

    fn ask_pin(&mut self, worker: &Worker) -> Say {
        self.attendance.pin_for = Some(worker.id);
        self.changed_state();
        Say::new(AnswerKind::PinNeeded, MessageCode::PinNeeded, Tone::Question)
            .name("worker", worker.short.clone())
            .worker(self.names().worker(worker.id))
    }
}
