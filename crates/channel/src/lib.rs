//! The channel between stations and the server: certificates of the factory's own authority, and who believes which.
//!
//! A station is told one thing about its server, the hash of the server's key, in its enrolment code. The server's key
//! vouches for the [`Authority`], the authority for every certificate: a station believes a server whose chain leads to that
//! key ([`Pin`]), and the server believes a station whose certificate the authority signed. Names of machines prove nothing
//! here, because shop servers change theirs; the dates of a certificate are judged by what the server's own clock last said
//! ([`Standing`]), because shop PCs have wrong clocks. Nothing here reads a clock or opens a socket.

mod authority;
mod fault;
mod key;
mod resolve;
mod server_side;
mod shown;
mod station_side;
mod validity;

pub use authority::{Authority, AuthorityFault, AuthorityRecord, SERVER_CERTIFICATE_DAYS, STATION_CERTIFICATE_DAYS};
pub use fault::{ChannelFault, channel_fault};
pub use resolve::{GivenCertificate, GivenFault, OwnCertificate, Serials};
pub use server_side::{browsers_side, stations_side};
pub use shown::{Shown, ShownFault};
pub use station_side::{Identity, Pin, ServerWatch, station_side};
pub use validity::{Standing, Validity};

use chrono::{DateTime, Utc};

/// Where either side gets the time from; passed in, so that a test decides.
pub type Now = std::sync::Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The one provider of cryptography for both ends.
fn provider() -> std::sync::Arc<rustls::crypto::CryptoProvider> {
    std::sync::Arc::new(rustls::crypto::ring::default_provider())
}
