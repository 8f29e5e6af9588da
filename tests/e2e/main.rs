//! The real window under a display of its own.

mod harness;
