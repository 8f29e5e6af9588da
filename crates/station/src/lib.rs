//! The shop-floor engine: scan → job → sign-off → outbox, on this disk first and on the server when it can be reached.
//!
//! [`store`] keeps what happened, [`sync`] carries it to the server and brings back what became of it. [`engine`] answers every
//! scan and press, [`devices`] ties scanners and the printer to it, and [`host`] makes one running station of them all.
//! [`support`] writes what helps somebody far away.

pub mod clock;
pub mod devices;
pub mod engine;
pub mod handover;
pub mod host;
pub mod ids;
pub mod store;
pub mod support;
pub mod sync;

#[cfg(test)]
mod fixture;
