//! What can be chosen.

pub(super) mod names;
