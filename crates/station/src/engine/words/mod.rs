//! Names for what is shown: heads of pairs, jobs and workers, and the words of every refusal.

mod heads;
mod refusal;

pub(crate) use heads::Names;
pub(crate) use refusal::{of_authz, of_no_meaning, of_refusal, of_standing};
