//! `cargo xtask run`: from a fresh clone to the open window. Where there is no display, the scripted shift is played
//! through the same window on a display of its own.

use std::{env, ffi::OsString, path::PathBuf};

use xshell::cmd;

use crate::{
    Outcome,
    checkout::{Checkout, Profile},
    frontend,
    setup::{self, Purpose},
    stage,
};

/// What `cargo xtask run` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where the app keeps its data; left out, the app's own default
    #[arg(long)]
    data: Option<PathBuf>,
    /// Further arguments for the app, after `--`
    #[arg(last = true)]
    app: Vec<OsString>,
}

/// Sets up, builds and starts the app.
pub fn perform(checkout: &Checkout, arguments: &Arguments) -> Outcome {
    let display = has_display(env::var_os("DISPLAY"), env::var_os("WAYLAND_DISPLAY"));
    let purpose = if display { Purpose::Run } else { Purpose::Shift };
    stage::perform("system packages", || setup::perform(checkout, purpose))?;
    stage::perform("UI packages", || frontend::install(checkout))?;
    stage::perform("UI bundle", || frontend::build(checkout))?;
    if display {
        stage::perform("app", || checkout.build_products())?;
        open_window(checkout, arguments)
    } else {
        stage::perform("app and scripted shift", || checkout.build_programs(Profile::Dev))?;
        play_shift(checkout, &[])
    }
}

fn open_window(checkout: &Checkout, arguments: &Arguments) -> Outcome {
    let app = checkout.program(Profile::Dev, "cordwainer-desktop")?;
    let data = arguments.data.iter().flat_map(|folder| [OsString::from("--data"), folder.into()]);
    println!("\nOpening the window; close it to stop.");
    Ok(cmd!(checkout.shell, "{app}").args(data).args(&arguments.app).run()?)
}

/// Plays the scripted shift through the real window, on a display of its own, and whatever more is asked of it.
pub fn play_shift(checkout: &Checkout, more: &[&str]) -> Outcome {
    println!("\nPlaying the scripted shift in a window of its own, on a display that nobody sees.");
    let shift = checkout.program(Profile::Dev, "scripted-shift")?;
    let out = checkout.output("demo")?;
    Ok(cmd!(checkout.shell, "{shift} --out {out}").args(more).run()?)
}

/// Whether a window can be opened. Windows and macOS always have a display; elsewhere an empty variable is none.
fn has_display(x11: Option<OsString>, wayland: Option<OsString>) -> bool {
    let named = |value: Option<OsString>| value.is_some_and(|name| !name.is_empty());
    cfg!(any(windows, target_os = "macos")) || named(x11) || named(wayland)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn an_empty_display_variable_is_no_display() {
        let cases =
            [(None, None, false), (Some(""), None, false), (Some(":0"), None, true), (None, Some("wayland-0"), true)];
        for (x11, wayland, expected) in cases {
            let found = has_display(x11.map(OsString::from), wayland.map(OsString::from));
            assert_eq!(found, expected, "DISPLAY={x11:?} WAYLAND_DISPLAY={wayland:?}");
        }
    }
}
