//! What must be true of every world, whatever happened in it: I1 to I7 of the sync protocol, and one life per incarnation.

use std::collections::{BTreeMap, BTreeSet};

use cordwainer_server::verify::verify;
use cordwainer_station::store::StationStore;
use cordwainer_station::sync::Pulled;
use rusqlite::Connection;

use crate::disk::SimDisk;
use crate::world::{Machine, SimServer, Violation, World, outbox};

type Checked = Result<(), Violation>;

fn broken(rule: &str, what: impl std::fmt::Display) -> Violation {
    Violation(format!("{rule}: {what}"))
}

fn unreadable(fault: rusqlite::Error) -> Violation {
    Violation(format!("a disk cannot be read: {fault}"))
}

/// Everything that must be true once the world has come to rest.
///
/// # Errors
/// The first rule that is broken.
pub async fn all(world: &mut World) -> Checked {
    nothing_lost_and_nothing_invented(world)?;
    let server = outbox::look(world.server.disk(), "cordwainer.db").map_err(unreadable)?;
    effects_count_once(&server)?;
    nothing_waits_without_a_record(&server)?;
    what_is_stored_adds_up(world).await?;
    every_station_knows_its_verdicts(world)?;
    witnesses_agree(world, &server)?;
    views_equal_the_servers(world).await?;
    if let Some(torn) = world.net.torn_lives().first() {
        return Err(broken("I8", format!("two machines went on under incarnation {torn}")));
    }
    Ok(())
}

/// I1: every action that was confirmed to a worker is stored exactly once, and none that was refused is.
fn nothing_lost_and_nothing_invented(world: &World) -> Checked {
    let stored = outbox::stored(world.server.disk()).map_err(unreadable)?;
    for (id, told) in world.ledger.due() {
        if !stored.contains_key(id) {
            let what = format!("{} {id}, confirmed at machine {}, never reached the server", told.kind, told.machine);
            return Err(broken("I1", what));
        }
    }
    match world.ledger.refused.iter().find(|id| stored.contains_key(id)) {
        Some(id) => Err(broken("I1", format!("action {id} was refused to the worker's face, and is stored"))),
        None => Ok(()),
    }
}

/// I1, the server's half: what the server has acknowledged outlives its power.
///
/// # Errors
/// The first action that it has forgotten.
pub fn what_was_acknowledged_is_stored(world: &World) -> Checked {
    let stored = outbox::stored(world.server.disk()).map_err(unreadable)?;
    match world.net.acknowledged().into_iter().find(|id| !stored.contains_key(id)) {
        Some(id) => Err(broken("I1", format!("the server had acknowledged action {id}, and has it no longer"))),
        None => Ok(()),
    }
}

/// I2: no action's effect is counted twice.
fn effects_count_once(server: &Connection) -> Checked {
    let mut statement = server.prepare("SELECT doc FROM work_order").map_err(unreadable)?;
    let docs = statement.query_map([], |row| row.get::<_, String>(0)).map_err(unreadable)?;
    let mut counted = BTreeSet::new();
    for doc in docs {
        let doc = doc.map_err(unreadable)?;
        let pair: cordwainer_domain::production::WorkOrder =
            serde_json::from_str(&doc).map_err(|fault| broken("I2", fault))?;
        for job in &pair.jobs {
            for signed in job.counted_sign_offs() {
                if !counted.insert(signed.action) {
                    return Err(broken("I2", format!("sign-off {} counts twice", signed.action)));
                }
            }
        }
    }
    Ok(())
}

