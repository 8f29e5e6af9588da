//! A running server on either engine, with the small factory in it.

use std::sync::Arc;
use std::time::Duration;

use cordwainer_server::boot::{Config, RunningServer, Server};
use cordwainer_server::store::Store;
use cordwainer_server::test_support::{StillClock, factory, postgres};
use cordwainer_server::verify::{Report, verify};
use serde_json::Value;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnectOptions;

use crate::station::{Station, ask_to_enrol, pin_of, random};

/// The engine under the server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A server and the world around it.
pub struct World {
    pub engine: Engine,
    pub server: RunningServer,
    pub clock: Arc<StillClock>,
    pub config: Config,
    _folder: tempfile::TempDir,
}

impl World {
    /// Starts a server without any site.
    pub async fn empty(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(StillClock::default());
        let database_url = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(postgres::fresh_database().await),
        };
        let config = Config { database_url, clock: clock.clone(), ..Config::embedded(folder.path()) };
        let server = Server::start(config.clone()).await.unwrap();
        Self { engine, server, clock, config, _folder: folder }
    }

    /// Starts a server with the small factory.
    pub async fn new(engine: Engine) -> Self {
        let world = Self::empty(engine).await;
        world.store().put_master(&factory::site(), &factory::rows()).await.unwrap();
        world
    }

    pub fn store(&self) -> &Store {
        &self.server.store
    }

    /// Enrols a station at a workstation, holding its work centre's part.
    pub async fn enrol(&self, workstation: &str) -> Station {
        Station::enrol(self, workstation, false).await
    }

    /// Enrols a station whose fingerprint nobody has compared.
    pub async fn enrol_unconfirmed(&self, workstation: &str) -> Station {
        Station::enrol_unconfirmed(&self.server, self, workstation, false).await
    }

    /// Whether somebody new still gets an answer at the door where stations enrol.
    pub async fn enrol_is_possible(&self) -> bool {
        let key = cordwainer_sync::SigningKey::from_seed(&random());
        let asked = ask_to_enrol(&self.server.stations_url(), pin_of(self.store()), "no code", &key).await;
        asked.is_err_and(|(status, _)| status == 401)
    }

    /// Enrols a station that leads the floor.
    pub async fn enrol_floor(&self) -> Station {
        Station::enrol(self, "desk", true).await
    }

    /// Proves that everything stored adds up.
    pub async fn proven(&self) -> Report {
        let report = verify(self.store()).await.unwrap();
        assert!(report.is_ok(), "what is stored must add up: {:#?}", report.problems);
        report
    }

    /// Runs one statement behind the server's back.
    pub async fn tamper(&self, statement: &str) {
        self.try_tamper(statement).await.unwrap();
    }

    /// Tries to run one statement behind the server's back.
    pub async fn try_tamper(&self, statement: &str) -> Result<(), sqlx::Error> {
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        match &self.config.database_url {
            Some(url) => {
                let mut connection = sqlx::PgConnection::connect(url).await?;
                sqlx::raw_sql(statement).execute(&mut connection).await?;
                connection.close().await
            }
            None => {
                let options = SqliteConnectOptions::new()
                    .filename(self.config.data_dir.join("cordwainer.db"))
                    .foreign_keys(false)
                    .busy_timeout(Duration::from_secs(10));
                let mut connection = sqlx::SqliteConnection::connect_with(&options).await?;
                sqlx::raw_sql(statement).execute(&mut connection).await?;
                connection.close().await
            }
        }
    }

    /// Waits until some transaction waits for another's lock.
    pub async fn until_somebody_waits(&self) {
        const ASK: &str = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted";
        let url = self.config.database_url.as_deref().expect("only PostgreSQL tells who waits");
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        let waiting = async {
            while sqlx::query_scalar::<_, i64>(ASK).fetch_one(&mut connection).await.unwrap() == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("nobody ever waited");
    }

    /// A number and bytes of each row, read behind the server's back.
    pub async fn rows(&self, select: &'static str) -> Vec<(i64, Vec<u8>)> {
        match &self.config.database_url {
            Some(url) => {
                let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
                sqlx::query_as(select).fetch_all(&mut connection).await.unwrap()
            }
            None => {
                let file = self.config.data_dir.join("cordwainer.db");
                let options = SqliteConnectOptions::new().filename(file);
                let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
                sqlx::query_as(select).fetch_all(&mut connection).await.unwrap()
            }
        }
    }

    /// What the audit chain says in its entries of a kind, in their order.
    pub async fn notes(&self, kind: &str) -> Vec<Value> {
        let entries = self.rows("SELECT audit_seq, bytes FROM audit ORDER BY audit_seq").await;
        let entries = entries.into_iter().map(|(_, bytes)| serde_json::from_slice::<Value>(&bytes).unwrap());
        entries.filter(|entry| entry["kind"] == kind).map(|mut entry| entry["what"].take()).collect()
    }

    /// Bytes as a literal of the engine.
    pub fn literal(&self, bytes: &[u8]) -> String {
        match self.engine {
            Engine::Sqlite => format!("x'{}'", hex::encode(bytes)),
            Engine::Postgres => format!("'\\x{}'::bytea", hex::encode(bytes)),
        }
    }

    /// Removes the triggers that protect history, as somebody with all rights would.
    pub async fn disarm(&self, table: &str) {
        let statement = match self.engine {
            Engine::Postgres => format!("ALTER TABLE {table} DISABLE TRIGGER USER"),
            Engine::Sqlite => ["refuses_update", "refuses_delete", "follows_head_on_insert", "follows_head_on_update"]
                .map(|trigger| format!("DROP TRIGGER IF EXISTS {table}_{trigger};"))
                .concat(),
        };
        self.tamper(&statement).await;
    }
}

/// Runs one test on both engines: `both_engines!(name, world => { … })`.
macro_rules! both_engines {
    ($name:ident, $world:ident => $body:block) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn story(engine: $crate::world::Engine) {
                #[allow(unused_mut)]
                let mut $world = $crate::world::World::new(engine).await;
                $body
            }

            #[tokio::test]
            async fn on_sqlite() {
                story($crate::world::Engine::Sqlite).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                story($crate::world::Engine::Postgres).await;
            }
        }
    };
}
pub(crate) use both_engines;
