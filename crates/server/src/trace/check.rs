//! Checking a pair's history from the file alone. Nothing here asks the database or trusts the server's word: only hashes and
//! signatures count.

use std::collections::BTreeMap;

use cordwainer_sync::{Hash, PublicKey, Purpose, Signature, body_hash, checkpoint_bytes, link};
use serde::Serialize;
use serde_json::Value;

use super::{FORMAT, Trace, TracedAction};

/// What the check came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Checked {
    /// The pair's number.
    pub number: String,
    /// Actions that are signed and in the chain.
    pub actions: usize,
    /// Links that were followed.
    pub links: usize,
    /// Number of the newest entry.
    pub audit_seq: i64,
    /// Hash there: what a kept checkpoint of that number must say.
    pub audit_head: String,
    /// The server's key, which stations have pinned.
    pub server_key: String,
    /// What does not hold; empty if all does.
    pub problems: Vec<String>,
}

/// Checks a file.
pub fn check(trace: &Trace) -> Checked {
    let mut problems = Vec::new();
    if trace.format > FORMAT {
        problems.push(format!("the file has form {}, this program knows {FORMAT}", trace.format));
    }
    let said = follow(trace, &mut problems);
    for action in &trace.actions {
        if let Err(problem) = check_action(action, &said) {
            problems.push(format!("action {}: {problem}", action.id));
        }
    }
    missing(trace, &said, &mut problems);
    check_head(trace, &mut problems);
    Checked {
        number: trace.number.clone(),
        actions: trace.actions.len(),
        links: trace.chain.len(),
        audit_seq: trace.head.audit_seq,
        audit_head: trace.head.audit_head.clone(),
        server_key: trace.head.public_key.clone(),
        problems,
    }
}

/// Follows the chain to its head. Answers what each entry says.
fn follow(trace: &Trace, problems: &mut Vec<String>) -> BTreeMap<i64, Value> {
    let mut said = BTreeMap::new();
    let Some(mut hash) = hash_of(&trace.before) else {
        problems.push("the hash before the first entry cannot be read".to_owned());
        return said;
    };
    let mut seq = trace.chain.first().map_or(1, |first| first.audit_seq) - 1;
    for entry in &trace.chain {
        if entry.audit_seq != seq + 1 {
            problems.push(format!("entry {} does not follow entry {seq}", entry.audit_seq));
        }
        seq = entry.audit_seq;
        hash = link(hash, entry.bytes.as_bytes());
        said.insert(seq, serde_json::from_str(&entry.bytes).unwrap_or_default());
    }
    if seq != trace.head.audit_seq || hash.to_string() != trace.head.audit_head {
        problems.push("the entries do not lead to the signed head".to_owned());
    }
    said
}

fn check_action(action: &TracedAction, said: &BTreeMap<i64, Value>) -> Result<(), &'static str> {
    let key: PublicKey = action.public_key.parse().map_err(|_| "its key cannot be read")?;
    let signature: Signature = action.sig.parse().map_err(|_| "its signature cannot be read")?;
    key.verify(Purpose::Action, action.body.as_bytes(), &signature).map_err(|_| "its signature does not fit")?;
    let entry = said.get(&action.audit_seq).ok_or("the chain does not hold its entry")?;
    let what = &entry["what"];
    let fits = entry["kind"] == "action"
        && entry["subject"] == action.id.to_string()
        && what["body_hash"] == body_hash(action.body.as_bytes()).to_string()
        && what["sig"] == action.sig
        && what["station_id"] == action.station.to_string();
    if fits { Ok(()) } else { Err("the chain says otherwise of it") }
}

/// An action that the chain judges for this pair and that the file leaves out.
fn missing(trace: &Trace, said: &BTreeMap<i64, Value>, problems: &mut Vec<String>) {
    let pair = trace.work_order.to_string();
    let judged = said.values().filter(|entry| entry["kind"] == "verdict" && entry["what"]["work_order_id"] == pair);
    for entry in judged {
        let id = entry["subject"].as_str().unwrap_or_default();
        if !trace.actions.iter().any(|action| action.id.to_string() == id) {
            problems.push(format!("action {id} was judged for this pair, and the file leaves it out"));
        }
    }
}

fn check_head(trace: &Trace, problems: &mut Vec<String>) {
    let head = &trace.head;
    let bytes = checkpoint_bytes(head.audit_seq.cast_unsigned(), &head.audit_head, &head.epoch);
    let signed = head
        .public_key
        .parse::<PublicKey>()
        .ok()
        .zip(head.sig.parse::<Signature>().ok())
        .is_some_and(|(key, signature)| key.verify(Purpose::Checkpoint, &bytes, &signature).is_ok());
    if !signed {
        problems.push("the head is not signed by the key that it names".to_owned());
    }
}

fn hash_of(text: &str) -> Option<Hash> {
    hex::decode(text).ok().and_then(|bytes| Hash::from_slice(&bytes))
}
