//! The real window under a display of its own: stories that only a person at the screen can tell.

mod bad_input;
mod devices;
mod harness;
mod labels;
mod office;
mod shift;
mod standalone;
