//! `cargo xtask pictures`: the documents' pictures of the real screens, taken anew by playing the scripted shift.

use std::fs;

use crate::{
    Outcome,
    checkout::{Checkout, Profile},
    frontend, run,
    setup::{self, Purpose},
    stage,
};

/// Where the shift leaves its pictures, below `target/demo`.
const TAKEN: &str = "sqlite";
/// (picture of the shift, picture of the documents).
const KEPT: &[(&str, &str)] = &[
    ("3-job-zh-CN-1280x800.png", "job-zh-CN-1280x800.png"),
    ("13-board-en-1280x800.png", "board-en-1280x800.png"),
    ("12-returned-en-1280x800.png", "returned-en-1280x800.png"),
];

/// Builds, plays, and copies what the documents show.
pub fn perform(checkout: &Checkout) -> Outcome {
    stage::perform("system packages", || setup::perform(checkout, Purpose::Shift))?;
    stage::perform("UI packages", || frontend::install(checkout))?;
    stage::perform("UI bundle", || frontend::build(checkout))?;
    stage::perform("app and scripted shift", || checkout.build_programs(Profile::Dev))?;
    stage::perform("scripted shift", || run::play_shift(checkout))?;
    let taken = checkout.output("demo")?.join(TAKEN);
    let pictures = checkout.root.join("docs/pictures");
    for (from, to) in KEPT {
        fs::copy(taken.join(from), pictures.join(to))?;
        println!("docs/pictures/{to}");
    }
    Ok(())
}
