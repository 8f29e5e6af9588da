//! The server of the world: the real one, on a simulated disk, without a line of its own.

use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use cordwainer_server::boot::Server;
use cordwainer_server::store::{Place, Store};
use cordwainer_station::sync::{WireReply, WireRequest};
use tokio::sync::watch;
use tower::ServiceExt;

use super::locked;
use crate::chance::SeededIds;
use crate::clock::WorldClock;
use crate::disk::{Image, Loss, SimDisk, vfs};

const FILE: &str = "cordwainer.db";
const LONGEST_BYTES: usize = 64 * 1024 * 1024;

/// The server, running or not.
pub struct SimServer {
    disk: SimDisk,
    /// A PostgreSQL server to use instead of the disk: for what only many writers at once can show.
    postgres: Option<String>,
    clock: Arc<WorldClock>,
    ids: Arc<SeededIds>,
    running: Mutex<Option<Running>>,
}

struct Running {
    store: Store,
    doors: axum::Router,
    _open: watch::Sender<bool>,
}

impl SimServer {
    /// A server that has not been started.
    pub fn new(image: &Image, clock: &Arc<WorldClock>, seed: u64) -> Self {
        Self {
            disk: SimDisk::of(image),
            postgres: None,
            clock: Arc::clone(clock),
            ids: Arc::new(SeededIds::new(seed)),
            running: Mutex::new(None),
        }
    }

    /// The same on a PostgreSQL database.
    #[must_use]
    pub fn on_postgres(self, url: &str) -> Self {
        Self { postgres: Some(url.to_owned()), ..self }
    }

    /// Its disk.
    pub fn disk(&self) -> &SimDisk {
        &self.disk
    }

    /// Its memory, while it runs.
    pub fn store(&self) -> Option<Store> {
        locked(&self.running).as_ref().map(|running| running.store.clone())
    }

    /// Starts it, if it does not run.
    ///
    /// # Errors
    /// What the server says.
    pub async fn start(&self) -> Result<(), String> {
        if self.store().is_some() {
            return Ok(());
        }
        if self.disk.is_off() {
            self.disk.cut_power(Loss::All);
        }
        let file = self.disk.folder().join(FILE);
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.ids));
        let opened = match &self.postgres {
            Some(url) => Store::open(&Place::Postgres(url.clone()), clock, ids).await,
            None => Store::open_on_vfs(vfs::name(), &file, clock, ids).await,
        };
        let store = opened.map_err(|fault| fault.to_string())?;
        let (doors, open) = Server::doors(&store).await.map_err(|fault| fault.to_string())?;
        *locked(&self.running) = Some(Running { store, doors, _open: open });
        Ok(())
    }

    /// Stops it in order.
    pub async fn stop(&self) {
        let running = locked(&self.running).take();
        if let Some(running) = running {
            running.store.close().await;
        }
    }

    /// Ends it in the middle of whatever it does, with the power of its machine.
    pub fn crash(&self, loss: Loss) {
        self.disk.cut_power(loss);
        drop(locked(&self.running).take());
    }

    /// Carries a request to its doors. None when it does not run, or when its power went before it answered.
    pub async fn call(&self, request: &WireRequest) -> Option<WireReply> {
        let doors = locked(&self.running).as_ref().map(|running| running.doors.clone())?;
        let mut built = Request::builder().method(request.method.as_str()).uri(&request.path_and_query);
        for (name, value) in &request.headers {
            built = built.header(*name, value);
        }
        let request = built.header("content-type", "application/json").body(Body::from(request.body.clone())).ok()?;
        let Ok(response) = doors.oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, LONGEST_BYTES).await.ok()?;
        if self.disk.is_off() {
            drop(locked(&self.running).take());
            return None;
        }
        Some(WireReply::whole(parts.status, parts.headers, body.to_vec()))
    }
}
