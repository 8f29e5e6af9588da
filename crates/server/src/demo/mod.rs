//! A factory from data files: read, checked, and played until every pair stands where the data say.
//!
//! ```text
//! folder ─ source ─> read ─ check ─> Factory ─ plan ─> actions in the order in which they happened ─ load ─> store
//! ```
//!
//! All but `load` and `source` is pure. To add a file to the folder: a field of [`Factory`], a line in `read`, its rules in
//! `check`, a broken sample in the table of faults, and a row in the folder's README.

#[cfg(test)]
mod broken_folders;
mod check;
mod check_operations;
mod check_orders;
mod codes;
mod entry;
mod factory;
mod fault;
mod load;
#[cfg(test)]
mod loaded;
mod pictures;
mod pins;
mod plan;
#[cfg(test)]
mod played;
mod read;
mod release;
mod routing;
mod schedule;
mod sheets;
mod source;
mod standing;
mod story;

pub use codes::{Codes, codes};
pub use factory::{At, CommandCard, Factory, Names, Person, Picture, StatedFailure, StatedOrder};
pub use fault::{FactoryFault, FactoryFaults};
pub use load::{LoadFault, Loaded, load_demo};
pub use plan::{PlanFault, Play, PlayedAction, Release, plan};
pub use sheets::{Pins, sheets};
pub use source::Source;
pub use standing::stand;
