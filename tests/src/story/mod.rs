//! Stories that more than one program tells: the end-to-end tests, `scripted-shift` and the bench.

pub mod desk;
pub mod office;
pub mod report;
pub mod shift;
