//! Where a request comes from, and whether anybody on the way could read it.
//!
//! A listener says what it knows as [`Peer`]. Behind a terminating proxy the proxy's headers say more; they are believed only
//! from the addresses that the configuration names, because anybody can write such a header.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::HOST;
use cordwainer_channel::Shown;

/// The other end of a connection, as the listener knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    /// Whether the listener itself speaks TLS.
    pub(crate) tls: bool,
    /// The certificate that a station has shown, of our authority, whatever its dates.
    pub(crate) certificate: Option<Shown>,
}

/// A request's way here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Origin {
    /// Who asks.
    pub(crate) address: IpAddr,
    /// Whether the browser speaks TLS.
    pub(crate) tls: bool,
    /// `host:port` as the browser knows us.
    pub(crate) host: String,
}

impl Origin {
    /// Reads a request's way from the connection and, if a trusted proxy wrote them, the proxy's headers.
    pub(crate) fn of(peer: Peer, headers: &HeaderMap, trusted: &[IpAddr]) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let host = text(HOST.as_str()).unwrap_or_default().to_owned();
        if !trusted.contains(&peer.address) {
            return Self { address: peer.address, tls: peer.tls, host };
        }
        // The list grows to the right; what stands left of the last untrusted hop was written by whoever asks.
        let hops = text("x-forwarded-for").unwrap_or_default().split(',').rev();
        let mut hops = hops.map_while(|hop| hop.trim().parse::<IpAddr>().ok());
        let address = hops.find(|hop| !trusted.contains(hop)).unwrap_or(peer.address);
        let tls = text("x-forwarded-proto").map_or(peer.tls, |scheme| scheme == "https");
        let host = text("x-forwarded-host").map_or(host, str::to_owned);
        Self { address, tls, host }
    }

    /// Whether nobody on the way can read along: TLS, or a connection within this machine.
    pub(crate) fn is_private(&self) -> bool {
        self.tls || (self.address.is_loopback() && self.is_local_name())
    }

    fn is_local_name(&self) -> bool {
        let name = self.host.rsplit_once(':').map_or(self.host.as_str(), |(name, _)| name);
        name == "localhost" || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// What a browser writes into `Origin` for our own pages.
    pub(crate) fn own(&self) -> String {
        format!("{}://{}", if self.tls { "https" } else { "http" }, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, Peer};
    use axum::http::HeaderMap;
    use std::net::IpAddr;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_strangers_forwarding_headers_are_not_believed() {
        let forged = headers(&[
            ("host", "office.works"),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "localhost"),
        ]);
        let origin =
            Origin::of(Peer { address: ip("192.0.2.7"), tls: false, certificate: None }, &forged, &[ip("192.0.2.1")]);
        assert_eq!((origin.address, origin.tls), (ip("192.0.2.7"), false), "the connection is what counts");
        assert!(!origin.is_private(), "and it is an open one");
        assert_eq!(origin.own(), "http://office.works", "under its own name");
    }

    #[test]
    fn a_trusted_proxy_says_who_asks_and_its_own_hops_are_left_out() {
        let said = headers(&[
            ("host", "10.0.0.5:7700"),
            ("x-forwarded-for", "203.0.113.9, 198.51.100.4, 10.0.0.2"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "office.works"),
        ]);
        let proxies = [ip("10.0.0.1"), ip("10.0.0.2")];
        let origin = Origin::of(Peer { address: ip("10.0.0.1"), tls: false, certificate: None }, &said, &proxies);
        assert_eq!(
            origin.address,
            ip("198.51.100.4"),
            "the last hop that nobody vouches for; what is left of it is hearsay"
        );
        assert_eq!((origin.own().as_str(), origin.is_private()), ("https://office.works", true), "over TLS");
    }

    #[test]
    fn within_this_machine_no_tls_is_needed() {
        for (peer, host, expected) in [
            ("127.0.0.1", "127.0.0.1:7700", true),
            ("127.0.0.1", "localhost:7700", true),
            ("::1", "[::1]:7700", true),
            ("127.0.0.1", "office.works", false),
            ("192.0.2.7", "localhost", false),
        ] {
            let address = ip(peer);
            let origin = Origin { address, tls: false, host: host.to_owned() };
            assert_eq!(origin.is_private(), expected, "{peer} asks for {host}");
        }
    }
}
