//! Opening the database: the folder or the server, the engine's version, the schema.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use cordwainer_sync::controls::{Control, is_off};
use sqlx::Connection;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::Place;
use super::db::Db;
use super::fault::StoreFault;

static SQLITE_STEPS: Migrator = sqlx::migrate!("../../migrations/server/sqlite");
static POSTGRES_STEPS: Migrator = sqlx::migrate!("../../migrations/server/postgres");

/// The file inside the data folder.
pub(super) const FILE: &str = "cordwainer.db";
/// The first SQLite whose write-ahead log survives a reset while two connections write.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];
/// How long a connection waits for another one's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
const SQLITE_READERS: u32 = 4;
/// Pages that the writing connection keeps, as SQLite counts them: 64 MiB.
const WRITERS_CACHE: &str = "-65536";
const POSTGRES_CONNECTIONS: u32 = 16;

/// Why the database cannot be opened, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// The folder cannot be written.
    #[error(
        "cannot write in {folder}: {detail}. Choose another folder with --data, or give this user the right to write"
    )]
    Folder {
        /// Which.
        folder: String,
        /// What the system says.
        detail: String,
    },
    /// PostgreSQL does not answer.
    #[error("PostgreSQL does not answer at {place}: {detail}. Check --database-url, and that the server runs")]
    Unreachable {
        /// Host and database, without the password.
        place: String,
        /// What the driver says.
        detail: String,
    },
    /// The database is of a later release.
    #[error("the database was written by a newer release (schema step {step}); start that release, or a newer one")]
    NewerSchema {
        /// The step that this program does not know.
        step: i64,
    },
    /// The schema cannot be brought up to date.
    #[error("the schema cannot be brought up to date: {0}. Nothing was lost; restore the last backup or report this")]
    Schema(MigrateError),
    /// This program was built with an SQLite that can damage its log.
    #[error("this program carries SQLite {found}, which can damage its log; 3.51.3 or newer is needed")]
    OldSqlite {
        /// Its version.
        found: String,
    },
    /// The database answers, but not as it should.
    #[error("the database cannot be read: {0}")]
    Store(#[from] StoreFault),
}

impl From<sqlx::Error> for OpenFault {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

pub(crate) async fn open(place: &Place) -> Result<Db, OpenFault> {
    let db = match place {
        Place::Folder(folder) => open_folder(folder).await?,
        Place::Postgres(url) => open_postgres(url).await?,
    };
    up_to_date(db, None).await
}

/// Opens a place with the schema of an earlier release, to be filled with rows of its time.
pub(crate) async fn open_at(place: &Place, step: i64) -> Result<Db, OpenFault> {
    let db = match place {
        Place::Folder(folder) => open_folder(folder).await?,
        Place::Postgres(url) => open_postgres(url).await?,
    };
    if !SQLITE_STEPS.version_exists(step) {
        return Err(OpenFault::NewerSchema { step });
    }
    up_to_date(db, Some(step)).await
}

/// The embedded database on a disk that SQLite knows by a name of its own: the fault tests bring one that loses power.
#[cfg(feature = "test-support")]
pub(crate) async fn open_on_vfs(vfs: &str, file: &Path) -> Result<Db, OpenFault> {
    let options = embedded(file).vfs(vfs.to_owned());
    up_to_date(connect(options, &file.display().to_string()).await?, None).await
}

async fn up_to_date(db: Db, step: Option<i64>) -> Result<Db, OpenFault> {
    let done = match (&db, step) {
        (Db::Sqlite { write, .. }, None) => SQLITE_STEPS.run(write).await,
        (Db::Sqlite { write, .. }, Some(step)) => SQLITE_STEPS.run_to(step, write).await,
        (Db::Postgres(pool), None) => POSTGRES_STEPS.run(pool).await,
        (Db::Postgres(pool), Some(step)) => POSTGRES_STEPS.run_to(step, pool).await,
    };
    match done {
        Ok(()) => Ok(db),
        Err(MigrateError::VersionMissing(step) | MigrateError::VersionTooNew(step, _)) => {
            Err(OpenFault::NewerSchema { step })
        }
        Err(fault) => Err(OpenFault::Schema(fault)),
    }
}

async fn open_folder(folder: &Path) -> Result<Db, OpenFault> {
    let refused = |detail: String| OpenFault::Folder { folder: folder.display().to_string(), detail };
    std::fs::create_dir_all(folder).map_err(|fault| refused(fault.to_string()))?;
    connect(embedded(&folder.join(FILE)), &folder.display().to_string()).await
}

fn embedded(file: &Path) -> SqliteConnectOptions {
    let synchronous =
        if is_off(Control::SyncEveryCommit) { SqliteSynchronous::Normal } else { SqliteSynchronous::Full };
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
}

async fn connect(options: SqliteConnectOptions, folder: &str) -> Result<Db, OpenFault> {
    let refused = |fault: sqlx::Error| OpenFault::Folder { folder: folder.to_owned(), detail: fault.to_string() };
    // The pairs that the floor works on now are read and written over and over.
    let writing = options.clone().pragma("cache_size", WRITERS_CACHE);
    let write = pool().max_connections(1).connect_with(writing).await.map_err(refused)?;
    check_sqlite(&write).await?;
    probe_writing(&write).await.map_err(refused)?;
    let read = pool().max_connections(SQLITE_READERS).connect_with(options.pragma("query_only", "ON")).await?;
    Ok(Db::Sqlite { write, read })
}

impl Db {
    /// An embedded database that nobody writes any more, such as a backup's copy.
    pub(crate) async fn read_only(file: &Path) -> Result<Self, StoreFault> {
        let options = SqliteConnectOptions::new().filename(file).read_only(true).immutable(true);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        Ok(Self::Sqlite { write: pool.clone(), read: pool })
    }
}

/// On a full or failing disk SQLite rolls back by itself, and sqlx goes on counting the transaction: such a connection begins no
/// other one ever again, and only one may write. It is not used again.
fn pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

/// A read-only file opens well enough; only a write tells.
async fn probe_writing(pool: &sqlx::SqlitePool) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("CREATE TABLE probe_of_writing (id INTEGER)").execute(&mut *tx).await?;
    tx.rollback().await
}

async fn check_sqlite(pool: &sqlx::SqlitePool) -> Result<(), OpenFault> {
    let found: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    let parts: Vec<u32> = found.split('.').map_while(|part| part.parse().ok()).collect();
    if parts.as_slice() < OLDEST_SQLITE.as_slice() {
        return Err(OpenFault::OldSqlite { found });
    }
    Ok(())
}

async fn open_postgres(url: &str) -> Result<Db, OpenFault> {
    let unreachable = |place: String, fault: sqlx::Error| OpenFault::Unreachable { place, detail: fault.to_string() };
    let options = PgConnectOptions::from_str(url)
        .map_err(|fault| unreachable("the address that was given".to_owned(), fault))?
        .application_name("cordwainer")
        .options([("synchronous_commit", "on"), ("default_transaction_isolation", "read committed")]);
    let place = format!(
        "{}:{}/{}",
        options.get_host(),
        options.get_port(),
        options.get_database().unwrap_or(options.get_username())
    );
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
        .map_err(|fault| unreachable(place, fault))?;
    Ok(Db::Postgres(pool))
}
