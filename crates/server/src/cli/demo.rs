//! `demo`: load a factory from its data files, print its codes. Without `--factory` it is the demo that the program carries.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use cordwainer_domain::production::WorkOrder;
use cordwainer_server::clock::{Clock, SystemClock};
use cordwainer_server::demo::{Factory, FactoryFaults, Names, Pins, Source, codes, load_demo, sheets, stand};
use cordwainer_server::store::Store;

use super::{Database, Fault, answer};

/// `demo`.
#[derive(Args, Debug)]
pub struct Demo {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Fill an empty database with a factory and its history.
    Load {
        #[command(flatten)]
        folder: Folder,
        #[command(flatten)]
        database: Database,
    },
    /// Print every code; with a database, the pairs stand as they do there.
    Codes {
        #[command(flatten)]
        folder: Folder,
        /// Folder of the embedded database.
        #[arg(long, value_name = "DIR", env = "CORDWAINER_DATA")]
        data: Option<PathBuf>,
        /// A PostgreSQL server to use instead of the embedded database.
        #[arg(long, value_name = "URL", env = "CORDWAINER_DATABASE_URL", hide_env_values = true)]
        database_url: Option<String>,
    },
    /// Write A4 sheets of every code that a hand can present.
    Sheets {
        #[command(flatten)]
        folder: Folder,
        /// The file to write.
        #[arg(long, value_name = "FILE.pdf")]
        out: PathBuf,
    },
}

/// Which factory.
#[derive(Args, Debug)]
struct Folder {
    /// Folder of the data files.
    #[arg(long, value_name = "FOLDER")]
    factory: Option<PathBuf>,
}

impl Demo {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Load { folder, database } => load(&folder.read()?, &database).await?,
            Verb::Codes { folder, data, database_url } => {
                let factory = folder.read()?;
                let work_orders = match (data, database_url) {
                    (None, None) => stand(&factory, SystemClock.now())?,
                    (data, database_url) => {
                        let database = Database { data: data.unwrap_or_default(), database_url };
                        stored(&factory, &database).await?
                    }
                };
                answer(&codes(&factory, &work_orders)?)?;
            }
            Verb::Sheets { folder, out } => {
                let factory = folder.read()?;
                // Whoever finds a sheet of a real factory must not be able to sign with it.
                let pins = if folder.factory.is_none() { Pins::Shown } else { Pins::Hidden };
                let codes = codes(&factory, &stand(&factory, SystemClock.now())?)?;
                let pdf = sheets(&factory, &codes, pins)?;
                std::fs::write(&out, pdf).map_err(|fault| format!("cannot write {}: {fault}", out.display()))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Folder {
    fn read(&self) -> Result<Factory, FactoryFaults> {
        Factory::read(&self.factory.clone().map_or(Source::Embedded, Source::Folder))
    }
}

async fn load(factory: &Factory, database: &Database) -> Result<(), Fault> {
    let store = database.config().open_store().await?;
    let loaded = load_demo(&store, factory, store.clock().now()).await;
    store.close().await;
    answer(&loaded?)
}

/// The factory's pairs as the database has them.
async fn stored(factory: &Factory, database: &Database) -> Result<Vec<WorkOrder>, Fault> {
    let store = database.config().open_store().await?;
    let found = find(factory, &store).await;
    store.close().await;
    found
}

async fn find(factory: &Factory, store: &Store) -> Result<Vec<WorkOrder>, Fault> {
    let names = Names::of(&factory.site.id);
    let mut found = Vec::with_capacity(factory.work_orders.len());
    for order in &factory.work_orders {
        let standing = store.work_order(names.work_order(&order.number)).await?;
        let other = "of this factory; load it first, or name its folder with --factory";
        found.push(standing.ok_or_else(|| format!("the database does not hold {} {other}", order.number))?);
    }
    Ok(found)
}
