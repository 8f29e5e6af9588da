//! Faults in a simulated world: one seed, one run.

mod long_story;
mod matrix;
mod protections;
mod seeds;
