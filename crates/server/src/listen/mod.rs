//! Listening: sockets, TLS, deadlines and limits, before anything of HTTP is known.
//!
//! Whoever connects has a few seconds for the handshake and as many for the head of a request; an address may hold only so
//! many connections, and whoever shows no certificate only so many of those. So a stranger can neither exhaust the server
//! nor keep stations from it.

mod channels;
mod limits;
mod plain;
mod serve;

pub(crate) use self::channels::Channels;
pub(crate) use self::limits::Limits;
pub(crate) use self::serve::{Listener, serve};
