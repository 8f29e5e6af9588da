//! Every station's own chain, incarnation by incarnation, and the places of each push against the audit chain.

use std::collections::BTreeMap;

use cordwainer_domain::{ActionId, SiteId, StationId};
use cordwainer_sync::{Hash, link};
use uuid::Uuid;

use super::finding::Finding;
use super::told::{PlacesKey, SaidPlaces, image};
use super::{CHUNK, Proof, beside};
use crate::store::action_log::{Submission, places_entry};
use crate::store::db::{Tx, on};
use crate::store::fault::StoreFault;

/// How far the server remembers an incarnation.
#[derive(sqlx::FromRow, Clone, Debug)]
struct Remembered {
    station_id: Uuid,
    incarnation: String,
    last_seq: i64,
    last_chain: Vec<u8>,
}

/// A place, every column of it, with the body that it is chained over.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(super) struct StoredPlace {
    pub(super) station_id: Uuid,
    pub(super) incarnation: String,
    pub(super) seq: i64,
    pub(super) action_id: Uuid,
    pub(super) body_hash: Vec<u8>,
    pub(super) prev_chain: Vec<u8>,
    pub(super) chain_hash: Vec<u8>,
    pub(super) fork_of: Option<String>,
    pub(super) received_at: i64,
    pub(super) body: Option<Vec<u8>>,
}

/// Where the walk along the places of a site stands.
#[derive(Clone, Debug)]
pub(super) struct Walk {
    site: SiteId,
    told: BTreeMap<PlacesKey, SaidPlaces>,
    /// Station and incarnation, the last number, and the chain there.
    at: Option<(Uuid, String, i64, Hash)>,
    /// The push that is being read, and the hash over its places so far.
    push: Option<(PlacesKey, SaidPlaces, Hash)>,
    ended: BTreeMap<(Uuid, String), (i64, Hash)>,
}

impl Walk {
    pub(super) fn new(site: &SiteId, told: BTreeMap<PlacesKey, SaidPlaces>) -> Self {
        Self { site: site.clone(), told, at: None, push: None, ended: BTreeMap::new() }
    }

    /// Takes the next place, in the order of station, incarnation and number.
    pub(super) fn take(&mut self, place: &StoredPlace) -> Result<Vec<Finding>, StoreFault> {
        let mut findings = Vec::new();
        let same = |at: &(Uuid, String, i64, Hash)| at.0 == place.station_id && at.1 == place.incarnation;
        let (seq, chain) = match self.at.take().filter(same) {
            Some((_, _, seq, chain)) => (seq, chain),
            None => (0, Hash::START),
        };
        let next = place.body.as_ref().map(|body| link(chain, body));
        let holds = place.seq == seq + 1
            && place.prev_chain == chain.as_bytes()
            && next.is_some_and(|next| place.chain_hash == next.as_bytes());
        if !holds {
            findings.push(self.broken(place, "the station's chain breaks here"));
        }
        findings.extend(self.count_into_push(place)?);
        let chain = Hash::from_slice(&place.chain_hash).unwrap_or(Hash::START);
        self.ended.insert((place.station_id, place.incarnation.clone()), (place.seq, chain));
        self.at = Some((place.station_id, place.incarnation.clone(), place.seq, chain));
        Ok(findings)
    }

    fn count_into_push(&mut self, place: &StoredPlace) -> Result<Vec<Finding>, StoreFault> {
        let mut findings = Vec::new();
        let key = (place.station_id, place.incarnation.clone(), place.seq.cast_unsigned());
        if let Some(said) = self.told.remove(&key) {
            findings.extend(self.close_push()?);
            self.push = Some((key, said, Hash::START));
        }
        let of_this_push = |(key, said, _): &(PlacesKey, SaidPlaces, Hash)| {
            key.0 == place.station_id && key.1 == place.incarnation && place.seq.cast_unsigned() <= said.last
        };
        match self.push.as_mut().filter(|push| of_this_push(push)) {
            Some((_, said, digest)) => {
                *digest = link(*digest, &submission(place).image());
                if place.received_at != said.at {
                    findings.push(self.broken(place, "it was not received when the audit chain says"));
                }
            }
            None => findings.push(self.broken(place, "the audit chain knows nothing of this place")),
        }
        Ok(findings)
    }

    /// Compares the places of a push that has been read with what the chain says of them.
    fn close_push(&mut self) -> Result<Option<Finding>, StoreFault> {
        let Some(((station, incarnation, first), said, digest)) = self.push.take() else { return Ok(None) };
        let entry = places_entry(StationId(station), &incarnation, (first, said.last), digest)?;
        if image(&entry, said.at)? == said.image {
            return Ok(None);
        }
        let id = format!("{station}/{incarnation}/{first}..{}", said.last);
        let what = "the places of this push are not what the audit chain says of them";
        Ok(Some(Finding::row(&self.site, "submission", id, what).told_at(said.audit_seq)))
    }

