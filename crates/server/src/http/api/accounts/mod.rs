//! Accounts of the office.

pub(super) mod add;
pub(super) mod change;
pub(super) mod list;
pub(super) mod reset;
