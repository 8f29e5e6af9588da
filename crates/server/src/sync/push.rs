//! Push: a station's facts are stored, then judged; it gets a verdict on each. The whole push commits or nothing of it.

use std::collections::{BTreeMap, BTreeSet};

use cordwainer_domain::ActionId;
use cordwainer_domain::production::{self, ConflictKind, ParkReason};
use cordwainer_fail_points::{Point, fail_point};
use cordwainer_protocol::sync::{ActionOffer, AlarmKind, ConflictRow, PushReply, PushRequest, PushVerdict, VerdictRow};
use cordwainer_sync::controls::{Control, is_off};
use cordwainer_sync::{BATCH_ACTIONS, BATCH_BYTES, Hash, Offered, PushFault, StationHead, take_in};

use super::fault::Refusal;
use super::judging::{store_and_judge, store_unjudged};
use super::received::{Offer, Received, Sender, receive};
use super::witness;
use crate::clock::random;
use crate::store::action_log::{self, LoggedAction, Submission};
use crate::store::db::retried;
use crate::store::epoch::{self, EpochCause};
use crate::store::station::{self, Locked, Report};
use crate::store::verdict::{self, Verdict};
use crate::store::writing::{Writing, head_of};
use crate::store::{Station, Store, alarm, conflict, incarnation, pin_tries};

/// Longest text that a push may say of itself, such as a program's version.
const LONGEST_TEXT: usize = 200;

/// Most workers whose PINs a push may tell of.
const MOST_TALLIES: usize = 2_000;

/// A push whose texts have been read.
struct Push<'a> {
    request: &'a PushRequest,
    prev_chain: Hash,
    chains: Vec<Hash>,
}

/// Most facts of one station that may be parked at once. Those beyond wait at the station, so nothing is lost, and a
/// supervisor is called: this many mean an attack or a broken station.
const MOST_PARKED: i64 = 5_000;
/// From this many on, a station whose rows differ from the server's is not just unlucky.
const MISMATCHES_WORTH_AN_ALARM: u32 = 2;

/// Carries a push out. `sender` is who signed the request.
pub(crate) async fn push(store: &Store, sender: &Station, request: &PushRequest) -> Result<PushReply, Refusal> {
    let push = read(sender, request)?;
    let outcome = retried!(attempt(store, sender, &push));
    match &outcome {
        Err(Refusal::ServerForgot { epoch: before, proof }) => {
            let (site, cause) = (&sender.site, EpochCause::RolledBack);
            let epoch = store.begin_epoch_after(before, site, cause, Some(sender), proof).await?;
            return Err(Refusal::Epoch { epoch });
        }
        Err(Refusal::Fork { last_seq, .. }) => {
            let detail = format!("two histories from seq {last_seq} on: restored from an image, or copied");
            store.alarm_about(sender, AlarmKind::StationForked, &detail).await?;
        }
        Err(Refusal::Broken(detail)) => store.alarm_about(sender, AlarmKind::BytesAltered, detail).await?,
        Err(Refusal::TooMuchParked) => {
            store.alarm_about(sender, AlarmKind::TooMuchParked, "further facts wait at the station").await?;
        }
        _ => {}
    }
    outcome
}

/// Refuses what is no push at all. Whatever is wrong with a single action is not looked at here: it will be stored.
fn read<'a>(sender: &Station, request: &'a PushRequest) -> Result<Push<'a>, Refusal> {
    if request.station_id != sender.id {
        return Err(Refusal::Unauthorised);
    }
    let bytes: usize = request.actions.iter().map(|action| action.body.len()).sum();
    if request.pin_tries.len() > MOST_TALLIES {
        return Err(Refusal::TooLarge);
    }
    if request.actions.len() > BATCH_ACTIONS || (request.actions.len() > 1 && bytes > BATCH_BYTES) {
        return Err(Refusal::TooLarge);
    }
    let malformed = |what: &str| Refusal::Malformed(format!("{what} cannot be read"));
    let is_incarnation = |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_incarnation(&request.incarnation) {
        return Err(malformed("incarnation"));
    }
    if request.actions.iter().filter_map(|action| action.fork_of.as_deref()).any(|text| !is_incarnation(text)) {
        return Err(malformed("fork_of"));
    }
    if request.app_version.len() > LONGEST_TEXT || request.app_version.contains('\0') {
        return Err(malformed("app_version"));
    }
    // Far from the end of the numbers, so that counting on from here never overflows.
    let storable = i64::try_from(request.first_seq).is_ok_and(|seq| seq < i64::MAX / 2);
    if !storable || request.actions.iter().zip(request.first_seq..).any(|(action, seq)| action.seq != seq) {
        return Err(malformed("seq"));
    }
    let prev_chain = hash(&request.prev_chain).ok_or_else(|| malformed("prev_chain"))?;
    let chains = request.actions.iter().map(|action| hash(&action.chain_hash)).collect::<Option<Vec<_>>>();
    Ok(Push { request, prev_chain, chains: chains.ok_or_else(|| malformed("chain_hash"))? })
}

