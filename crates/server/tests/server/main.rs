//! The server as stations meet it: over HTTP, on both engines.
#![allow(clippy::unwrap_used, reason = "a story that cannot go on should stop at once, saying where")]

mod office;
mod station;
mod world;

mod alarming;
mod auditing;
mod booting;
mod channel;
mod command_line;
mod confirming;
mod crowds;
mod cut_requests;
mod deciding;
mod due;
mod enrolling;
mod judging;
mod keeping;
mod keeping_people;
mod labelling;
mod office_rights;
mod pulling;
mod pushing;
mod refusing;
mod restoring;
mod secrecy;
mod signing_in;
mod snapshots;
mod tracing;
mod versions;
mod watching;
