//! What is spoken on which listener, and by which certificate.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use cordwainer_channel::{GivenCertificate, Now, OwnCertificate, Serials, browsers_side, stations_side};
use rustls::ServerConfig;

use crate::boot::{BootFault, Config, OfficeChannel};
use crate::clock::random;
use crate::store::Store;

/// TLS on both listeners.
pub(crate) struct Channels {
    /// For browsers; without it they are spoken to in plain HTTP.
    pub(crate) office: Option<Arc<ServerConfig>>,
    /// For stations.
    pub(crate) stations: Arc<ServerConfig>,
}

impl Channels {
    /// Makes the certificate of this process, and reads the one that was given.
    pub(crate) fn prepare(config: &Config, store: &Store, office: SocketAddr) -> Result<Self, BootFault> {
        let clock = config.clock.clone();
        let now: Now = Arc::new(move || clock.now());
        let ids = config.ids.clone();
        let serials: Serials = Arc::new(move || random(ids.as_ref()));
        let authority = store.identity().authority();
        let own = OwnCertificate::begin(Arc::clone(authority), names(config), now.clone(), serials)?;
        let stations = Arc::new(stations_side(authority, own.for_stations(), now)?);
        let office = match &config.office {
            OfficeChannel::Given { certificate, key } => {
                Some(browsers_side(GivenCertificate::read(certificate.clone(), key.clone())?)?)
            }
            OfficeChannel::Usual if office.ip().is_loopback() || !config.trusted_proxies.is_empty() => None,
            OfficeChannel::Usual => Some(browsers_side(own.for_browsers())?),
        };
        Ok(Self { office: office.map(Arc::new), stations })
    }
}

/// What the server's certificate says it is: the names that were given, and those of this machine.
fn names(config: &Config) -> Vec<String> {
    let mut names = config.public_names.clone();
    names.extend(["localhost", "127.0.0.1", "::1"].map(ToOwned::to_owned));
    let bound = [&config.listen, &config.listen_stations];
    names.extend(bound.iter().filter_map(|listen| {
        let host = listen.rsplit_once(':')?.0.trim_matches(['[', ']']);
        let is_everywhere = host.parse::<IpAddr>().is_ok_and(|address| address.is_unspecified());
        (!is_everywhere && !host.is_empty()).then(|| host.to_owned())
    }));
    names.sort();
    names.dedup();
    names
}