async fn attempt(store: &Store, sender: &Station, push: &Push<'_>) -> Result<PushReply, Refusal> {
    let request = push.request;
    let mut writing = store.writing(&sender.site).await?;
    // What this push brings no longer waits there once it is committed.
    let still_waiting = request.outbox_depth.saturating_sub(request.actions.len() as u64);
    let oldest_ms = if still_waiting == 0 { 0 } else { request.oldest_pending_age_ms };
    let report = Report {
        app_version: &request.app_version,
        schema_version: request.schema_version,
        outbox_depth: still_waiting.min(i64::MAX.cast_unsigned()),
        oldest_pending_age_ms: oldest_ms.min(i64::MAX.cast_unsigned()),
        loop_restarts: request.health.loop_restarts,
    };
    let now_ms = writing.now_ms();
    let locked = station::lock(&mut writing.tx, sender.id, &report, now_ms).await?.ok_or(Refusal::Unauthorised)?;
    let station = &locked.station;
    fail_point(Point::TakeLocked);
    witness::hear(&mut writing, &locked, request.witnessed.as_ref()).await?;
    if request.epoch.as_ref().is_some_and(|epoch| *epoch != locked.epoch) {
        // It would offer the places of a life that this database may have forgotten; first it must hear of the new one.
        return Err(Refusal::Epoch { epoch: locked.epoch });
    }
    let head = incarnation::head(&mut writing.tx, station.id).await?;
    let known = take_places(&mut writing, station, &head, push).await?;
    pin_tries::hear(&mut writing, station, &request.pin_tries).await?;
    fail_point(Point::TakePlaced);

    let new = known..request.actions.len();
    if !new.is_empty() && locked.parked >= MOST_PARKED && !locked.judging_pauses {
        return Err(Refusal::TooMuchParked);
    }
    let duplicates = store_new(&mut writing, &locked, push, new.clone()).await?;
    let next = next_head(store, &head, push, new.start);
    if !new.is_empty() {
        incarnation::save_head(&mut writing.tx, station.id, &next, now_ms).await?;
    }
    if locked.judging_pauses && still_waiting == 0 && request.epoch.is_some() {
        epoch::has_offered(&mut writing, station, &locked.epoch).await?;
    }
    raise_alarms(&mut writing, &locked, request.health.digest_mismatches).await?;
    fail_point(Point::TakeHeadSaved);
    let (fresh, server_time) = (writing.verdicts_of_this_commit(), writing.now);
    let standing = verdict::of_actions(&mut writing.tx, &duplicates_and_known(request, known, &duplicates)).await?;
    let head_seq =
        if is_off(Control::StoreBeforeAnswer) { close_later(writing).await? } else { writing.close().await? };
    let verdicts = answers(request, head_seq, fresh, standing)?;
    Ok(PushReply {
        server_epoch: locked.epoch,
        stored_through: next.last_seq,
        lease: lease_for(&next, &head, &request.lease, !new.is_empty()),
        verdicts,
        server_time,
        head: head_seq,
        directives: Vec::new(),
    })
}

/// Answers before the commit, as no server may; only a negative control asks for it.
async fn close_later(mut writing: Writing) -> Result<u64, Refusal> {
    let site = writing.site.as_str().to_owned();
    let head = head_of(&mut writing.tx, &site).await?.ok_or(Refusal::NotFound)?;
    tokio::spawn(writing.close());
    Ok(head.v.cast_unsigned() + 1)
}

