//! Who, where, how connected.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use cordwainer_domain::{ActionId, WorkerId};
use cordwainer_protocol::station::{StationState, Unsent};

use super::super::Engine;

impl Engine {
    pub(in crate::engine) fn state(&self) -> StationState {
        let names = self.names();
        let image = self.floor.image();
        let place = self.place.as_ref();
        let workstation = place.and_then(|place| image.workstations.get(&place.workstation));
        let work_centre = workstation.and_then(|found| found.work_centre.clone());
        let active = self.attendance.present().map(|session| session.worker);
        StationState {
            mode: self.mode(),
            site: image.site.as_ref().map(|site| site.name.clone()),
            time_zone: names
                .calendar()
                .map_or_else(|| "UTC".to_owned(), |calendar| calendar.time_zone.name().to_owned()),
            workstation: place.map(|place| place.workstation.clone()),
            workstation_name: place.map(|place| names.workstation(&place.workstation)),
            workstation_kind: workstation.map(|found| found.kind),
            work_centre_name: work_centre.as_ref().map(|id| names.work_centre(id)),
            work_centre,
            worker: active.and_then(|id| names.worker(id)),
            signed_in: self.attendance.sessions.iter().filter_map(|session| names.worker(session.worker)).collect(),
            locked: self.attendance.locked,
            pin_for: self.attendance.pin_for.and_then(|id| names.worker(id)),
            language: self.attendance.language,
            online: self.network.online,
            offline_reason: self.network.reason.clone(),
            last_contact: self.network.last_contact,
            unsent: self.unsent(),
            devices: self.devices.clone(),
            signed_off_today: active.map_or(0, |worker| self.signed_off_today(worker, names.now)),
            ask_print: self.print_job_to_ask_about(),
            now: names.now,
            px_per_mm_x100: self.calibration(),
            app_version: self.about.app_version.clone(),
        }
    }

    fn unsent(&self) -> Unsent {
        let unfit = self.floor.unfit_count();
        match self.store.outbox.unsent() {
            Ok(unsent) => Unsent {
                count: unsent.count,
                oldest_at: unsent.oldest_wall_ms.and_then(DateTime::from_timestamp_millis),
                pending: unsent.parked + unfit,
            },
            Err(fault) => {
                tracing::error!(%fault, "the outbox could not be counted");
                Unsent { pending: unfit, ..Unsent::default() }
            }
        }
    }

    /// Counts each pass through a job once, also one that was sent back later: the worker did do it. What was signed off
    /// here counts although its pair may have left since; what was signed off elsewhere counts as long as it is held here.
    fn signed_off_today(&self, worker: WorkerId, now: DateTime<Utc>) -> u32 {
        let Some(calendar) = self.names().calendar() else { return 0 };
        let today = calendar.local_day(now);
        let signed = self.floor.work_orders().flat_map(|work_order| &work_order.jobs);
        let signed = signed.flat_map(|job| job.sign_off().into_iter().chain(&job.progress.past));
        let held =
            signed.filter(|signed| signed.worker == Some(worker)).map(|signed| (signed.action, signed.finished_at));
        let mine: BTreeSet<ActionId> = held
            .chain(self.tally.of(worker))
            .filter(|(_, at)| calendar.local_day(*at) == today)
            .map(|(action, _)| action)
            .collect();
        u32::try_from(mine.len()).unwrap_or(u32::MAX)
    }
}
