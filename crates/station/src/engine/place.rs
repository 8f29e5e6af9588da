//! Which station this is, and at which workstation it stands.

use cordwainer_domain::equipment::Workstation;
use cordwainer_domain::{SiteId, StationId, WorkstationId};
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::Mode;
use cordwainer_sync::SigningKey;

use super::Engine;
use super::say::Say;
use crate::store::{StationStore, StoreFault};

/// The setting that holds the workstation which a PC that leads the whole floor stands at for now.
pub(crate) const WORKSTATION_SETTING: &str = "workstation";
/// The scope of a station that holds the whole site.
pub(super) const WHOLE_SITE: &str = "*";

/// An enrolled station at its workstation.
#[derive(Debug)]
pub(super) struct Place {
    pub station: StationId,
    pub site: SiteId,
    pub workstation: WorkstationId,
    pub scope: String,
    pub server_url: String,
    pub key: SigningKey,
    /// Whether somebody has let this station in.
    pub confirmed: bool,
}

impl Place {
    /// `None` before the first enrolment.
    pub fn read(store: &StationStore) -> Result<Option<Self>, StoreFault> {
        let Some(enrolment) = store.outbox.enrolment()? else { return Ok(None) };
        let chosen = store.outbox.setting(WORKSTATION_SETTING)?.filter(|_| enrolment.scope == WHOLE_SITE);
        let key = enrolment.signing_key();
        Ok(Some(Self {
            station: enrolment.station_id,
            site: enrolment.site_id,
            workstation: chosen.map_or(enrolment.workstation, WorkstationId),
            scope: enrolment.scope,
            server_url: enrolment.server_url,
            key,
            confirmed: enrolment.confirmed,
        }))
    }

    pub fn holds_whole_site(&self) -> bool {
        self.scope == WHOLE_SITE
    }
}

impl Engine {
    /// How the app runs, as far as it has come.
    pub(super) fn mode(&self) -> Mode {
        match &self.place {
            None => Mode::Unenrolled,
            Some(place) if !place.confirmed => Mode::Unconfirmed,
            Some(_) => self.about.mode,
        }
    }

    /// The workstation's row; until the first page has come, nothing can be done here.
    pub(super) fn workstation(&self) -> Result<&Workstation, Box<Say>> {
        let place = self.place.as_ref().ok_or_else(|| Say::failure(MessageCode::NotEnrolled))?;
        let row = self.floor.image().workstations.get(&place.workstation);
        row.ok_or_else(|| Box::new(self.waits_for_server(place)))
    }

    fn waits_for_server(&self, place: &Place) -> Say {
        let say = Say::refused(MessageCode::ServerUnreachable, cordwainer_protocol::station::Tone::Failure);
        say.text("server", &place.server_url)
    }
}
