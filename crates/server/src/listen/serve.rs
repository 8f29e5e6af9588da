//! The loop that takes connections, and what becomes of each.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use cordwainer_channel::Shown;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::limits::{Connections, Place};
use super::{Limits, plain};
use crate::http::peer::Peer;

/// How long a newcomer may take for the handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a station may be silent: longer than its pauses, so that it keeps its connection.
const PATIENCE_WITH_STATIONS: Duration = Duration::from_secs(75);
/// Largest head of a request.
const HEAD_MAX_BYTES: usize = 64 * 1024;
/// How long requests under way may take to finish when the server stops.
const FAREWELL: Duration = Duration::from_secs(30);
/// A moment without new connections when the system has no more to give.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// A socket with what is spoken on it.
pub(crate) struct Listener {
    /// The socket.
    pub(crate) socket: TcpListener,
    /// TLS; without it, plain HTTP.
    pub(crate) tls: Option<Arc<ServerConfig>>,
    /// How many may come.
    pub(crate) limits: Limits,
    /// What they find.
    pub(crate) router: Router,
}

/// Serves until told to stop, then lets what is under way finish.
pub(crate) async fn serve(listener: Listener, mut stopping: watch::Receiver<bool>) {
    let Listener { socket, tls, limits, router } = listener;
    let connections = Connections::new(limits);
    let farewell = GracefulShutdown::new();
    let full = AtomicBool::new(false);
    let acceptor = tls.map(TlsAcceptor::from);
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            // An error means that the server's owner is gone, which is a stop as well.
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(fault) => {
                tracing::warn!(%fault, "a connection could not be taken");
                tokio::time::sleep(EXHAUSTED).await;
                continue;
            }
        };
        let Some(place) = connections.admit(from.ip()) else {
            if !full.swap(true, Ordering::Relaxed) {
                tracing::warn!(%from, "too many connections; newcomers are turned away until others leave");
            }
            continue;
        };
        full.store(false, Ordering::Relaxed);
        let (acceptor, router, stopping) = (acceptor.clone(), router.clone(), stopping.clone());
        let watcher = farewell.watcher();
        let newcomer = Newcomer { stream, from, place, patience: limits.patience };
        tokio::spawn(async move { welcome(newcomer, acceptor, router, watcher, stopping).await });
    }
    drop(socket);
    if tokio::time::timeout(FAREWELL, farewell.shutdown()).await.is_err() {
        tracing::warn!("requests that did not end were cut off");
    }
}

/// Whoever has just connected.
struct Newcomer {
    stream: TcpStream,
    from: SocketAddr,
    place: Place,
    patience: Duration,
}

/// The handshake, within its time, then the requests.
async fn welcome(
    newcomer: Newcomer,
    acceptor: Option<TlsAcceptor>,
    router: Router,
    watcher: Watcher,
    mut stopping: watch::Receiver<bool>,
) {
    let Newcomer { stream, from, mut place, mut patience } = newcomer;
    // Answers are small and wanted at once. A socket that refuses is slower, not broken.
    let _ = stream.set_nodelay(true);
    let mut peer = Peer { address: from.ip(), tls: acceptor.is_some(), certificate: None };
    let Some(acceptor) = acceptor else {
        return converse(stream, peer, patience, router, watcher, place).await;
    };
    let shaken = tokio::select! {
        shaken = tokio::time::timeout(HANDSHAKE, handshake(stream, &acceptor)) => shaken,
        _ = stopping.wait_for(|stopping| *stopping) => return,
    };
    let stream = match shaken {
        Ok(Ok(Some(stream))) => stream,
        Ok(Ok(None)) => return,
        Ok(Err(fault)) => return tracing::info!(%from, %fault, "no channel was opened"),
        Err(_) => return tracing::info!(%from, "a handshake took too long"),
    };
    let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    peer.certificate = shown.and_then(|certificate| Shown::read(certificate).ok());
    if peer.certificate.is_some() {
        place.known();
        patience = PATIENCE_WITH_STATIONS;
    }
    converse(stream, peer, patience, router, watcher, place).await;
}

async fn handshake(
    stream: TcpStream,
    acceptor: &TlsAcceptor,
) -> std::io::Result<Option<tokio_rustls::server::TlsStream<TcpStream>>> {
    if !plain::is_tls(&stream).await? {
        plain::explain(stream).await?;
        return Ok(None);
    }
    acceptor.accept(stream).await.map(Some)
}

/// Requests and answers until either side has enough.
async fn converse<S>(stream: S, peer: Peer, patience: Duration, router: Router, watcher: Watcher, place: Place)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let answer = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(HEAD_MAX_BYTES)
        .serve_connection(TokioIo::new(stream), answer);
    if let Err(fault) = watcher.watch(connection).await {
        tracing::debug!(%fault, "a connection ended badly");
    }
    drop(place);
}
