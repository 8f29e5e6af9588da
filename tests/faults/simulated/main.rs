//! Faults in a simulated world: one seed, one run.

mod long_story;
mod protections;
mod seeds;
