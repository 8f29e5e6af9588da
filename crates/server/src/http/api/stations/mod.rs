//! Installations of the app.

pub(super) mod confirm;
pub(super) mod enrol;
pub(super) mod list;
pub(super) mod revoke;
