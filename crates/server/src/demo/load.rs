//! Fills an empty database with a factory and everything that happened in it.
//!
//! The releases are the office's facts. What the floor did is signed by a station of its own at every workstation, with a
//! real key, and stored, judged, chained and audited like any other fact. Those stations are revoked at the end: they stand
//! for machines that never were.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use chrono::{DateTime, Utc};
use cordwainer_domain::production::{Fact, apply};
use cordwainer_domain::{SiteId, WorkstationId};
use cordwainer_protocol::sync::{EnrolRequest, PictureRow, SiteRow, VerdictStatus};
use cordwainer_protocol::{PROTOCOL, Secret};
use cordwainer_sync::{Hash, Purpose, SigningKey, StationHead, body_hash, encode, link};
use serde::Serialize;

use super::factory::Factory;
use super::pins::{self, Salted};
use super::plan::{PlanFault, Play, PlayedAction, plan};
use crate::clock::random;
use crate::store::action_log::{self, Submission};
use crate::store::{MasterRow, Store, StoreFault, incarnation};
use crate::sync::OfficeFact;
use crate::sync::enrol::enrol;
use crate::sync::judging::store_and_judge;
use crate::sync::received::{Offer, Received, Sender, receive};

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
    /// A station that tells the history cannot be enrolled.
    #[error("the history cannot be recorded: {0}")]
    Enrol(String),
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
    let mut historians = enrol_historians(store, &play).await?;
    tell_history(store, site, &play, &mut historians).await?;
    for historian in historians.values() {
        store.revoke_station(historian.sender.station).await?;
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
        aliases: factory.site.aliases.clone(),
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

/// Stores and judges the whole play in one commit.
async fn tell_history(
    store: &Store,
    site: &SiteId,
    play: &Play,
    historians: &mut BTreeMap<WorkstationId, Historian>,
) -> Result<(), StoreFault> {
    let mut writing = store.writing(site).await?;
    let mut received = Vec::with_capacity(play.actions.len());
    for played in &play.actions {
        let Some(historian) = historians.get_mut(&played.workstation) else { continue };
        received.push(historian.record(site, played, writing.now)?);
    }
    let judged = store_and_judge(&mut writing, received, apply).await?;
    all_applied(judged.verdicts.iter().map(|verdict| verdict.status))?;
    let now_ms = writing.now_ms();
    for historian in historians.values() {
        let (id, head) = (historian.sender.station, &historian.head);
        action_log::write_submissions(&mut writing, id, &head.incarnation, &historian.places).await?;
        incarnation::save_head(&mut writing.tx, id, head, now_ms).await?;
    }
    writing.close().await?;
    Ok(())
}

/// A station at every workstation where something was done, enrolled as any other.
async fn enrol_historians(store: &Store, play: &Play) -> Result<BTreeMap<WorkstationId, Historian>, LoadFault> {
    let places: BTreeSet<&WorkstationId> = play.actions.iter().map(|done| &done.workstation).collect();
    let mut historians = BTreeMap::new();
    for place in places {
        let key = SigningKey::from_seed(&random(store.ids()));
        let request = EnrolRequest {
            protocol: PROTOCOL,
            code: Secret::new(store.make_enrolment_code(place.as_str(), false).await?.code),
            public_key: key.public().to_string(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let reply = enrol(store, &request).await.map_err(|fault| LoadFault::Enrol(fault.to_string()))?;
        store.confirm_station(reply.station_id, &key.public().fingerprint()).await?;
        let enrolled = store.station(reply.station_id).await?;
        let enrolled = enrolled.ok_or_else(|| LoadFault::Enrol(format!("no station at {place}")))?;
        let head = StationHead {
            incarnation: hex::encode(random::<16>(store.ids())),
            last_seq: 0,
            last_chain: Hash::START,
            lease: hex::encode(random::<16>(store.ids())),
            previous_lease: String::new(),
        };
        let historian = Historian { sender: Sender::from(&enrolled), key, head, places: Vec::new() };
        historians.insert(place.clone(), historian);
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
