//! Everything that is remembered, on SQLite or PostgreSQL. One file an area, one SQL text for both engines.
//!
//! To add a synchronised table: a step in `migrations/server/{sqlite,postgres}`, a file here with its statements, its name in
//! [`cordwainer_protocol::sync::Table`], and its row in `sync/rows.rs`. Every write goes through [`writing::Writing`].

pub(crate) mod account;
pub(crate) mod account_session;
pub(crate) mod action_log;
pub(crate) mod age_alarm;
pub(crate) mod alarm;
mod alarm_closing;
pub(crate) mod audit;
pub(crate) mod checkpoint;
mod confirmation;
pub(crate) mod conflict;
pub(crate) mod db;
pub(crate) mod enrolment;
pub(crate) mod epoch;
pub(crate) mod fault;
pub(crate) mod feed;
pub(crate) mod identity;
pub(crate) mod incarnation;
pub(crate) mod job;
pub(crate) mod label;
pub(crate) mod master;
mod open;
pub(crate) mod open_item;
pub(crate) mod parked;
pub(crate) mod people;
pub(crate) mod pin_tries;
pub(crate) mod plant;
pub(crate) mod portable;
pub(crate) mod proof;
pub(crate) mod scope;
pub(crate) mod sign_in_guard;
pub(crate) mod station;
pub(crate) mod tombstone;
pub(crate) mod verdict;
pub(crate) mod work_order;
pub(crate) mod writing;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use cordwainer_domain::code::Code;
use cordwainer_domain::production::WorkOrder;
use cordwainer_domain::{SiteId, WorkOrderId};
use sqlx::types::Json;
use tokio::sync::broadcast;

pub use self::age_alarm::AgeAlarms;
pub use self::checkpoint::Checkpoint;
pub use self::enrolment::EnrolmentCode;
pub use self::fault::StoreFault;
pub use self::identity::Identity;
pub use self::master::{MasterRow, Skill};
pub use self::open::OpenFault;
pub use self::open_item::OpenItems;
pub use self::station::Station;

pub(crate) use self::open::open_at;

use self::db::{Db, on};
use crate::clock::{Clock, IdSource};

/// How many commits a slow listener may lag behind before it is simply told to look.
const ANNOUNCEMENTS: usize = 64;

/// Where the database is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// `cordwainer.db` in a folder.
    Folder(PathBuf),
    /// A PostgreSQL server, by URL.
    Postgres(String),
}

/// The server's memory. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    identity: Identity,
    announcements: broadcast::Sender<SiteId>,
    announced: Mutex<BTreeMap<SiteId, u64>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("key", &self.0.identity.public_key()).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database, brings its schema up to date, and loads the server's identity.
    ///
    /// # Errors
    /// [`OpenFault`] in words for the person who started the server.
    pub async fn open(place: &Place, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Result<Self, OpenFault> {
        Self::on(open::open(place).await?, clock, ids).await
    }

    /// The embedded database on a disk that SQLite knows by a name of its own: the fault tests bring one that loses power.
    ///
    /// # Errors
    /// As [`Self::open`].
    #[cfg(feature = "test-support")]
    pub async fn open_on_vfs(
        vfs: &str,
        file: &std::path::Path,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, OpenFault> {
        Self::on(open::open_on_vfs(vfs, file).await?, clock, ids).await
    }

    async fn on(db: Db, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Result<Self, OpenFault> {
        let identity = identity::load(&db, clock.as_ref(), ids.as_ref()).await.map_err(OpenFault::Store)?;
        let (announcements, _) = broadcast::channel(ANNOUNCEMENTS);
        Ok(Self(Arc::new(Inner { db, clock, ids, identity, announcements, announced: Mutex::default() })))
    }

    /// The embedded database of a folder. Nobody but SQLite ever opens it: closing a file drops SQLite's locks on it.
    pub(crate) fn file_in(folder: &std::path::Path) -> PathBuf {
        folder.join(open::FILE)
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.0.db.close().await;
    }

    /// Who this server is.
    pub fn identity(&self) -> &Identity {
        &self.0.identity
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        self.0.clock.as_ref()
    }

    /// The source of identifiers.
    pub fn ids(&self) -> &dyn IdSource {
        self.0.ids.as_ref()
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    /// Hears of every commit that moved a site's feed.
    pub fn listen(&self) -> broadcast::Receiver<SiteId> {
        self.0.announcements.subscribe()
    }

    /// Tells whoever listens that a site's feed has come to a head.
    pub(crate) fn announce(&self, site: &SiteId, head: u64) {
        let mut announced = self.0.announced.lock().unwrap_or_else(PoisonError::into_inner);
        let known = announced.entry(site.clone()).or_default();
        *known = head.max(*known);
        drop(announced);
        // Nobody listening is no fault.
        let _ = self.0.announcements.send(site.clone());
    }

    /// The head that was last announced in this process.
    pub(crate) fn announced(&self, site: &SiteId) -> u64 {
        self.0.announced.lock().unwrap_or_else(PoisonError::into_inner).get(site).copied().unwrap_or_default()
    }

    /// How far the feed of each site has come.
    pub(crate) async fn heads(&self) -> Result<Vec<(SiteId, u64)>, StoreFault> {
        let mut tx = self.db().read().await?;
        let rows: Vec<(String, i64)> =
            on!(&mut tx, c => sqlx::query_as("SELECT site_id, v FROM sync_head").fetch_all(c).await)?;
        Ok(rows.into_iter().map(|(site, head)| (SiteId(site), head.cast_unsigned())).collect())
    }

    /// Deletes what is older than an instant, the statement's one parameter. Says how many rows went.
    pub(crate) async fn delete_before(&self, sql: &'static str, before_ms: i64) -> Result<u64, StoreFault> {
        let mut tx = self.db().write().await?;
        let gone = on!(&mut tx, c => sqlx::query(sql)
            .bind(before_ms)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        tx.commit().await?;
        Ok(gone)
    }

    /// The sites of this server.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn sites(&self) -> Result<Vec<SiteId>, StoreFault> {
        let mut tx = self.db().read().await?;
        let rows: Vec<String> =
            on!(&mut tx, c => sqlx::query_scalar("SELECT id FROM site ORDER BY id").fetch_all(c).await)?;
        Ok(rows.into_iter().map(SiteId).collect())
    }

    /// A work order as its facts left it.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn work_order(&self, id: WorkOrderId) -> Result<Option<WorkOrder>, StoreFault> {
        const SQL: &str = "SELECT doc FROM work_order WHERE id = $1";
        let mut tx = self.db().read().await?;
        let doc: Option<Json<WorkOrder>> =
            on!(&mut tx, c => sqlx::query_scalar(SQL).bind(id.0).fetch_optional(c).await)?;
        Ok(doc.map(|doc| doc.0))
    }

    /// The work order with this traveller code.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn work_order_by_code(&self, site: &SiteId, code: &Code) -> Result<Option<WorkOrder>, StoreFault> {
        let mut tx = self.db().read().await?;
        work_order::by_code(&mut tx, site, code).await
    }
}
