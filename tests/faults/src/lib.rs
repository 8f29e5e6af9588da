//! Faults on purpose: what the fault tests are made of.
//!
//! `tests/faults/simulated` runs stations and a server in one process, on disks, clocks and a network that obey a seed.
//! `tests/faults/real` does the same to real processes.

pub mod chance;
pub mod disk;
pub mod proxy;
