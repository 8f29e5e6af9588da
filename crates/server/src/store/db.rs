//! One SQL text, two engines. A [`Tx`] is a transaction on either, and `on!` runs the same statement on it.

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

use super::fault::StoreFault;

/// The database behind the store.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    /// Embedded. One connection writes, so that the order of numbers is the order of commits; the others read.
    Sqlite {
        /// The writing connection.
        write: SqlitePool,
        /// The reading ones.
        read: SqlitePool,
    },
    /// A PostgreSQL server.
    Postgres(PgPool),
}

/// A transaction on either engine. Dropped without a commit, it is rolled back.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one expression on the connection of either engine: `on!(tx, c => sqlx::query("…").execute(c).await)`.
macro_rules! on {
    ($tx:expr, $connection:ident => $body:expr) => {
        match $tx {
            $crate::store::db::Tx::Sqlite(tx) => {
                let $connection = &mut **tx;
                $body
            }
            $crate::store::db::Tx::Postgres(tx) => {
                let $connection = &mut **tx;
                $body
            }
        }
    };
}
pub(crate) use on;

/// Runs an attempt again when the database says that only its timing was wrong: deadlock, serialization failure, or two
/// transactions that inserted the same key. Such a failure is never a verdict.
macro_rules! retried {
    ($attempt:expr) => {{
        let mut failures = 0_u64;
        loop {
            match $attempt.await {
                Err(fault)
                    if failures < $crate::store::db::ATTEMPTS && $crate::store::db::MayRetry::may_retry(&fault) =>
                {
                    failures += 1;
                    tokio::time::sleep(std::time::Duration::from_millis(failures * 7)).await;
                }
                outcome => break outcome,
            }
        }
    }};
}
pub(crate) use retried;

/// How often a transaction is tried again.
pub(crate) const ATTEMPTS: u64 = 8;

/// A fault that may be a matter of timing.
pub(crate) trait MayRetry {
    /// Whether the same transaction may succeed when it is run again.
    fn may_retry(&self) -> bool;
}

impl Db {
    /// Begins a transaction that will write. On SQLite it takes the write lock at once: upgrading later would fail without
    /// waiting.
    pub(crate) async fn write(&self) -> Result<Tx, StoreFault> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that only reads, all of it from one moment.
    pub(crate) async fn read(&self) -> Result<Tx, StoreFault> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?)
            }
        })
    }

    /// How many connections there are, and how many of them nobody uses just now.
    pub(crate) fn connections(&self) -> (u32, usize) {
        match self {
            Self::Sqlite { write, read } => (write.size() + read.size(), write.num_idle() + read.num_idle()),
            Self::Postgres(pool) => (pool.size(), pool.num_idle()),
        }
    }

    /// Waits until every connection is given back and closed.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub(crate) async fn commit(self) -> Result<(), StoreFault> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}
