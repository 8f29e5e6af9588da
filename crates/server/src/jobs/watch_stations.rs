//! Stations that say that actions wait there, without any of them arriving; and stations that remember another history.

use std::collections::BTreeSet;

use cordwainer_domain::{SiteId, StationId};
use cordwainer_protocol::sync::AlarmKind;

use crate::store::{Station, Store, StoreFault};

/// Raises an alarm about each of them, once until a person closes it.
pub(super) async fn run(store: &Store, site: &SiteId) -> Result<(), StoreFault> {
    let open: BTreeSet<(AlarmKind, Option<StationId>)> =
        store.open_alarms(site).await?.into_iter().map(|(_, alarm)| (alarm.kind, alarm.station_id)).collect();
    for station in store.stations(site).await? {
        for (kind, detail) in troubles(&station) {
            if !open.contains(&(kind, Some(station.id))) {
                store.alarm_about(&station, kind, &detail).await?;
            }
        }
    }
    Ok(())
}

fn troubles(station: &Station) -> impl Iterator<Item = (AlarmKind, String)> {
    let stuck = station.no_progress_since().map(|since| {
        let detail = format!("{} actions wait there; none has arrived since {since}", station.outbox_depth);
        (AlarmKind::NoProgress, detail)
    });
    let differs = station.witness_fault.clone().map(|fault| (AlarmKind::HistoryDiffers, fault));
    stuck.into_iter().chain(differs)
}
