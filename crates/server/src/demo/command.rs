//! `cordwainer-server demo …`: load a factory, print its codes.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use cordwainer_domain::code::CodeFault;
use cordwainer_domain::production::WorkOrder;
use cordwainer_labels::LabelError;

use super::codes::codes;
use super::factory::{Factory, Names};
use super::fault::FactoryFaults;
use super::load::{LoadFault, load_demo};
use super::plan::PlanFault;
use super::sheets::{Pins, sheets};
use super::source::Source;
use super::standing::stand;
use crate::clock::{Clock, SystemClock, SystemIds};
use crate::store::{OpenFault, Place, Store, StoreFault};

/// Work with a factory's data files; the demo factory unless `--factory` names a folder.
#[derive(clap::Subcommand, Debug)]
pub enum DemoCommand {
    /// Fill an empty database with a factory and its history; prints a summary as JSON.
    Load {
        #[command(flatten)]
        factory: FactoryArgs,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Print every code as JSON; with a database, the pairs stand as they do there.
    Codes {
        #[command(flatten)]
        factory: FactoryArgs,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// Write A4 sheets of all codes as PDF.
    Sheets {
        #[command(flatten)]
        factory: FactoryArgs,
        /// The file to write.
        #[arg(long, value_name = "FILE.pdf")]
        out: PathBuf,
    },
}

/// Which factory.
#[derive(clap::Args, Debug)]
pub struct FactoryArgs {
    /// A folder of data files; the demo factory inside the program if absent.
    #[arg(long, value_name = "FOLDER")]
    factory: Option<PathBuf>,
}

/// Which database.
#[derive(clap::Args, Debug)]
pub struct PlaceArgs {
    /// The server's data folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// A PostgreSQL server in place of the folder's own database.
    #[arg(long, value_name = "postgres://…", env = "CORDWAINER_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

/// Why a command was not carried out; a line or more for the person who gave it.
#[derive(Debug, thiserror::Error)]
pub enum DemoFault {
    /// The data files do not fit.
    #[error(transparent)]
    Factory(#[from] FactoryFaults),
    /// The factory cannot be played.
    #[error(transparent)]
    Plan(#[from] PlanFault),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenFault),
    /// Nothing was loaded.
    #[error(transparent)]
    Load(#[from] LoadFault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// No database was named.
    #[error("say where to load: --data DIR, or --database-url postgres://…")]
    NoPlace,
    /// The database holds another factory.
    #[error(
        "the database does not hold work order {0} of this factory; name the folder it was loaded from with --factory"
    )]
    OtherFactory(String),
    /// A code cannot be printed.
    #[error("a code cannot be made: {0}")]
    Code(#[from] CodeFault),
    /// The sheets cannot be laid out.
    #[error("the sheets cannot be printed: {0}")]
    Sheets(#[from] LabelError),
    /// The answer cannot be written.
    #[error("{0} cannot be written: {1}")]
    Write(String, std::io::Error),
    /// The answer is no JSON.
    #[error("the answer cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl DemoCommand {
    /// Carries the command out.
    ///
    /// # Errors
    /// [`DemoFault`].
    pub async fn perform(&self) -> Result<(), DemoFault> {
        match self {
            Self::Load { factory, place } => {
                let factory = factory.read()?;
                let store = place.open().await?.ok_or(DemoFault::NoPlace)?;
                let loaded = load_demo(&store, &factory, store.clock().now()).await;
                store.close().await;
                print(&serde_json::to_string(&loaded?)?)
            }
            Self::Codes { factory, place } => {
                let factory = factory.read()?;
                let work_orders = match place.open().await? {
                    Some(store) => {
                        let found = work_orders(&store, &factory).await;
                        store.close().await;
                        found?
                    }
                    None => stand(&factory, SystemClock.now())?,
                };
                print(&serde_json::to_string(&codes(&factory, &work_orders)?)?)
            }
            Self::Sheets { factory, out } => {
                let pins = if factory.factory.is_none() { Pins::Shown } else { Pins::Hidden };
                let factory = factory.read()?;
                let codes = codes(&factory, &stand(&factory, SystemClock.now())?)?;
                let pdf = sheets(&factory, &codes, pins)?;
                std::fs::write(out, pdf).map_err(|fault| DemoFault::Write(out.display().to_string(), fault))
            }
        }
    }
}

impl FactoryArgs {
    fn read(&self) -> Result<Factory, FactoryFaults> {
        Factory::read(&self.factory.clone().map_or(Source::Embedded, Source::Folder))
    }
}

impl PlaceArgs {
    async fn open(&self) -> Result<Option<Store>, OpenFault> {
        let place = match (&self.database_url, &self.data) {
            (Some(url), _) => Place::Postgres(url.clone()),
            (None, Some(folder)) => Place::Folder(folder.clone()),
            (None, None) => return Ok(None),
        };
        Store::open(&place, Arc::new(SystemClock), Arc::new(SystemIds)).await.map(Some)
    }
}

/// The factory's pairs as the database has them.
async fn work_orders(store: &Store, factory: &Factory) -> Result<Vec<WorkOrder>, DemoFault> {
    let names = Names::of(&factory.site.id);
    let mut found = Vec::with_capacity(factory.work_orders.len());
    for order in &factory.work_orders {
        let standing = store.work_order(names.work_order(&order.number)).await?;
        found.push(standing.ok_or_else(|| DemoFault::OtherFactory(order.number.clone()))?);
    }
    Ok(found)
}

fn print(line: &str) -> Result<(), DemoFault> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").map_err(|fault| DemoFault::Write("the answer".into(), fault))
}
