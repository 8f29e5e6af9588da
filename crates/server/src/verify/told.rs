//! What the audit chain tells of rows: of each row that is history, the hash of its image.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::Hash as KeyHash;

use cordwainer_domain::SiteId;
use cordwainer_sync::{Hash, body_hash};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::finding::Finding;
use super::rows::without_time;
use crate::store::audit::{AuditRow, Entry};
use crate::store::fault::StoreFault;

/// What the chain says of one row.
#[derive(Clone, Debug)]
struct Said {
    audit_seq: i64,
    image: Hash,
    seen: bool,
}

/// What the chain says of the rows of one kind.
#[derive(Clone, Debug)]
pub(super) struct Book<K> {
    kind: &'static str,
    said: HashMap<K, Said>,
}

impl<K: Eq + KeyHash + ToString> Book<K> {
    fn new(kind: &'static str) -> Self {
        Self { kind, said: HashMap::new() }
    }

    fn hear(&mut self, key: K, audit_seq: i64, bytes: &[u8]) {
        self.said.insert(key, Said { audit_seq, image: body_hash(bytes), seen: false });
    }

    /// Compares the image of a live row with what the chain says.
    pub(super) fn check<Q>(&mut self, site: &SiteId, key: &Q, image: Hash) -> Option<Finding>
    where
        K: Borrow<Q>,
        Q: Eq + KeyHash + ToString + ?Sized,
    {
        match self.said.get_mut(key) {
            None => Some(Finding::row(site, self.kind, key.to_string(), "the audit chain knows nothing of this row")),
            Some(said) => {
                said.seen = true;
                let altered = || {
                    Finding::row(site, self.kind, key.to_string(), "the row is not what the audit chain says of it")
                        .told_at(said.audit_seq)
                };
                (said.image != image).then(altered)
            }
        }
    }

    /// The entry that tells of a row.
    pub(super) fn audit_seq<Q>(&self, key: &Q) -> Option<i64>
    where
        K: Borrow<Q>,
        Q: Eq + KeyHash + ?Sized,
    {
        self.said.get(key).map(|said| said.audit_seq)
    }

    /// Rows that the chain tells of and that nobody showed.
    pub(super) fn missing(&self, site: &SiteId) -> Vec<Finding> {
        let unseen = self.said.iter().filter(|(_, said)| !said.seen);
        unseen
            .map(|(key, said)| {
                Finding::row(site, self.kind, key.to_string(), "the audit chain tells of this row, and it is gone")
                    .told_at(said.audit_seq)
            })
            .collect()
    }

    #[cfg(test)]
    pub(super) fn unsee(&mut self, key: &K) {
        if let Some(said) = self.said.get_mut(key) {
            said.seen = false;
        }
    }
}

/// The hash of a row's image as its entry would stand in the chain.
pub(super) fn image(entry: &Entry, at_ms: i64) -> Result<Hash, StoreFault> {
    Ok(body_hash(&entry.bytes(at_ms)?))
}

/// Key of the places of one push: station, incarnation, first number.
pub(super) type PlacesKey = (Uuid, String, u64);

/// What the chain says of the places of one push.
#[derive(Clone, Debug)]
pub(super) struct SaidPlaces {
    pub(super) audit_seq: i64,
    pub(super) at: i64,
    pub(super) last: u64,
    pub(super) image: Hash,
}

/// Everything that the chain says of rows.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) actions: Book<Uuid>,
    pub(super) verdicts: Book<Uuid>,
    pub(super) evidence: Book<String>,
    pub(super) conflicts: Book<Uuid>,
    pub(super) checkpoints: Book<String>,
    pub(super) places: BTreeMap<PlacesKey, SaidPlaces>,
    /// Actions that were ever judged not to be signed by their station.
    pub(super) badly_signed: HashSet<Uuid>,
}

#[derive(Deserialize)]
struct Heard {
    what: Value,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            actions: Book::new("action"),
            verdicts: Book::new("verdict"),
            evidence: Book::new("action_evidence"),
            conflicts: Book::new("conflict"),
            checkpoints: Book::new("checkpoint"),
            places: BTreeMap::new(),
            badly_signed: HashSet::new(),
        }
    }
}

impl Told {
    /// Takes in an entry whose columns were found to agree with its bytes. The newest word on a row counts.
    pub(super) fn hear(&mut self, row: &AuditRow) {
        let (subject, seq, bytes) = (row.subject.as_str(), row.audit_seq, row.bytes.as_slice());
        let id = || subject.parse::<Uuid>().unwrap_or_default();
        match row.kind.as_str() {
            "action" => self.actions.hear(id(), seq, bytes),
            "verdict" => {
                self.verdicts.hear(id(), seq, bytes);
                if what_of(bytes).is_some_and(|what| what["reason"]["reason"] == "bad_signature") {
                    self.badly_signed.insert(id());
                }
            }
            "action_evidence" => self.evidence.hear(subject.to_owned(), seq, bytes),
            "conflict" => self.conflicts.hear(id(), seq, without_time(bytes)),
            "checkpoint" => self.checkpoints.hear(subject.to_owned(), seq, bytes),
            "places" => self.hear_places(row),
            _ => {}
        }
    }

    fn hear_places(&mut self, row: &AuditRow) {
        let mut parts = row.subject.splitn(3, '/');
        let station = parts.next().and_then(|text| text.parse().ok()).unwrap_or_default();
        let incarnation = parts.next().unwrap_or_default().to_owned();
        let first = parts.next().and_then(|text| text.parse().ok()).unwrap_or_default();
        let heard = serde_json::from_slice::<Heard>(&row.bytes).map(|heard| heard.what).unwrap_or_default();
        let said = SaidPlaces {
            audit_seq: row.audit_seq,
            at: row.at,
            last: heard["last_seq"].as_u64().unwrap_or_default(),
            image: body_hash(&row.bytes),
        };
        self.places.insert((station, incarnation, first), said);
    }
}

/// What an entry says, if it speaks of a bad signature at all: only few do, and reading all of them takes long.
fn what_of(bytes: &[u8]) -> Option<Value> {
    const MARK: &[u8] = b"\"bad_signature\"";
    let speaks = bytes.windows(MARK.len()).any(|window| window == MARK);
    speaks.then(|| serde_json::from_slice::<Heard>(bytes).ok().map(|heard| heard.what)).flatten()
}
