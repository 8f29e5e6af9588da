//! What the screens show: one question, one file. Names are resolved here, so that a screen never looks anything up.

mod board;
mod defects;
mod job_sheet;
mod open_items;
mod pair;
mod picture;
mod print_jobs;
mod queue;
mod rework;
mod set_up;
mod state;

pub(super) use job_sheet::evidence_of;
pub(super) use rework::rework_jobs;
