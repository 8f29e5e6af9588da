//! What a person must look at although no fact contradicts another.

pub(super) mod close;
pub(super) mod list;