/// I3: every action has a verdict; one that is not applied has a record that a person will see.
fn nothing_waits_without_a_record(server: &Connection) -> Checked {
    const UNJUDGED: &str = "SELECT count(*) FROM action_log WHERE action_id NOT IN (SELECT action_id FROM verdict)";
    const UNSAID: &str = "SELECT count(*) FROM verdict WHERE status = 'parked' AND reason IS NULL";
    const UNSEEN: &str = "SELECT count(*) FROM verdict WHERE status = 'flagged' \
                          AND NOT EXISTS (SELECT 1 FROM conflict WHERE conflict.action_id = verdict.action_id)";
    for (sql, what) in [
        (UNJUDGED, "actions without a verdict"),
        (UNSAID, "parked actions that nobody can say the reason of"),
        (UNSEEN, "flagged actions without a conflict"),
    ] {
        let count: i64 = server.query_row(sql, [], |row| row.get(0)).map_err(unreadable)?;
        if count > 0 {
            return Err(broken("I3", format!("{count} {what}")));
        }
    }
    Ok(())
}

/// I2, I3, I5: hashes, signatures and chains hold, and every work order is what its actions come to.
async fn what_is_stored_adds_up(world: &World) -> Checked {
    let store = world.server.store().ok_or_else(|| broken("I7", "the server does not run"))?;
    let report = verify(&store).await.map_err(|fault| broken("I5", fault))?;
    if report.is_ok() { Ok(()) } else { Err(broken("I5", format!("verify: {:?}", report.problems))) }
}

/// I4, the verdicts: what a station says of an action is what the server says.
fn every_station_knows_its_verdicts(world: &World) -> Checked {
    let stored = outbox::stored(world.server.disk()).map_err(unreadable)?;
    for number in world.standing() {
        let here = outbox::recorded(&world.machines[number].disk).map_err(unreadable)?;
        for (id, word) in here {
            let there = stored.get(&id).map_or("nothing", String::as_str);
            if word != there {
                let what = format!("machine {number} says {word} of action {id}, the server says {there}");
                return Err(broken("I4", what));
            }
        }
    }
    Ok(())
}

