//! Starting and stopping the server: open the store, take up what waits, listen.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cordwainer_channel::{AuthorityFault, GivenFault};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::{Clock, IdSource, SystemClock, SystemIds};
pub use crate::http::MetricsDoor;
use crate::http::{self, App, OfficeDoor};
use crate::jobs;
use crate::listen::{Channels, Limits, Listener, serve};
use crate::metrics::Durations;
use crate::store::{OpenFault, Place, Store, StoreFault};

/// How often a checkpoint of the audit chain is stored, if something changed.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(60);

/// What a server needs to know before it starts.
#[derive(Clone)]
pub struct Config {
    /// Folder of the embedded database; also of anything else that is kept as files.
    pub data_dir: PathBuf,
    /// A PostgreSQL server to use instead of the embedded database.
    pub database_url: Option<String>,
    /// `host:port` for browsers; port 0 lets the system choose.
    pub listen: String,
    /// `host:port` for stations.
    pub listen_stations: String,
    /// How browsers are spoken to.
    pub office: OfficeChannel,
    /// Host names and addresses under which this server is reached, for its certificate.
    pub public_names: Vec<String>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of identifiers.
    pub ids: Arc<dyn IdSource>,
    /// Folder of the built screens, to be served at `/`.
    pub ui_dir: Option<PathBuf>,
    /// Proxies in front of this server, whose word on who asks is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Where figures for a monitoring system are told, if anywhere.
    pub metrics: Option<MetricsDoor>,
}

/// How the office's listener speaks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum OfficeChannel {
    /// Plain HTTP on this machine's own addresses and to trusted proxies, TLS with a certificate of the factory's own
    /// authority on all others.
    #[default]
    Usual,
    /// TLS with a certificate that was given.
    Given {
        /// PEM file with the chain.
        certificate: PathBuf,
        /// PEM file with the key.
        key: PathBuf,
    },
}

impl Config {
    /// A server on the embedded database of a folder, with the machine's clock, on a port of the system's choice.
    pub fn embedded(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            database_url: None,
            listen: "127.0.0.1:0".to_owned(),
            listen_stations: "127.0.0.1:0".to_owned(),
            office: OfficeChannel::default(),
            public_names: Vec::new(),
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            ui_dir: None,
            trusted_proxies: Vec::new(),
            metrics: None,
        }
    }

    /// Where the database is.
    pub fn place(&self) -> Place {
        self.database_url
            .as_ref()
            .map_or_else(|| Place::Folder(self.data_dir.clone()), |url| Place::Postgres(url.clone()))
    }

    /// Opens the database without listening, for tools that run beside the server.
    ///
    /// # Errors
    /// [`BootFault`] in words for the person who started it.
    pub async fn open_store(&self) -> Result<Store, BootFault> {
        Ok(Store::open(&self.place(), self.clock.clone(), self.ids.clone()).await?)
    }
}

