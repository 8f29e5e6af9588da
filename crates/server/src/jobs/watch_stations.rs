//! Stations that say that actions wait there, without any of them arriving.

use std::collections::BTreeSet;

use cordwainer_domain::SiteId;
use cordwainer_protocol::sync::AlarmKind;

use crate::store::{Store, StoreFault};

/// Raises an alarm about each of them, once until a person closes it.
pub(super) async fn run(store: &Store, site: &SiteId) -> Result<(), StoreFault> {
    let open: BTreeSet<_> = store
        .open_alarms(site)
        .await?
        .into_iter()
        .filter(|(_, alarm)| alarm.kind == AlarmKind::NoProgress)
        .filter_map(|(_, alarm)| alarm.station_id)
        .collect();
    for station in store.stations(site).await? {
        if let Some(since) = station.no_progress_since().filter(|_| !open.contains(&station.id)) {
            let detail = format!("{} actions wait there; none has arrived since {since}", station.outbox_depth);
            store.alarm_about(&station, AlarmKind::NoProgress, &detail).await?;
        }
    }
    Ok(())
}
