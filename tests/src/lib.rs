//! The harness of the stories: real processes, a real window on a display of its own, a real socket and a real pty.
//!
//! Every part is a value that ends what it started when it is dropped, also while a test panics. The calls block, and a
//! story reads from top to bottom like the shift it tells; all waiting goes through [`wait::until`], which names what it
//! waits for and has a bound. What is not as it must be panics, with what was seen instead.
//!
//! To add a story: without a window a file in `stories/`, with a window one in `e2e/`, and a `mod` line in its `main.rs`.

pub mod desktop;
pub mod display;
pub mod factory;
pub mod label;
pub mod office;
pub mod port;
pub mod postgres;
pub mod printer;
pub mod process;
pub mod programs;
pub mod scanner;
pub mod screens;
pub mod server;
pub mod station;
pub mod story;
pub mod wait;
pub mod window;
