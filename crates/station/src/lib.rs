//! The shop-floor engine: scan → job → sign-off → outbox, on this disk first and on the server when it can be reached.
//!
//! [`store`] keeps what happened, [`sync`] carries it to the server and brings back what became of it.

pub mod clock;
pub mod ids;
pub mod store;
pub mod sync;

#[cfg(test)]
mod fixture;