/// Checks lease, incarnation, contiguity and chain. Answers how many places are stored already.
async fn take_places(
    writing: &mut Writing,
    station: &Station,
    head: &StationHead,
    push: &Push<'_>,
) -> Result<usize, Refusal> {
    let request = push.request;
    let offered: Vec<Offered<'_>> = request
        .actions
        .iter()
        .zip(&push.chains)
        .map(|(action, chain)| Offered { seq: action.seq, body: action.body.as_bytes(), chain_hash: *chain })
        .collect();
    let last = request.first_seq + request.actions.len() as u64;
    let tx = &mut writing.tx;
    let places = action_log::places(tx, station.id, &request.incarnation, request.first_seq, last).await?;
    let used_before = incarnation::knows_incarnation(tx, station.id, &request.incarnation).await?;
    let known_chain = |seq: u64| places.get(&seq).map(|(_, chain)| *chain);
    let intake =
        take_in(head, &request.incarnation, used_before, &request.lease, push.prev_chain, &offered, known_chain);
    match intake {
        Ok(intake) => {
            // The chain covers the bytes of an action, not the identifier written beside them.
            let is_another =
                |action: &&ActionOffer| places.get(&action.seq).is_some_and(|(id, _)| *id != action.action_id);
            match request.actions[..intake.known].iter().find(is_another) {
                Some(action) => Err(Refusal::Malformed(format!("the action_id of place {} is another", action.seq))),
                None => Ok(intake.known),
            }
        }
        Err(PushFault::Gap { expected }) => Err(Refusal::Gap { expected }),
        Err(PushFault::Fork { last_seq, chain_hash }) => {
            tracing::warn!(station = %station.id, workstation = %station.workstation, last_seq, "fork: restored or cloned");
            Err(Refusal::Fork { last_seq, chain_hash })
        }
        Err(fault @ PushFault::Broken { .. }) => Err(Refusal::Broken(fault.to_string())),
    }
}

/// Calls a person for bytes that nobody of ours has signed, and for rows that differ again and again.
async fn raise_alarms(writing: &mut Writing, locked: &Locked, mismatches: u32) -> Result<(), Refusal> {
    let altered = |verdict: &Verdict| verdict.reason == Some(ParkReason::BadSignature);
    if let Some(verdict) = writing.verdicts_of_this_commit().iter().find(|verdict| altered(verdict)) {
        let detail = format!("action {} does not fit its signature", verdict.action);
        alarm::raise(writing, AlarmKind::BytesAltered, Some(&locked.station), &detail).await?;
    }
    if i64::from(mismatches) != locked.digest_mismatches {
        station::save_mismatches(&mut writing.tx, locked.station.id, mismatches).await?;
        if mismatches >= MISMATCHES_WORTH_AN_ALARM && i64::from(mismatches) > locked.digest_mismatches {
            let detail = format!("its rows differed {mismatches} times since it was started");
            alarm::raise(writing, AlarmKind::RowsDiffer, Some(&locked.station), &detail).await?;
        }
    }
    Ok(())
}

/// Stores the places from `new.start` on, and judges the actions among them that are new. Answers which were not.
async fn store_new(
    writing: &mut Writing,
    locked: &Locked,
    push: &Push<'_>,
    new: std::ops::Range<usize>,
) -> Result<Vec<ActionId>, Refusal> {
    let station = &locked.station;
    let offers = &push.request.actions[new.clone()];
    let ids: Vec<ActionId> = offers.iter().map(|offer| offer.action_id).collect();
    let mut stored = action_log::stored(&mut writing.tx, &ids).await?;
    let (sender, now) = (Sender::from(station), writing.now);
    let (mut fresh, mut duplicates, mut others, mut places) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (offer, index) in offers.iter().zip(new) {
        let received = receive(offer_of(offer), &sender, Some(&push.request.clock), now);
        let before = if index == 0 { push.prev_chain } else { push.chains[index - 1] };
        places.push(Submission {
            seq: offer.seq,
            action: offer.action_id,
            body_hash: received.logged.body_hash,
            prev_chain: before,
            chain_hash: push.chains[index],
            fork_of: offer.fork_of.clone(),
        });
        match stored.get(&offer.action_id) {
            None => {
                stored.insert(offer.action_id, received.logged.body_hash);
                fresh.push(received);
            }
            Some(hash) => {
                duplicates.push(offer.action_id);
                if *hash != received.logged.body_hash {
                    others.push(received);
                }
            }
        }
    }
    if locked.judging_pauses {
        store_unjudged(writing, fresh).await?;
    } else {
        store_and_judge(writing, fresh, production::apply).await?;
    }
    for other in &others {
        keep_other_bytes(writing, other).await?;
    }
    action_log::write_submissions(writing, station.id, &push.request.incarnation, &places).await?;
    fail_point(Point::TakeSubmitted);
    Ok(duplicates)
}

