//! Devices and place.

use cordwainer_protocol::station::{SetUp, WorkstationChoice};
use serde::de::DeserializeOwned;

use super::super::Engine;
use crate::devices::{INSTRUMENTS_SETTING, SCANNERS_SETTING, ports};

impl Engine {
    pub(in crate::engine) fn set_up(&self) -> SetUp {
        let place = self.place.as_ref();
        SetUp {
            mode: self.mode(),
            server: place.map(|place| place.server_url.clone()),
            station: place.map(|place| place.station),
            fingerprint: place.map(|place| place.key.public().fingerprint()),
            workstations: self.workstation_choices(),
            scanners: self.kept_devices(SCANNERS_SETTING),
            instruments: self.kept_devices(INSTRUMENTS_SETTING),
            ports: ports(),
            printer: self.printer().unwrap_or_default(),
            data_folder: self.about.data_folder.display().to_string(),
            px_per_mm_x100: self.calibration(),
        }
    }

    /// A PC with the scope of one work centre stays where it was enrolled.
    fn workstation_choices(&self) -> Vec<WorkstationChoice> {
        let Some(place) = &self.place else { return Vec::new() };
        let names = self.names();
        let may_stand = |id| place.holds_whole_site() || place.workstation == id;
        let all = self.floor.image().workstations.values();
        all.filter(|found| may_stand(found.id.clone()))
            .map(|found| WorkstationChoice {
                id: found.id.clone(),
                name: found.name.clone(),
                work_centre: found.work_centre.as_ref().map(|id| names.work_centre(id)),
                kind: found.kind,
            })
            .collect()
    }

    fn kept_devices<T: DeserializeOwned>(&self, key: &str) -> Vec<T> {
        let kept = self.store.outbox.setting(key).ok().flatten();
        kept.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
    }
}
