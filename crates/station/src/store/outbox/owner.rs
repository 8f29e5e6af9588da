//! Whose outbox this is. What one station recorded is signed with its key and numbered under its name, so another station
//! must not go on with it: a file that was copied here is left as it is, and one whose place has changed is put by.

use std::path::PathBuf;

use cordwainer_domain::StationId;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::super::database::{self, Durability};
use super::super::enrolment::{self, Enrolment};
use super::super::fault::StoreFault;
use super::super::folder::Folder;
use super::super::journal::{self, Journal};
use super::{FILE, Inner, MIGRATIONS, Outbox, export, open, setting};
use crate::ids::IdSource;

/// What becomes of a station's outbox when this installation becomes another station.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retired {
    /// Where the outbox is kept.
    pub kept: PathBuf,
    /// What the server had not stored, for `cordwainer-server station retire --export`; none if it had everything.
    pub export: Option<PathBuf>,
}

#[derive(Clone, PartialEq, Eq)]
struct Owner {
    station: StationId,
    public_key: Vec<u8>,
}

impl Owner {
    fn of(enrolment: &Enrolment) -> Self {
        Self { station: enrolment.station_id, public_key: enrolment.signing_key().public().as_bytes().to_vec() }
    }

    fn read(conn: &Connection) -> Result<Option<Self>, StoreFault> {
        let mut statement = conn.prepare_cached("SELECT station_id, public_key FROM owner")?;
        let found = statement
            .query_row([], |row| {
                Ok(Self { station: StationId(Uuid::from_bytes(row.get(0)?)), public_key: row.get(1)? })
            })
            .optional()?;
        Ok(found)
    }

    fn write(&self, conn: &Connection) -> Result<(), StoreFault> {
        conn.prepare_cached(
            "INSERT INTO owner (one, station_id, public_key) VALUES (1, ?1, ?2)
             ON CONFLICT (one) DO UPDATE SET station_id = excluded.station_id, public_key = excluded.public_key",
        )?
        .execute(params![self.station.0.as_bytes(), self.public_key])?;
        Ok(())
    }
}

/// The station that has recorded here, with its public key; `None` before the first enrolment.
pub(super) fn of(conn: &Connection) -> Result<Option<(StationId, Vec<u8>)>, StoreFault> {
    Ok(Owner::read(conn)?.map(|owner| (owner.station, owner.public_key)))
}

/// Refuses an outbox that another station has recorded in. One that nobody has claimed yet is this station's.
pub(super) fn claim(conn: &Connection, enrolment: Option<&Enrolment>) -> Result<(), StoreFault> {
    let Some(here) = enrolment.map(Owner::of) else { return Ok(()) };
    match Owner::read(conn)? {
        Some(owner) if owner == here => Ok(()),
        Some(owner) => Err(StoreFault::OtherStation { station: owner.station }),
        None => here.write(conn),
    }
}

/// Puts the outbox aside if it is another station's than the enrolment's, or nobody is enrolled here.
pub(in super::super) fn set_aside_foreign(folder: &Folder) -> Result<Option<PathBuf>, StoreFault> {
    if !folder.disk().exists(&folder.file(FILE)) {
        return Ok(None);
    }
    let here = enrolment::read(folder)?.as_ref().map(Owner::of);
    let owner = Owner::read(&database::connect(folder, FILE, Durability::EveryCommit)?)?;
    match owner {
        Some(owner) if here != Some(owner.clone()) => {
            Ok(Some(folder.set_aside(FILE, &format!("of-{}", owner.station))?))
        }
        _ => Ok(None),
    }
}

impl Outbox {
    /// Makes this installation the station of an enrolment. If another one has recorded here, its outbox is kept beside, what
    /// it had not sent is written out, and an empty outbox begins.
    ///
    /// # Errors
    /// [`StoreFault`] when the installation is as it was.
    pub fn begin_as(&self, enrolment: &Enrolment, ids: &dyn IdSource) -> Result<Option<Retired>, StoreFault> {
        let mut inner = self.lock();
        let before = Owner::read(&inner.conn)?;
        let retired = match before {
            Some(owner) if owner.station != enrolment.station_id && export::has_records(&inner.conn)? => {
                Some(self.retire(&mut inner, &owner, ids)?)
            }
            _ => None,
        };
        Owner::of(enrolment).write(&inner.conn)?;
        enrolment::write(&self.folder, enrolment)?;
        inner.enrolment = Some(enrolment.clone());
        Ok(retired)
    }

    fn retire(&self, inner: &mut Inner, owner: &Owner, ids: &dyn IdSource) -> Result<Retired, StoreFault> {
        let label = format!("of-{}", owner.station);
        let unsent = export::unsent(&inner.conn, owner.station, &owner.public_key)?;
        let export = if unsent.pushes.is_empty() { None } else { Some(export::write(&self.folder, &unsent)?) };
        // The file must be closed before it is moved.
        inner.conn = Connection::open_in_memory()?;
        let kept = self.folder.set_aside(FILE, &label)?;
        self.folder.set_aside(journal::FILE, &label)?;
        inner.conn = begin_empty(&self.folder, ids)?;
        setting::salvage(&inner.conn, &self.folder, &kept);
        (inner.journal, _) = Journal::open(&self.folder, 0)?;
        tracing::warn!(station = %owner.station, kept = %kept.display(), "the outbox of another station is kept beside");
        Ok(Retired { kept, export })
    }
}

fn begin_empty(folder: &Folder, ids: &dyn IdSource) -> Result<Connection, StoreFault> {
    let mut opened = database::open(folder, FILE, Durability::EveryCommit, &MIGRATIONS)?;
    let tx = opened.conn.transaction()?;
    open::begin_life(&tx, ids)?;
    tx.commit()?;
    Ok(opened.conn)
}
