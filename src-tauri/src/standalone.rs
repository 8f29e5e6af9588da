//! Standalone: this PC is its own server. The server runs in this process on embedded SQLite, the demo factory is loaded the
//! first time, and this PC enrols with it like any other station would.

use std::path::Path;
use std::sync::Arc;

use cordwainer_protocol::station::Mode;
use cordwainer_server::boot::{BootFault, Config, RunningServer, Server};
use cordwainer_server::demo::{Factory, FactoryFaults, LoadFault, load_demo};
use cordwainer_server::store::StoreFault;
use cordwainer_station::clock::{Clock, SystemClock};
use cordwainer_station::host::{HostFault, HostOptions, Station};
use cordwainer_station::ids::SystemIds;
use cordwainer_station::store::StationStore;
use cordwainer_station::sync::{EnrolFault, enrol};

/// The workstation that a fresh standalone PC stands at; another can be chosen on the set-up screen.
const FIRST_WORKSTATION: &str = "close-1";

/// Why standalone mode does not come up.
#[derive(Debug, thiserror::Error)]
pub enum StandaloneFault {
    /// A folder cannot be made or moved.
    #[error("cannot write {path}: {fault}")]
    Folder {
        /// Which.
        path: String,
        /// What the system says.
        fault: std::io::Error,
    },
    /// The server.
    #[error(transparent)]
    Boot(#[from] BootFault),
    /// The demo factory's files.
    #[error(transparent)]
    Factory(#[from] FactoryFaults),
    /// Filling the database.
    #[error(transparent)]
    Load(#[from] LoadFault),
    /// The server's store.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// Enrolling with ourselves.
    #[error(transparent)]
    Enrol(#[from] EnrolFault),
    /// The station.
    #[error(transparent)]
    Station(#[from] HostFault),
}

/// A server and a station in this process.
pub struct Standalone {
    /// The server.
    pub server: RunningServer,
    /// The station.
    pub station: Station,
}

/// Starts server and station in a folder.
///
/// # Errors
/// [`StandaloneFault`] in words for the person at the PC.
pub async fn open(folder: &Path, listen: &str, mut options: HostOptions) -> Result<Standalone, StandaloneFault> {
    let database = folder.join("server");
    if !database.exists() {
        fill(&folder.join("server.loading"), &database).await?;
    }
    let server = Server::start(Config { listen_stations: listen.to_owned(), ..Config::embedded(&database) }).await?;
    join_ourselves(&server, &options).await?;
    options.mode = Mode::Standalone;
    options.server = Some(own_url(&server));
    let station = Station::open(options, Arc::new(SystemClock), Arc::new(SystemIds)).await?;
    Ok(Standalone { server, station })
}

/// Fills a database aside and moves it into place whole, so that a start that was cut short leaves nothing half loaded.
async fn fill(aside: &Path, place: &Path) -> Result<(), StandaloneFault> {
    let fault = |fault: std::io::Error| StandaloneFault::Folder { path: aside.display().to_string(), fault };
    if aside.exists() {
        std::fs::remove_dir_all(aside).map_err(fault)?;
    }
    std::fs::create_dir_all(aside).map_err(fault)?;
    let store = Config::embedded(aside).open_store().await?;
    let now = store.clock().now();
    load_demo(&store, &Factory::embedded()?, now).await?;
    store.close().await;
    std::fs::rename(aside, place).map_err(fault)
}

/// A PC that has no enrolment yet gets one from its own server.
async fn join_ourselves(server: &RunningServer, options: &HostOptions) -> Result<(), StandaloneFault> {
    let (store, _) = StationStore::open(&options.data_folder, &SystemClock, &SystemIds).map_err(HostFault::from)?;
    if store.outbox.enrolment().map_err(HostFault::from)?.is_none() {
        let code = server.store.make_enrolment_code(FIRST_WORKSTATION, true).await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let own = enrol(&own_url(server), &code.code, &store, &clock, &SystemIds, &options.app_version).await?;
        // Both screens are this one: there is nobody to compare with.
        server.store.confirm_station(own.station_id, &own.signing_key().public().fingerprint()).await?;
    }
    Ok(())
}

/// Where this process reaches its own server, whatever address others use.
fn own_url(server: &RunningServer) -> String {
    format!("https://127.0.0.1:{}", server.stations.port())
}