/// The same identifier with other bytes: the first stands, the second is kept as evidence, and a person is called.
async fn keep_other_bytes(writing: &mut Writing, other: &Received) -> Result<(), Refusal> {
    let (site, now_ms) = (writing.site.as_str().to_owned(), writing.now_ms());
    if !action_log::keep_evidence(&mut writing.tx, &site, &other.logged, now_ms).await? {
        return Ok(());
    }
    tracing::error!(action = %other.logged.id, station = %other.logged.station, "one action id, two contents");
    let LoggedAction { id, station, body_hash, sig, .. } = &other.logged;
    writing.note(action_log::evidence_entry(*id, *station, *body_hash, sig)?);
    let row = ConflictRow {
        id: cordwainer_domain::ConflictId(writing.next_id()),
        conflict: ConflictKind::SameIdentifier,
        action_id: other.logged.id,
        other_action_id: Some(other.logged.id),
        work_order_id: other.case.work_order,
        job_id: other.case.job,
        opened_at: writing.now,
        closed_at: None,
    };
    conflict::open(writing, &[row]).await?;
    Ok(())
}

/// How far the station has come, with a fresh lease if something new was stored.
fn next_head(store: &Store, head: &StationHead, push: &Push<'_>, known: usize) -> StationHead {
    let request = push.request;
    match (request.actions.last(), push.chains.last()) {
        (Some(last), Some(chain)) if known < request.actions.len() => StationHead {
            incarnation: request.incarnation.clone(),
            last_seq: last.seq,
            last_chain: *chain,
            lease: hex::encode(random::<16>(store.ids())),
            previous_lease: if head.incarnation == request.incarnation { head.lease.clone() } else { String::new() },
        },
        _ => head.clone(),
    }
}

/// The holder of the lease before lost a reply and is handed the current one. Anyone else learns nothing.
fn lease_for(next: &StationHead, head: &StationHead, presented: &str, stored_something: bool) -> String {
    if stored_something || presented == head.lease || presented == head.previous_lease {
        next.lease.clone()
    } else {
        presented.to_owned()
    }
}

fn duplicates_and_known(request: &PushRequest, known: usize, duplicates: &[ActionId]) -> Vec<ActionId> {
    let known = request.actions[..known].iter().map(|action| action.action_id);
    known.chain(duplicates.iter().copied()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// One verdict for every action, in the order of the push.
fn answers(
    request: &PushRequest,
    commit_seq: u64,
    fresh: Vec<Verdict>,
    standing: Vec<VerdictRow>,
) -> Result<Vec<PushVerdict>, Refusal> {
    // What this commit judged again has its newest verdict there, whatever stood before.
    let standing: BTreeMap<ActionId, VerdictRow> = standing.into_iter().map(|row| (row.action_id, row)).collect();
    let fresh: BTreeMap<ActionId, VerdictRow> =
        fresh.into_iter().map(|verdict| (verdict.action, verdict.row(commit_seq))).collect();
    let mut answered = BTreeSet::new();
    request
        .actions
        .iter()
        .map(|offer| {
            let id = offer.action_id;
            let row = fresh.get(&id).or_else(|| standing.get(&id)).ok_or(Refusal::Died)?;
            let duplicate = standing.contains_key(&id) || !answered.insert(id);
            Ok(PushVerdict {
                seq: offer.seq,
                action_id: id,
                status: row.status,
                duplicate,
                commit_seq: Some(row.commit_seq),
                park_reason: row.park_reason.clone(),
                conflict: row.conflict.clone(),
                conflict_id: row.conflict_id,
            })
        })
        .collect()
}

fn offer_of(offer: &ActionOffer) -> Offer<'_> {
    Offer {
        action_id: offer.action_id,
        kind: &offer.kind,
        kind_version: offer.kind_version,
        body: &offer.body,
        body_hash: &offer.body_hash,
        sig: &offer.sig,
    }
}

fn hash(text: &str) -> Option<Hash> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| Hash(bytes))
}
