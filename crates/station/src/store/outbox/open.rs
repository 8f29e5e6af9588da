//! Opening the outbox: damage put aside, the journal compared with the rows, attempts that a crash cut short.

use std::sync::{Arc, Mutex};

use cordwainer_domain::ActionId;
use cordwainer_sync::Hash;
use rusqlite::{Connection, TransactionBehavior, params};

use super::super::database::{self, Durability, Opened};
use super::super::enrolment::{self, Enrolment};
use super::super::fault::StoreFault;
use super::super::folder::Folder;
use super::super::journal::{Journal, JournalAction, Replay};
use super::super::room::Room;
use super::super::{OpenReport, Recovery};
use super::{FILE, Inner, Life, MIGRATIONS, Outbox, live, owner, print, record, salvage, setting};
use crate::clock::Clock;
use crate::ids::IdSource;

impl Outbox {
    pub(in super::super) fn open(
        folder: &Arc<Folder>,
        clock: &dyn Clock,
        ids: &dyn IdSource,
        report: &mut OpenReport,
    ) -> Result<Self, StoreFault> {
        let wall_ms = clock.wall_ms();
        let device_key = enrolment::device_key(folder, || ids.random_32())?;
        let enrolment = read_enrolment(folder, wall_ms, report)?;
        let (journal, replay) = Journal::open(folder, wall_ms)?;
        let owner = enrolment.as_ref();
        let room = Room::of(folder);
        let mut found = open_mended(folder, owner, wall_ms, ids, &replay.actions);
        if is_for_want_of_room(&found) && room.give_up_reserve() {
            found = open_mended(folder, owner, wall_ms, ids, &replay.actions);
        }
        let mended = match found {
            Err(fault) if fault.is_damage() => {
                tracing::error!(%fault, "outbox.db is damaged");
                rebuild(folder, owner, wall_ms, ids, &replay, report)?
            }
            other => other?,
        };
        if replay.skipped_bytes > 0 {
            let last_good_seq =
                replay.last_good.map(|id| record::seq_of(&mended.opened.conn, id)).transpose()?.flatten();
            let skipped_bytes = replay.skipped_bytes;
            report.recoveries.insert(0, Recovery::JournalDamaged { skipped_bytes, last_good_seq });
        }
        if mended.recovered > 0 {
            report.recoveries.push(Recovery::ActionsRecovered { count: mended.recovered });
        }
        if mended.prints_unknown > 0 {
            report.recoveries.push(Recovery::PrintsUnknown { count: mended.prints_unknown });
        }
        (report.drain_only, report.read_only) = (mended.opened.newer, mended.opened.read_only);
        let conn = mended.opened.conn;
        let server_time = setting::read_server_time(&conn)?;
        let outbox = Self {
            inner: Mutex::new(Inner { conn, adrift: false, journal, enrolment, server_time }),
            folder: Arc::clone(folder),
            device_key,
            drain_only: report.drain_only,
            read_only: report.read_only,
            room,
        };
        if let Err(fault) = outbox.forget_old() {
            tracing::warn!(%fault, "old records stay for now");
        }
        Ok(outbox)
    }
}

fn is_for_want_of_room(found: &Result<Mended, StoreFault>) -> bool {
    match found {
        Ok(mended) => mended.opened.read_only,
        Err(fault) => matches!(fault, StoreFault::DiskFull),
    }
}

/// Makes the outbox again under a new incarnation: from the journal, and from the last daily copy what the journal may have
/// lost. What was recorded before comes first.
fn rebuild(
    folder: &Folder,
    enrolment: Option<&Enrolment>,
    wall_ms: i64,
    ids: &dyn IdSource,
    replay: &Replay,
    report: &mut OpenReport,
) -> Result<Mended, StoreFault> {
    let aside = folder.put_aside(FILE, wall_ms)?;
    let mut actions = salvage::from_copy(folder);
    actions.extend(replay.actions.iter().cloned());
    report.recoveries.push(Recovery::OutboxRebuilt { aside: aside.clone() });
    let mended = open_mended(folder, enrolment, wall_ms, ids, &actions)?;
    setting::salvage(&mended.opened.conn, folder, &aside);
    Ok(mended)
}

fn read_enrolment(folder: &Folder, wall_ms: i64, report: &mut OpenReport) -> Result<Option<Enrolment>, StoreFault> {
    match enrolment::read(folder) {
        Err(fault) if fault.is_damage() => {
            let aside = folder.put_aside(enrolment::FILE, wall_ms)?;
            report.recoveries.push(Recovery::EnrolmentLost { aside });
            Ok(None)
        }
        other => other,
    }
}

struct Mended {
    opened: Opened,
    recovered: usize,
    prints_unknown: usize,
}

fn open_mended(
    folder: &Folder,
    enrolment: Option<&Enrolment>,
    wall_ms: i64,
    ids: &dyn IdSource,
    actions: &[(ActionId, String, JournalAction)],
) -> Result<Mended, StoreFault> {
    let mut opened = database::open(folder, FILE, Durability::EveryCommit, &MIGRATIONS)?;
    if !opened.read_only {
        owner::claim(&opened.conn, enrolment)?;
    }
    if opened.newer || opened.read_only {
        return Ok(Mended { opened, recovered: 0, prints_unknown: 0 });
    }
    let tx = opened.conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let life = match live(&tx)? {
        Some(life) => life,
        None => begin_life(&tx, ids)?,
    };
    let recovered = recover(&tx, life, actions)?;
    let prints_unknown = print::after_restart(&tx, wall_ms)?;
    tx.commit()?;
    Ok(Mended { opened, recovered, prints_unknown })
}

/// Opens a new incarnation: `seq` begins at 1 and the chain at its start.
pub(super) fn begin_life(tx: &Connection, ids: &dyn IdSource) -> Result<Life, StoreFault> {
    let inc = live(tx)?.map_or(1, |life| life.inc + 1);
    let mut id = [0; 16];
    id.copy_from_slice(&ids.random_32()[..16]);
    let life = Life {
        inc,
        id,
        last_seq: 0,
        last_chain: Hash::START,
        lease: String::new(),
        offered_through: 0,
        stored_through: 0,
    };
    tx.prepare_cached(
        "INSERT INTO incarnation (inc, id, last_seq, last_chain, lease, offered_through, stored_through)
         VALUES (?1, ?2, 0, ?3, '', 0, 0)",
    )?
    .execute(params![inc, id, life.last_chain.as_bytes()])?;
    Ok(life)
}

/// Inserts what the journal vouches for and the outbox does not have.
fn recover(
    tx: &Connection,
    mut life: Life,
    actions: &[(ActionId, String, JournalAction)],
) -> Result<usize, StoreFault> {
    let mut recovered = 0;
    for (id, recorded_in, action) in actions {
        if record::is_known(tx, *id)? {
            continue;
        }
        let first_life = (*recorded_in != life.name()).then(|| hex::decode(recorded_in).unwrap_or_default());
        record::insert(tx, &mut life, action.body.as_bytes(), &action.sig, first_life.as_deref())?;
        recovered += 1;
    }
    // Without need nothing is written: a station with a full disk must still open, and send.
    if recovered > 0 {
        record::save_life(tx, &life)?;
    }
    Ok(recovered)
}
