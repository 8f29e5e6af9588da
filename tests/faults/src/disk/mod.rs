//! A disk that forgets. What was written and not synced is lost with the power, in whole or in part; writes and syncs fail when
//! a plan says so. SQLite reaches it through [`vfs`], a station's other files through the station's own [`Disk`] trait.
//!
//! A disk knows what a reader sees and what the platter has. A file's bytes reach the platter when the file is synced; its
//! name does when the folder is synced, or, as on the usual journalling file systems, when a new file is.

mod file;
#[cfg(test)]
mod late_closing;
mod plan;
mod platter;
mod station;
pub mod vfs;

pub use file::SimFile;
pub use plan::{Fault, Loss};
pub use platter::{Image, SimDisk};
