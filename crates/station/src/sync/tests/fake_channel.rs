//! The fake server's end of the TLS channel.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cordwainer_channel::{Authority, Now, OwnCertificate, stations_side};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::fixture;

/// The server's end of the channel; who fails to open it is not served.
pub(super) struct Channel {
    pub socket: TcpListener,
    pub acceptor: TlsAcceptor,
    pub opened: Arc<AtomicUsize>,
}

pub(super) fn acceptor(authority: Arc<Authority>) -> TlsAcceptor {
    let now: Now = Arc::new(fixture::beginning);
    let names = vec!["localhost".to_owned()];
    let own = OwnCertificate::begin(Arc::clone(&authority), names, Arc::clone(&now), Arc::new(|| [2; 16]));
    let config = stations_side(&authority, own.expect("issued").for_stations(), now).expect("a channel");
    TlsAcceptor::from(Arc::new(config))
}

impl axum::serve::Listener for Channel {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, from)) = self.socket.accept().await else { continue };
            if let Ok(stream) = self.acceptor.accept(stream).await {
                self.opened.fetch_add(1, Ordering::SeqCst);
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.socket.local_addr()
    }
}
