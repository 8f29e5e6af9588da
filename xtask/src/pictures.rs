//! `cargo xtask pictures`: the documents' pictures of the real screens, taken anew by playing the scripted shift and the
//! office's first day.

use std::fs;

use crate::{
    Outcome,
    checkout::{Checkout, Profile},
    frontend, run,
    setup::{self, Purpose},
    stage,
};

/// Where the documents have them.
pub const FOLDER: &str = "docs/pictures";
/// Every picture is kept in each of these: a guide shows the screens of its own language.
pub const LANGUAGES: [&str; 2] = ["zh-CN", "en"];
/// The size that documents show: a workstation's small panel.
const SIZE: &str = "1280x800";

/// A picture that the documents keep.
pub struct Kept {
    /// The folder below `target/demo`: the shift on the embedded database, or the office.
    taken_in: &'static str,
    /// What the story calls the screen.
    taken: &'static str,
    /// What the documents call it.
    pub name: &'static str,
}

const fn shift(taken: &'static str, name: &'static str) -> Kept {
    Kept { taken_in: "sqlite", taken, name }
}

const fn office(name: &'static str) -> Kept {
    Kept { taken_in: "office", taken: name, name }
}

/// In the order of the guides.
pub const KEPT: &[Kept] = &[
    shift("1-badge-please", "badge"),
    shift("2-queue", "queue"),
    shift("3-job", "job"),
    shift("11-rework", "rework"),
    shift("6-without-a-server", "offline"),
    shift("7-inspection", "inspection"),
    shift("8-outline", "outline"),
    shift("10-decision", "decision"),
    shift("12-returned", "returned"),
    shift("13-board", "board"),
    shift("16-late", "late"),
    shift("14-find-begun", "pair"),
    shift("17-open-items", "open-items"),
    shift("18-open-item", "open-item"),
    office("office-second-factor"),
    office("office-workers"),
    office("office-stations"),
    office("office-confirm"),
    office("office-label"),
    office("office-alarms"),
];

/// Builds, plays, and copies what the documents show.
pub fn perform(checkout: &Checkout) -> Outcome {
    stage::perform("system packages", || setup::perform(checkout, Purpose::Test))?;
    stage::perform("UI packages", || frontend::install(checkout))?;
    stage::perform("UI bundle", || frontend::build(checkout))?;
    stage::perform("app and scripted shift", || checkout.build_programs(Profile::Dev))?;
    stage::perform("scripted shift and office", || run::play_shift(checkout, &["--office"]))?;
    let taken = checkout.output("demo")?;
    let pictures = checkout.root.join(FOLDER);
    for kept in KEPT {
        for language in LANGUAGES {
            let to = file_name(kept.name, language);
            fs::copy(taken.join(kept.taken_in).join(file_name(kept.taken, language)), pictures.join(&to))?;
            println!("{FOLDER}/{to}");
        }
    }
    Ok(())
}

/// The file of a screen in a language, as the stories name it, too.
pub fn file_name(screen: &str, language: &str) -> String {
    format!("{screen}-{language}-{SIZE}.png")
}