    /// Whatever was not shown is missing.
    pub(super) fn end(&mut self) -> Result<Vec<Finding>, StoreFault> {
        let mut findings: Vec<Finding> = self.close_push()?.into_iter().collect();
        for ((station, incarnation, first), said) in &self.told {
            let id = format!("{station}/{incarnation}/{first}..{}", said.last);
            let what = "the audit chain tells of these places, and they are gone";
            findings.push(Finding::row(&self.site, "submission", id, what).told_at(said.audit_seq));
        }
        Ok(findings)
    }

    fn broken(&self, place: &StoredPlace, what: &str) -> Finding {
        let id = format!("{}/{}/{}", place.station_id, place.incarnation, place.seq);
        Finding::chain(&self.site, "submission", id, what)
    }
}

fn submission(place: &StoredPlace) -> Submission {
    let hash = |bytes: &[u8]| Hash::from_slice(bytes).unwrap_or(Hash::START);
    Submission {
        seq: place.seq.cast_unsigned(),
        action: ActionId(place.action_id),
        body_hash: hash(&place.body_hash),
        prev_chain: hash(&place.prev_chain),
        chain_hash: hash(&place.chain_hash),
        fork_of: place.fork_of.clone(),
    }
}

/// Places behind a place, in order.
pub(super) async fn next_places(
    tx: &mut Tx,
    site: &SiteId,
    (station, incarnation, seq): (Uuid, &str, i64),
) -> Result<Vec<StoredPlace>, StoreFault> {
    // A place whose action came with other bytes than the first is chained over those, which are kept as evidence.
    const SQL: &str = "SELECT p.station_id, p.incarnation, p.seq, p.action_id, p.body_hash, p.prev_chain, p.chain_hash, \
                       p.fork_of, p.received_at, COALESCE(a.body, e.body) AS body FROM submission p \
                       LEFT JOIN action_log a ON a.action_id = p.action_id AND a.body_hash = p.body_hash \
                       LEFT JOIN action_evidence e ON e.action_id = p.action_id AND e.body_hash = p.body_hash \
                       WHERE p.site_id = $1 AND (p.station_id, p.incarnation, p.seq) > ($2, $3, $4) \
                       ORDER BY p.station_id, p.incarnation, p.seq LIMIT $5";
    Ok(on!(tx, c => sqlx::query_as(SQL)
        .bind(site.as_str())
        .bind(station)
        .bind(incarnation)
        .bind(seq)
        .bind(CHUNK)
        .fetch_all(c)
        .await)?)
}

/// Follows every chain of a site. While one chunk is followed on another core, the next is read.
pub(super) async fn verify(
    tx: &mut Tx,
    proof: &mut Proof,
    told: BTreeMap<PlacesKey, SaidPlaces>,
) -> Result<(), StoreFault> {
    let site = proof.site.clone();
    let mut walk = Walk::new(&site, told);
    let mut places = next_places(tx, &site, (Uuid::nil(), "", 0)).await?;
    while let Some(last) = places.last().map(|end| (end.station_id, end.incarnation.clone(), end.seq)) {
        proof.report.places += places.len() as u64;
        let walking = beside(move || {
            let findings = places.iter().map(|place| walk.take(place)).collect::<Result<Vec<_>, _>>();
            findings.map(|findings| (walk, findings))
        });
        places = next_places(tx, &site, (last.0, &last.1, last.2)).await?;
        let (taken, findings) = walking.await??;
        walk = taken;
        proof.note(findings.into_iter().flatten());
    }
    let findings = walk.end()?;
    proof.note(findings);
    compare_with_memory(tx, proof, walk.ended).await
}

async fn compare_with_memory(
    tx: &mut Tx,
    proof: &mut Proof,
    mut ended: BTreeMap<(Uuid, String), (i64, Hash)>,
) -> Result<(), StoreFault> {
    const SQL: &str = "SELECT i.station_id, i.incarnation, i.last_seq, i.last_chain FROM station_incarnation i \
                       JOIN station s ON s.id = i.station_id WHERE s.site_id = $1 ORDER BY i.station_id, i.begun_at";
    let site = proof.site.clone();
    let remembered: Vec<Remembered> = on!(tx, c => sqlx::query_as(SQL).bind(site.as_str()).fetch_all(c).await)?;
    for of in remembered {
        let id = format!("{}/{}", of.station_id, of.incarnation);
        let (seq, chain) = ended.remove(&(of.station_id, of.incarnation)).unwrap_or((0, Hash::START));
        if seq != of.last_seq || of.last_chain != chain.as_bytes() {
            let what = format!("its chain ends at seq {seq}, {} is remembered", of.last_seq);
            proof.note([Finding::chain(&site, "incarnation", id, what)]);
        }
    }
    for (station, incarnation) in ended.into_keys() {
        let what = "its places are stored, but it is not remembered";
        proof.note([Finding::chain(&site, "incarnation", format!("{station}/{incarnation}"), what)]);
    }
    Ok(())
}
