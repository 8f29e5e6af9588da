//! The engine against a small factory: real stores in a folder of their own, a clock that stands still, and no server.

mod bad_input;
pub(crate) mod factory;
mod judging;
mod labels;
mod making;
mod permissions;
mod poison;
mod recording;
mod resolving;
mod scanning;
mod shop;
mod signing_in;
mod views;
