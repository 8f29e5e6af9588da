//! Faults on purpose: what the fault tests are made of.
//!
//! `tests/faults/simulated` runs stations and a server in one process, on disks, clocks and a network that obey a seed: a
//! [`program::Program`] is drawn from it, played in a [`world::World`], and afterwards the [`invariants`] must hold.
//! `tests/faults/real` does the same to real processes.

pub mod chance;
pub mod clock;
pub mod controls;
pub mod disk;
pub mod invariants;
pub mod matrix;
pub mod overtaking;
pub mod program;
pub mod proxy;
pub mod story;
pub mod world;
