//! Word from the server, from devices, and from the lack of either.

use chrono::{DateTime, Utc};
use cordwainer_protocol::station::{DeviceHealth, RpcFailure, RpcReply, StationEvent, Topic};
use cordwainer_protocol::{Message, MessageCode};

use super::floor::{Rows, Unresolved};
use super::place::Place;
use super::view::evidence_of;
use super::{Attendance, CLOCK, DISK, Engine, Errand, SOUND};
use crate::store::{StationStore, StoreFault};
use crate::sync::SyncEvent;

/// Who doubts the clock, where it is the channel.
const CHANNEL: &str = "channel";

/// Whether the server answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Network {
    pub online: bool,
    pub reason: Option<Message>,
    pub last_contact: Option<DateTime<Utc>>,
}

/// Nothing is replied to tidings.
type Silence = Option<Result<RpcReply, RpcFailure>>;

/// The records to replay over rows that show the feed up to a commit.
pub(super) fn overlay(store: &StationStore, commit_seq: u64) -> Result<Vec<Unresolved>, StoreFault> {
    let unresolved = store.outbox.overlay(commit_seq)?;
    Ok(unresolved
        .into_iter()
        .map(|entry| Unresolved { evidence: evidence_of(entry.state), action: entry.action })
        .collect())
}

impl Engine {
    pub(super) fn take_tidings(&mut self, event: SyncEvent) -> Silence {
        match event {
            SyncEvent::Page(page) => {
                self.heard_from_server();
                // The rest is on its way; a floor half filled would say that pairs are not here.
                if !page.more {
                    self.ask(Errand::ReadRows);
                }
            }
            SyncEvent::Pushed => {
                self.heard_from_server();
                self.replay();
            }
            SyncEvent::Online => self.heard_from_server(),
            SyncEvent::Offline(reason) => {
                self.network.online = false;
                self.network.reason = Some(reason);
            }
            SyncEvent::Revoked => {
                self.network.online = false;
                self.network.reason = Some(Message::new(MessageCode::StationRevoked));
            }
            SyncEvent::OtherServer => {
                self.network.online = false;
                self.network.reason = Some(Message::new(MessageCode::ServerKeyMismatch));
            }
            SyncEvent::Unconfirmed => {
                self.network.online = false;
                self.network.reason = Some(Message::new(MessageCode::AwaitsConfirmation));
            }
            SyncEvent::Confirmed => self.let_in(),
            SyncEvent::ClockDoubtful(doubtful) => self.doubt_clock(doubtful),
            SyncEvent::EpochChanged => {
                self.heard_from_server();
                self.replay();
            }
        }
        self.changed(Topic::State);
        None
    }

    fn heard_from_server(&mut self) {
        self.network = Network { online: true, reason: None, last_contact: Some(self.instant(self.now())) };
    }

    /// Reads the unresolved records again: some have been stored, judged or shown by the rows since.
    fn replay(&mut self) {
        match overlay(&self.store, self.floor.commit_seq()) {
            Ok(overlay) => {
                self.floor.rebase(overlay);
                self.changed(Topic::Work);
            }
            Err(fault) => {
                tracing::error!(%fault, "the unresolved records could not be read; the floor stays as it was")
            }
        }
    }

    /// Rows and overlay change together, so that no effect is shown twice or not at all.
    pub(super) fn take_rows(&mut self, rows: Rows) -> Silence {
        match overlay(&self.store, rows.commit_seq()) {
            Ok(overlay) => {
                self.floor = super::Floor::new(rows, overlay);
                self.end_sessions_of_the_revoked();
                self.changed(Topic::Work);
                self.changed(Topic::State);
            }
            Err(fault) => {
                tracing::error!(%fault, "the unresolved records could not be read; the floor stays as it was")
            }
        }
        None
    }

    /// A badge revoked while its worker was signed in opens nothing any more.
    fn end_sessions_of_the_revoked(&mut self) {
        let revoked: Vec<_> = self
            .attendance
            .sessions
            .iter()
            .copied()
            .filter(|session| self.floor.worker(session.worker).is_none_or(|row| !row.worker.active))
            .collect();
        for session in revoked {
            if self.end_session(session, self.now()).is_err() {
                self.attendance.close(session.worker);
            }
        }
    }

    pub(super) fn note_device(&mut self, health: DeviceHealth) -> Silence {
        match self.devices.iter_mut().find(|known| known.kind == health.kind && known.name == health.name) {
            Some(known) => *known = health,
            None => self.devices.push(health),
        }
        self.changed(Topic::State);
        None
    }

    /// Devices that are no longer configured are no longer shown.
    pub(super) fn forget_devices(&mut self) {
        self.devices.retain(|device| [SOUND, DISK, CLOCK].contains(&device.kind.as_str()));
    }

    pub(super) fn note_printing(&mut self) -> Silence {
        self.changed(Topic::Printing);
        self.changed(Topic::State);
        if let Some(asked) = self.print_job_to_ask_about() {
            self.events.push(StationEvent::AskPrint { print_job: asked.id, number: asked.number });
        }
        None
    }

    /// Somebody has compared the fingerprint: from now on this station works.
    fn let_in(&mut self) {
        match Place::read(&self.store) {
            Ok(place) => self.place = place,
            Err(fault) => tracing::error!(%fault, "the enrolment could not be read"),
        }
        self.heard_from_server();
        self.ask(Errand::ReadRows);
    }

    /// A clock far from the server's stops nobody; somebody has to put it right.
    fn doubt_clock(&mut self, doubtful: bool) {
        self.devices.retain(|device| device.kind != CLOCK || device.name != CHANNEL);
        if doubtful {
            self.devices.push(DeviceHealth {
                kind: CLOCK.to_owned(),
                name: CHANNEL.to_owned(),
                ok: false,
                message: Some(Message::new(MessageCode::ClockOff)),
                seen_at: None,
            });
        }
    }

    /// Another place, another key: nobody is signed in there yet.
    pub(super) fn move_in(&mut self) -> Silence {
        match Place::read(&self.store) {
            Ok(place) => {
                self.place = place;
                self.attendance = Attendance::default();
                self.changed(Topic::State);
                self.changed(Topic::Work);
                self.ask(Errand::ReadRows);
            }
            Err(fault) => tracing::error!(%fault, "the enrolment could not be read"),
        }
        None
    }
}