/// Why the server does not start, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum BootFault {
    /// The database.
    #[error(transparent)]
    Open(#[from] OpenFault),
    /// The port is taken.
    #[error("{listen} is taken by another program; stop it, or choose another port with {option}")]
    PortTaken {
        /// Which listener.
        option: &'static str,
        /// The address.
        listen: String,
    },
    /// The address cannot be used.
    #[error("cannot listen on {listen}: {detail}. Give {option} an address of this machine, such as 0.0.0.0:7700")]
    Listen {
        /// Which listener.
        option: &'static str,
        /// The address.
        listen: String,
        /// What the system says.
        detail: String,
    },
    /// The figures would be told to strangers.
    #[error("figures at {0} would be told to every machine; set CORDWAINER_METRICS_TOKEN, or listen on 127.0.0.1")]
    OpenMetrics(SocketAddr),
    /// The certificate that was given.
    #[error("{0}. Check --tls-cert and --tls-key")]
    Given(#[from] GivenFault),
    /// A certificate of the factory's own authority cannot be made.
    #[error("{0}. Check --public-name")]
    Authority(#[from] AuthorityFault),
    /// What waits could not be taken up.
    #[error("the stored actions cannot be read: {0}")]
    Store(#[from] StoreFault),
}

/// A server that runs.
#[derive(Debug)]
pub struct RunningServer {
    /// Where it listens for browsers.
    pub address: SocketAddr,
    /// Where it listens for stations.
    pub stations: SocketAddr,
    /// Where it tells its figures.
    pub metrics: Option<SocketAddr>,
    /// Its memory.
    pub store: Store,
    office_speaks_tls: bool,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// The door to a server in the same process.
pub struct Server;

impl Server {
    /// Starts a server; it runs until [`RunningServer::shutdown`].
    ///
    /// # Errors
    /// [`BootFault`] in words for the person who started it.
    pub async fn start(config: Config) -> Result<RunningServer, BootFault> {
        let store = config.open_store().await?;
        take_up(&store).await?;
        let (office, address) = bind("--listen", &config.listen).await?;
        let (stations, stations_address) = bind("--listen-stations", &config.listen_stations).await?;
        let channels = Channels::prepare(&config, &store, address)?;
        let office_speaks_tls = channels.office.is_some();
        let (stop, stopping) = watch::channel(false);
        let office_door = OfficeDoor::new(&config.trusted_proxies);
        let durations = Arc::new(Durations::default());
        let metrics = open_metrics(&config, &store, &durations, &stopping).await?;
        let app = App {
            store: store.clone(),
            durations,
            stopping: stopping.clone(),
            strangers: Arc::default(),
            office: office_door,
        };
        let office = Listener {
            socket: office,
            tls: channels.office,
            limits: if config.trusted_proxies.is_empty() { Limits::OFFICE } else { Limits::BEHIND_PROXY },
            router: http::office(app.clone(), config.ui_dir.as_deref()),
        };
        let stations = Listener {
            socket: stations,
            tls: Some(channels.stations),
            limits: Limits::STATIONS,
            router: http::stations(app),
        };
        let tasks = vec![
            tokio::spawn(jobs::keep_doing(store.clone(), stopping.clone())),
            tokio::spawn(jobs::listen_to_other_processes(store.clone(), stopping.clone())),
            tokio::spawn(keep_checkpoints(store.clone(), stopping.clone())),
            tokio::spawn(serve(office, stopping.clone())),
            tokio::spawn(serve(stations, stopping)),
        ];
        Ok(RunningServer { address, stations: stations_address, metrics, store, office_speaks_tls, stop, tasks })
    }

    /// The doors of a server to which no line leads: a request is handed in, its answer handed out. For the fault tests, whose
    /// network is not the machine's. The doors are open as long as the sender lives.
    ///
    /// # Errors
    /// As [`Self::start`], but for the line.
    #[cfg(feature = "test-support")]
    pub async fn doors(store: &Store) -> Result<(axum::Router, watch::Sender<bool>), BootFault> {
        take_up(store).await?;
        let (stop, stopping) = watch::channel(false);
        let office = OfficeDoor::new(&[]);
        let app = App { store: store.clone(), durations: Arc::default(), stopping, strangers: Arc::default(), office };
        Ok((http::stations_without_a_line(app), stop))
    }
}

/// Takes up again what waits in every site.
async fn take_up(store: &Store) -> Result<(), StoreFault> {
    for site in store.sites().await? {
        store.rejudge(&site).await?;
    }
    Ok(())
}

impl RunningServer {
    /// Where browsers find it.
    pub fn url(&self) -> String {
        format!("{}://{}", if self.office_speaks_tls { "https" } else { "http" }, self.address)
    }

    /// Where stations find it.
    pub fn stations_url(&self) -> String {
        format!("https://{}", self.stations)
    }

    /// Lets requests under way finish, then closes the database.
    pub async fn shutdown(self) {
        // The receivers live in the tasks; a task that ended by itself needs no telling.
        let _ = self.stop.send(true);
        for task in self.tasks {
            if let Err(died) = task.await {
                tracing::error!(%died, "a part of the server did not end by itself");
            }
        }
        self.store.close().await;
    }
}

/// Stores a checkpoint of every chain each minute in which something changed, and a last one when the server stops. Of
/// several servers on one database the first one does it, and the others find nothing to do.
async fn keep_checkpoints(store: Store, mut stopping: watch::Receiver<bool>) {
    let mut minutes = tokio::time::interval(CHECKPOINT_EVERY);
    let mut stopped = false;
    while !stopped {
        stopped = tokio::select! {
            _ = minutes.tick() => false,
            // An error means that the server's owner is gone, which is a stop as well.
            _ = stopping.wait_for(|stopping| *stopping) => true,
        };
        if let Err(fault) = store.make_checkpoints().await {
            tracing::error!(%fault, "no checkpoint could be stored");
        }
    }
}

/// Opens the door for figures, if there is to be one. Answers where it listens.
async fn open_metrics(
    config: &Config,
    store: &Store,
    durations: &Arc<Durations>,
    stopping: &watch::Receiver<bool>,
) -> Result<Option<SocketAddr>, BootFault> {
    let Some(door) = &config.metrics else { return Ok(None) };
    let (socket, address) = bind("--metrics-listen", &door.listen).await?;
    if !door.may_open(address) {
        return Err(BootFault::OpenMetrics(address));
    }
    let router = http::metrics_router(store.clone(), durations.clone(), door.token.clone());
    let listener = Listener { socket, tls: None, limits: Limits::OFFICE, router };
    tokio::spawn(serve(listener, stopping.clone()));
    Ok(Some(address))
}

async fn bind(option: &'static str, listen: &str) -> Result<(TcpListener, SocketAddr), BootFault> {
    let fault = |fault: std::io::Error| match fault.kind() {
        std::io::ErrorKind::AddrInUse => BootFault::PortTaken { option, listen: listen.to_owned() },
        _ => BootFault::Listen { option, listen: listen.to_owned(), detail: fault.to_string() },
    };
    let socket = TcpListener::bind(listen).await.map_err(fault)?;
    let address = socket.local_addr().map_err(fault)?;
    Ok((socket, address))
}
