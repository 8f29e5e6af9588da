//! What a monitoring system may ask: figures of stations, facts, chains and requests. No names, no badges, no codes.

mod durations;
mod text;

use cordwainer_domain::SiteId;

pub(crate) use self::durations::Durations;
use self::text::Text;
use crate::store::db::{Tx, on};
use crate::store::writing::head_of;
use crate::store::{Station, Store, StoreFault, station};

/// Every figure, as Prometheus reads it.
pub(crate) async fn figures(store: &Store, durations: &Durations) -> Result<String, StoreFault> {
    let mut text = Text::default();
    text.family("cordwainer_info", "gauge", "The program that runs.");
    text.sample("cordwainer_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    let mut sites = Vec::new();
    for site in store.sites().await? {
        let mut tx = store.db().read().await?;
        sites.push(SiteFigures::read(&mut tx, &site).await?);
    }
    write_stations(&mut text, store, &sites);
    write_facts(&mut text, &sites);
    let (connections, idle) = store.db().connections();
    text.single("cordwainer_database_connections", "gauge", "Connections to the database.", connections);
    text.single("cordwainer_database_connections_idle", "gauge", "Connections that nobody uses just now.", idle);
    durations.write(&mut text);
    Ok(text.finish())
}

/// What is known of one site at one moment.
struct SiteFigures {
    site: SiteId,
    stations: Vec<Station>,
    verdicts: Vec<(String, i64)>,
    conflicts: i64,
    alarms: i64,
    head: i64,
    audit_seq: i64,
}

impl SiteFigures {
    async fn read(tx: &mut Tx, site: &SiteId) -> Result<Self, StoreFault> {
        const VERDICTS: &str =
            "SELECT status, COUNT(*) FROM verdict WHERE site_id = $1 GROUP BY status ORDER BY status";
        const CONFLICTS: &str = "SELECT COUNT(*) FROM conflict WHERE site_id = $1 AND closed_at IS NULL";
        const ALARMS: &str = "SELECT COUNT(*) FROM alarm WHERE site_id = $1 AND closed_at IS NULL";
        let head = head_of(tx, site.as_str()).await?;
        Ok(Self {
            stations: station::of_site(tx, site.as_str()).await?,
            verdicts: on!(&mut *tx, c => sqlx::query_as(VERDICTS).bind(site.as_str()).fetch_all(c).await)?,
            alarms: on!(&mut *tx, c => sqlx::query_scalar(ALARMS).bind(site.as_str()).fetch_one(c).await)?,
            conflicts: on!(tx, c => sqlx::query_scalar(CONFLICTS).bind(site.as_str()).fetch_one(c).await)?,
            head: head.as_ref().map_or(0, |head| head.v),
            audit_seq: head.as_ref().map_or(0, |head| head.audit_seq),
            site: site.clone(),
        })
    }
}

/// A figure of a station: name, help, and how it is read.
type OfStation = (&'static str, &'static str, fn(&Station, i64) -> Option<f64>);

/// A figure of a site: name, help, and how it is read.
type OfSite = (&'static str, &'static str, fn(&SiteFigures) -> i64);

const OF_STATION: [OfStation; 6] = [
    ("cordwainer_station_last_contact_age_seconds", "How long ago a station was last heard of.", |station, now_ms| {
        station.last_contact.map(|at| (now_ms - at.timestamp_millis()) as f64 / 1_000.0)
    }),
    ("cordwainer_station_pending", "Actions that a station said were waiting there.", |station, _| {
        Some(station.outbox_depth as f64)
    }),
    ("cordwainer_station_oldest_pending_seconds", "Age of the oldest of them when it said so.", |station, _| {
        Some(station.oldest_pending_age_ms as f64 / 1_000.0)
    }),
    ("cordwainer_station_loop_restarts", "How often a station's watchdog restarted its sync.", |station, _| {
        Some(f64::from(station.loop_restarts))
    }),
    ("cordwainer_station_revoked", "Whether a station may no longer send.", |station, _| {
        Some(f64::from(u8::from(station.revoked_at.is_some())))
    }),
    ("cordwainer_station_witness_disagrees", "Whether a station remembers another history.", |station, _| {
        Some(f64::from(u8::from(station.witness_fault.is_some())))
    }),
];

fn write_stations(text: &mut Text, store: &Store, sites: &[SiteFigures]) {
    let now_ms = store.clock().now().timestamp_millis();
    for (name, help, figure) in OF_STATION {
        text.family(name, "gauge", help);
        for (site, station) in sites.iter().flat_map(|of| of.stations.iter().map(|station| (&of.site, station))) {
            if let Some(value) = figure(station, now_ms) {
                let id = station.id.to_string();
                let labels =
                    [("site", site.as_str()), ("station", id.as_str()), ("workstation", station.workstation.as_str())];
                text.sample(name, &labels, value);
            }
        }
    }
}

fn write_facts(text: &mut Text, sites: &[SiteFigures]) {
    text.family("cordwainer_actions", "gauge", "Actions stored, by what they came to.");
    for of in sites {
        for status in ["applied", "flagged", "parked", "closed"] {
            let count = of.verdicts.iter().find(|(word, _)| word == status).map_or(0, |(_, count)| *count);
            text.sample("cordwainer_actions", &[("site", of.site.as_str()), ("status", status)], count);
        }
    }
    let of_site: [OfSite; 4] = [
        ("cordwainer_alarms_open", "Alarms that nobody has closed.", |of| of.alarms),
        ("cordwainer_conflicts_open", "Contradictions that nobody has closed.", |of| of.conflicts),
        ("cordwainer_feed_head", "Newest commit of the feed.", |of| of.head),
        ("cordwainer_audit_seq", "Newest entry of the audit chain.", |of| of.audit_seq),
    ];
    for (name, help, figure) in of_site {
        text.family(name, "gauge", help);
        for of in sites {
            text.sample(name, &[("site", of.site.as_str())], figure(of));
        }
    }
}
