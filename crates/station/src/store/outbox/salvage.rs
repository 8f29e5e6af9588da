//! What the last daily copy of a lost outbox still tells. The journal is the better witness; where it was damaged as well,
//! this is the only one.

use cordwainer_domain::ActionId;
use cordwainer_sync::Signature;
use rusqlite::{Connection, OpenFlags};

use super::super::backup;
use super::super::fault::StoreFault;
use super::super::folder::Folder;
use super::super::journal::JournalAction;
use super::{FILE, action_id};

type Found = (ActionId, String, JournalAction);

/// The actions of the last daily copy, in the order in which they were recorded; none if there is no copy.
pub(super) fn from_copy(folder: &Folder) -> Vec<Found> {
    let Some(copy) = backup::newest(folder, FILE) else { return Vec::new() };
    let opened = Connection::open_with_flags(&copy, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(StoreFault::from);
    match opened.and_then(|conn| read(&conn)) {
        Ok(actions) => actions,
        Err(fault) => {
            tracing::warn!(%fault, copy = %copy.display(), "the copy of the outbox cannot be read either");
            Vec::new()
        }
    }
}

fn read(conn: &Connection) -> Result<Vec<Found>, StoreFault> {
    let mut statement = conn.prepare(
        "SELECT action.action_id, incarnation.id, body, sig
         FROM action JOIN submission USING (action_id) JOIN incarnation USING (inc)
         WHERE NOT EXISTS (SELECT 1 FROM submission earlier
                           WHERE earlier.action_id = action.action_id AND earlier.inc < submission.inc)
         ORDER BY submission.inc, seq",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let sig: Vec<u8> = row.get(3)?;
        let (Ok(body), Ok(sig)) = (String::from_utf8(row.get(2)?), hex::encode(sig).parse::<Signature>()) else {
            continue;
        };
        let life = hex::encode(row.get::<_, Vec<u8>>(1)?);
        found.push((action_id(row.get(0)?), life, JournalAction { body, sig }));
    }
    Ok(found)
}
