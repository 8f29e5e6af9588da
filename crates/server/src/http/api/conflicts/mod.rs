//! What waits for a supervisor, from the office.

pub(super) mod list;
pub(super) mod resolve;
pub(super) mod show;