/// I5, the witnesses: no station remembers another history of the audit chain than the server's.
fn witnesses_agree(world: &World, server: &Connection) -> Checked {
    let epoch: String =
        server.query_row("SELECT epoch FROM server_identity", [], |row| row.get(0)).map_err(unreadable)?;
    let mut hash_at = server.prepare("SELECT hash FROM audit WHERE audit_seq = ?1").map_err(unreadable)?;
    for number in world.standing() {
        let station = outbox::look(&world.machines[number].disk, "outbox.db").map_err(unreadable)?;
        let mut statement =
            station.prepare("SELECT audit_seq, audit_head FROM witness WHERE epoch = ?1").map_err(unreadable)?;
        let seen = statement
            .query_map([&epoch], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
            .map_err(unreadable)?;
        for row in seen {
            let (seq, head) = row.map_err(unreadable)?;
            // Before the first entry there is nothing to remember.
            let hash: Vec<u8> = match seq {
                0 => vec![0; 32],
                _ => hash_at.query_row([seq], |row| row.get(0)).unwrap_or_default(),
            };
            if hex::encode(&hash) != head {
                return Err(broken("I5", format!("machine {number} remembers another audit entry {seq}")));
            }
        }
    }
    Ok(())
}

/// I4: what a station holds is what a station that begins from nothing would be given.
async fn views_equal_the_servers(world: &mut World) -> Checked {
    // Stations of one scope hold the same.
    let mut fresh: BTreeMap<String, BTreeSet<(String, String, String)>> = BTreeMap::new();
    for number in world.standing() {
        let enrolment = world.machines[number].store().and_then(|store| store.outbox.enrolment().ok().flatten());
        let scope = enrolment.ok_or_else(|| broken("I4", "a station has lost its enrolment"))?.scope;
        if let std::collections::btree_map::Entry::Vacant(place) = fresh.entry(scope.clone()) {
            place.insert(from_nothing(world, number).await?);
        }
        let held = outbox::held(&world.machines[number].disk).map_err(unreadable)?;
        let expected = &fresh[&scope];
        if let Some((table, key, row)) = held.symmetric_difference(expected).next() {
            let whose =
                if held.contains(&(table.clone(), key.clone(), row.clone())) { "only it has" } else { "it lacks" };
            return Err(broken("I4", format!("machine {number}'s view differs: {whose} {table} {key}: {row}")));
        }
    }
    Ok(())
}

/// What a new cache of the same station is given.
async fn from_nothing(world: &World, number: usize) -> Result<BTreeSet<(String, String, String)>, Violation> {
    let known = &world.machines[number];
    let mut fresh = Machine::new(number, known.station, &Default::default(), &world.clock, &world.net, 1);
    let failed = |fault: &dyn std::fmt::Display| broken("I4", format!("a fresh station cannot follow: {fault}"));
    fresh.start().map_err(|fault| failed(&fault))?;
    let enrolment = known.store().and_then(|store| store.outbox.enrolment().ok().flatten());
    let enrolment = enrolment.ok_or_else(|| broken("I4", "a station has lost its enrolment"))?;
    let store = fresh.store().ok_or_else(|| broken("I4", "a fresh station does not run"))?;
    store.outbox.save_enrolment(&enrolment).map_err(|fault| failed(&fault))?;
    for _ in 0..20 {
        match fresh.pull().await {
            Some(Ok(Pulled::UpToDate)) => return outbox::held(&fresh.disk).map_err(unreadable),
            Some(Ok(_)) => {}
            Some(Err(fault)) => return Err(failed(&fault)),
            None => break,
        }
    }
    Err(broken("I4", "a fresh station does not get to the end of the feed"))
}

/// I6: a station's rows show the feed exactly as far as its cursor says, no half commit and none too many.
///
/// # Errors
/// A row that is older or newer than the cursor.
pub fn rows_show_the_feed(station: &SimDisk, store: &StationStore, server: &SimServer) -> Checked {
    let Ok(followed) = store.cache.followed() else { return Ok(()) };
    let Ok(Some(enrolment)) = store.outbox.enrolment() else { return Ok(()) };
    if followed.cursor.is_none() {
        return Ok(());
    }
    let (Ok(cache), Ok(database)) = (outbox::look(station, "cache.db"), outbox::look(server.disk(), "cordwainer.db"))
    else {
        return Ok(());
    };
    let life: Option<String> = database.query_row("SELECT epoch FROM server_identity", [], |row| row.get(0)).ok();
    if followed.epoch != life {
        return Ok(());
    }
    if station.is_off() || server.disk().is_off() {
        return Ok(());
    }
    let own = if enrolment.scope == "*" { "floor".to_owned() } else { format!("wc:{}", enrolment.scope) };
    let mut held = cache
        .prepare("SELECT row_version FROM held WHERE life = (SELECT shown FROM followed) AND tbl = ?1 AND pk = ?2")
        .map_err(unreadable)?;
    let mut changes = database
        .prepare("SELECT tbl, pk, op, commit_seq, row_version FROM change WHERE scope IN ('all', ?1)")
        .map_err(unreadable)?;
    let mut rows = changes.query([&own]).map_err(unreadable)?;
    while let Some(row) = rows.next().map_err(unreadable)? {
        let column = |index| row.get::<_, String>(index).map_err(unreadable);
        let (table, key, op) = (column(0)?, column(1)?, column(2)?);
        let commit: u64 = row.get::<_, i64>(3).map_err(unreadable)?.unsigned_abs();
        let version: i64 = row.get(4).map_err(unreadable)?;
        let here: Option<i64> = held.query_row([&table, &key], |row| row.get(0)).ok();
        let shown = commit <= followed.commit_seq;
        let fits = match (op.as_str(), shown) {
            ("put", true) => here == Some(version),
            ("put", false) => here.is_none_or(|here| here < version),
            // What has left stays while an unresolved action refers to it.
            _ => true,
        };
        if !fits {
            let what = format!(
                "{table} {key}: version {here:?} at commit {}, but {version} since {commit}",
                followed.commit_seq
            );
            return Err(broken("I6", what));
        }
    }
    Ok(())
}
