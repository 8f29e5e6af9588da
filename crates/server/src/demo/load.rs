//! Fills an empty database with a factory and everything that happened in it.
//!
//! The releases are the office's facts. What the floor did is signed by a station of its own at every workstation, with a
//! real key, and stored, judged, chained and audited like any other fact. Those stations are revoked at the end: they stand
//! for machines that never were.

use std::collections::BTreeMap;

use base64::Engine;
use chrono::{DateTime, Utc};
use cordwainer_domain::production::{Fact, apply};
use cordwainer_domain::{SiteId, StationId, WorkCentreId, WorkstationId};
use cordwainer_protocol::sync::{PictureRow, SiteRow, VerdictStatus};
use cordwainer_sync::{Hash, Purpose, SigningKey, StationHead, body_hash, encode, link};
use serde::Serialize;
use serde_json::json;

use super::factory::{Factory, Names};
use super::pins::{self, Salted};
use super::plan::{PlanFault, Play, PlayedAction, plan};
use crate::clock::random;
use crate::store::action_log::{self, Submission};
use crate::store::audit::Entry;
use crate::store::db::retried;
use crate::store::writing::Writing;
use crate::store::{MasterRow, Station, Store, StoreFault, station};
use crate::sync::judging::store_and_judge;
use crate::sync::received::{Offer, Received, Sender, receive};
use crate::sync::record::OfficeFact;

/// What a load brought.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Loaded {
    /// The site.
    pub site: SiteId,
    /// People.
    pub workers: usize,
    /// Workstations.
    pub workstations: usize,
    /// Work orders released.
    pub work_orders: usize,
    /// Facts of the floor, all of them applied.
    pub actions: usize,
}

