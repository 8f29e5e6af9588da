//! Places where work is done.

pub(super) mod add;
pub(super) mod change;
pub(super) mod list;
