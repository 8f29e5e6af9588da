//! Workers of the floor.

pub(super) mod add;
pub(super) mod change;
pub(super) mod issue_badge;
pub(super) mod issue_pin;
pub(super) mod list;