/// Why nothing was loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadFault {
    /// There is a factory already.
    #[error("the database is not empty: it holds the site {0}. Load into an empty one; nothing was changed")]
    NotEmpty(SiteId),
    /// The factory cannot be played.
    #[error(transparent)]
    Plan(#[from] PlanFault),
    /// A PIN cannot become a verifier.
    #[error("a PIN cannot be stored: {0}")]
    Pin(argon2::Error),
    /// A thread of the server died.
    #[error("the server failed while it prepared the PINs")]
    Died,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Loads a factory as it would stand at `now` into an empty database.
///
/// # Errors
/// [`LoadFault`]; the first one, before anything is written, if the database is not empty.
pub async fn load_demo(store: &Store, factory: &Factory, now: DateTime<Utc>) -> Result<Loaded, LoadFault> {
    if let Some(site) = store.sites().await?.into_iter().next() {
        return Err(LoadFault::NotEmpty(site));
    }
    let site = &factory.site.id;
    let play = plan(factory, now)?;
    let rows = master_rows(store, factory).await?;
    store.put_master(site, &rows).await?;
    release(store, site, &play).await?;
    let stations = retried!(tell_history(store, factory, &play))?;
    for id in stations {
        store.revoke_station(id).await?;
    }
    Ok(Loaded {
        site: site.clone(),
        workers: factory.people.len(),
        workstations: factory.workstations.len(),
        work_orders: play.releases.len(),
        actions: play.actions.len(),
    })
}

async fn master_rows(store: &Store, factory: &Factory) -> Result<Vec<MasterRow>, LoadFault> {
    let site = SiteRow {
        id: factory.site.id.clone(),
        name: factory.site.name.clone(),
        calendar: factory.site.calendar.clone(),
    };
    let mut rows = vec![MasterRow::Site(site)];
    rows.extend(factory.work_centres.iter().cloned().map(MasterRow::WorkCentre));
    rows.extend(factory.workstations.iter().cloned().map(MasterRow::Workstation));
    rows.extend(factory.skills.iter().cloned().map(MasterRow::Skill));
    rows.extend(factory.pictures.iter().map(|picture| {
        MasterRow::Picture(PictureRow {
            hash: picture.hash.clone(),
            media_type: picture.media_type.to_owned(),
            base64: base64::engine::general_purpose::STANDARD.encode(&picture.bytes),
        })
    }));
    rows.extend(factory.operations.iter().cloned().map(|operation| MasterRow::Operation(Box::new(operation))));
    rows.extend(factory.defects.iter().cloned().map(MasterRow::Defect));
    rows.extend(factory.routings.iter().cloned().map(MasterRow::Routing));
    rows.extend(factory.styles.iter().cloned().map(MasterRow::Style));
    rows.extend(factory.options.iter().cloned().map(MasterRow::OptionValue));
    rows.extend(workers(store, factory).await?);
    Ok(rows)
}

async fn workers(store: &Store, factory: &Factory) -> Result<Vec<MasterRow>, LoadFault> {
    let salted: Vec<([u8; 16], String)> =
        factory.people.iter().map(|person| (random(store.ids()), person.pin.clone())).collect();
    // Argon2 keeps every core busy for a while; the runtime's own threads must not be the ones.
    let verifiers = tokio::task::spawn_blocking(move || {
        let salted: Vec<Salted<'_>> = salted.iter().map(|(salt, pin)| (*salt, pin.as_str())).collect();
        pins::verifiers(&salted)
    });
    let verifiers = verifiers.await.map_err(|_| LoadFault::Died)?.map_err(LoadFault::Pin)?;
    let people = factory.people.iter().zip(verifiers);
    Ok(people.map(|(person, pin)| MasterRow::Worker(Box::new(person.worker.clone()), Some(pin))).collect())
}

async fn release(store: &Store, site: &SiteId, play: &Play) -> Result<(), StoreFault> {
    let facts: Vec<OfficeFact> = (play.releases.iter())
        .map(|release| {
            let fact = Fact::WorkOrderReleased(Box::new(release.order.clone()));
            OfficeFact { at: Some(release.at), ..OfficeFact::own(fact, release.order.id) }
        })
        .collect();
    if facts.is_empty() {
        return Ok(());
    }
    let verdicts = store.record_office(site, &facts).await?;
    all_applied(verdicts.iter().map(|verdict| verdict.status))
}

fn all_applied(mut verdicts: impl Iterator<Item = VerdictStatus>) -> Result<(), StoreFault> {
    match verdicts.find(|status| *status != VerdictStatus::Applied) {
        Some(status) => {
            Err(StoreFault::Refused(format!("a fact of the factory's history was {status:?}, not applied")))
        }
        None => Ok(()),
    }
}

/// A station that records what was done at one workstation.
struct Historian {
    sender: Sender,
    key: SigningKey,
    head: StationHead,
    places: Vec<Submission>,
}

/// Stores and judges the whole play in one commit. Answers with the stations that recorded it.
async fn tell_history(store: &Store, factory: &Factory, play: &Play) -> Result<Vec<StationId>, StoreFault> {
    let mut writing = store.writing(&factory.site.id).await?;
    let mut historians = enrol(&mut writing, store, factory, play).await?;
    let mut received = Vec::with_capacity(play.actions.len());
    for played in &play.actions {
        let Some(historian) = historians.get_mut(&played.workstation) else { continue };
        received.push(historian.record(&factory.site.id, played, writing.now)?);
    }
    let judged = store_and_judge(&mut writing, received, apply).await?;
    all_applied(judged.verdicts.iter().map(|verdict| verdict.status))?;
    let (site, now_ms) = (factory.site.id.as_str(), writing.now_ms());
    for historian in historians.values() {
        let (tx, id, head) = (&mut writing.tx, historian.sender.station, &historian.head);
        action_log::write_submissions(tx, site, id, &head.incarnation, &historian.places, now_ms).await?;
        station::save_head(tx, id, head, now_ms).await?;
    }
    writing.close().await?;
    Ok(historians.into_values().map(|historian| historian.sender.station).collect())
}

/// A station at every workstation where something was done.
async fn enrol(
    writing: &mut Writing,
    store: &Store,
    factory: &Factory,
    play: &Play,
) -> Result<BTreeMap<WorkstationId, Historian>, StoreFault> {
    let names = Names::of(&factory.site.id);
    let mut historians = BTreeMap::new();
    for place in
        factory.workstations.iter().filter(|place| play.actions.iter().any(|done| done.workstation == place.id))
    {
        let key = SigningKey::from_seed(&random(store.ids()));
        let scope = place.work_centre.as_ref().map_or("*", WorkCentreId::as_str);
        let station = Station {
            id: names.history_station(&place.id),
            site: factory.site.id.clone(),
            is_server: false,
            workstation: place.id.clone(),
            scope: scope.to_owned(),
            public_key: key.public(),
            enrolled_at: writing.now,
            revoked_at: None,
            last_contact: None,
            outbox_depth: 0,
            oldest_pending_age_ms: 0,
        };
        station::add(&mut writing.tx, &station).await?;
        let what = json!({ "workstation": place.id, "public_key": station.public_key });
        writing.note(Entry::new("station_enrolled", station.id, &what)?);
        let head = StationHead {
            incarnation: hex::encode(random::<16>(store.ids())),
            last_seq: 0,
            last_chain: Hash::START,
            lease: hex::encode(random::<16>(store.ids())),
            previous_lease: String::new(),
        };
        historians
            .insert(place.id.clone(), Historian { sender: Sender::from(&station), key, head, places: Vec::new() });
    }
    Ok(historians)
}

impl Historian {
    /// Signs what was done and gives it the next place in the station's history.
    fn record(&mut self, site: &SiteId, played: &PlayedAction, now: DateTime<Utc>) -> Result<Received, StoreFault> {
        let action = played.recorded_by(site, self.sender.station);
        let bytes = encode(&action)?;
        let offer = Offer {
            action_id: action.id,
            kind: action.fact.kind(),
            kind_version: action.fact.kind_version(),
            body: &String::from_utf8_lossy(&bytes),
            body_hash: &body_hash(&bytes).to_string(),
            sig: &self.key.sign(Purpose::Action, &bytes).to_string(),
        };
        let received = receive(offer, &self.sender, None, now);
        let prev_chain = self.head.last_chain;
        self.head.last_seq += 1;
        self.head.last_chain = link(prev_chain, &bytes);
        self.places.push(Submission {
            seq: self.head.last_seq,
            action: action.id,
            body_hash: received.logged.body_hash,
            prev_chain,
            chain_hash: self.head.last_chain,
            fork_of: None,
        });
        Ok(received)
    }
}
