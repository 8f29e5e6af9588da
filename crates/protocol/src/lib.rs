//! What crosses a wire: types and codes, no behaviour.
//!
//! [`sync`] is spoken between stations and the server, [`office`] between the office's screens and the server, [`station`]
//! between the screens and the station engine (the same over Tauri and over HTTP in tests). Codes cross the wire, words live in the catalogues of the UI. The TypeScript under
//! `ui/src/lib/protocol` is generated from here by `cargo xtask codegen`.

pub mod label;
mod message;
pub mod office;
mod secret;
pub mod station;
pub mod sync;

pub use label::LabelKind;
pub use message::{Message, MessageCode, Param};
pub use secret::Secret;

/// Version of the sync protocol that this program speaks.
pub const PROTOCOL: u32 = 3;
