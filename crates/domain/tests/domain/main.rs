//! What the rules of the domain promise, tried from outside: one binary, one module an area.
#![expect(clippy::unwrap_used, reason = "a test that meets the impossible should stop there")]

mod arrivals;
mod authority;
mod calendars;
mod codes;
mod floor;
mod gs1;
mod judging;
mod making;
mod meanings;
mod programs;
mod releases;
mod resolving;
mod size;
mod travellers;
mod undoing;
