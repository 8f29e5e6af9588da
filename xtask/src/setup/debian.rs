//! The Debian packages: which, what for, and how they get here.

use xshell::{Shell, cmd};

use super::Purpose;
use crate::Outcome;

/// A mirror that fails once often answers a moment later; three tries are enough to tell.
const APT_TRIES: usize = 3;
/// Try a file again, wait for another apt to end, and draw no progress bar into a log.
const APT_OPTIONS: &[&str] =
    &["-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0", "-o", "APT::Color=0"];

struct Package {
    name: &'static str,
    /// Another package that serves as well, where somebody already has it.
    instead: Option<&'static str>,
    /// From which purpose on it is needed.
    from: Purpose,
}

const fn needed(from: Purpose, name: &'static str) -> Package {
    Package { name, instead: None, from }
}

/// Everything beyond Rust and Node. Sorted by purpose, then by what it is for.
const PACKAGES: &[Package] = &[
    // The compiler's linker, and how build scripts find libraries.
    needed(Purpose::Run, "build-essential"),
    needed(Purpose::Run, "pkg-config"),
    // The window, its tray icon and its pictures.
    needed(Purpose::Run, "libwebkit2gtk-4.1-dev"),
    needed(Purpose::Run, "libayatana-appindicator3-dev"),
    needed(Purpose::Run, "librsvg2-dev"),
    // Serial scanners and tones.
    needed(Purpose::Run, "libudev-dev"),
    needed(Purpose::Run, "libasound2-dev"),
    // Video instructions in the window.
    needed(Purpose::Run, "gstreamer1.0-plugins-base"),
    needed(Purpose::Run, "gstreamer1.0-plugins-good"),
    // Chinese on the screen: the small font, unless there is the big one.
    Package { name: "fonts-wqy-microhei", instead: Some("fonts-noto-cjk"), from: Purpose::Run },
    // A display, a window manager and a hand for the window where nobody sits.
    needed(Purpose::Shift, "xvfb"),
    needed(Purpose::Shift, "xauth"),
    needed(Purpose::Shift, "openbox"),
    needed(Purpose::Shift, "webkit2gtk-driver"),
    needed(Purpose::Shift, "xdotool"),
    needed(Purpose::Shift, "x11-utils"),
    needed(Purpose::Shift, "imagemagick"),
    // The second database engine; the tests start a private cluster and leave the system's alone.
    needed(Purpose::Shift, "postgresql"),
    // A network that carries one way only, made of kernel namespaces.
    needed(Purpose::Test, "iproute2"),
    // Scanners as pseudo-terminals; printed labels read back by somebody else's decoder.
    needed(Purpose::Shift, "socat"),
    needed(Purpose::Shift, "zbar-tools"),
    needed(Purpose::Shift, "poppler-utils"),
    needed(Purpose::Test, "dmtx-utils"),
    // The bench of labels asks decoders in a Python of its own.
    needed(Purpose::Test, "python3-venv"),
    // The WebDriver client of the tests is linked with OpenSSL.
    // Tidy asks git which files belong to the project; the UI's screens are also driven in Chromium.
    needed(Purpose::Test, "git"),
    needed(Purpose::Test, "chromium"),
    needed(Purpose::Test, "chromium-driver"),
];

/// Installs what is missing, or says with which command somebody else can.
pub fn install_missing(shell: &Shell, purpose: Purpose) -> Outcome {
    if cmd!(shell, "dpkg-query --version").quiet().ignore_stdout().ignore_stderr().run().is_err() {
        println!("This is no Debian: make sure that the equivalents of these packages are installed:");
        println!("  {}", wanted(purpose).map(|package| package.name).collect::<Vec<_>>().join(" "));
        return Ok(());
    }
    let missing = missing(purpose, &installed(shell, purpose)?);
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing: {}", missing.join(" "));
    let Some(rights) = rights(shell)? else {
        return Err(format!("system packages are missing. Install them with:\n\n  {}\n", command_line(&missing)).into());
    };
    install(shell, &rights, &missing)
}

fn wanted(purpose: Purpose) -> impl Iterator<Item = &'static Package> {
    PACKAGES.iter().filter(move |package| package.from <= purpose)
}

/// The names that dpkg holds as fully installed, among those that matter here.
fn installed(shell: &Shell, purpose: Purpose) -> Outcome<Vec<String>> {
    let names = wanted(purpose).flat_map(|package| [Some(package.name), package.instead]).flatten();
    // dpkg-query ends with 1 as soon as it has never heard of one of them; what it prints is right all the same.
    let format = "${Package} ${db:Status-Status}\\n";
    let answer =
        cmd!(shell, "dpkg-query --show --showformat={format}").args(names).quiet().ignore_status().ignore_stderr();
    Ok(parse_installed(&answer.read()?))
}

fn parse_installed(answer: &str) -> Vec<String> {
    let names = answer.lines().filter_map(|line| line.strip_suffix(" installed"));
    names.map(str::to_owned).collect()
}

fn missing(purpose: Purpose, installed: &[String]) -> Vec<&'static str> {
    let has = |name: &str| installed.iter().any(|known| known == name);
    let lacking = wanted(purpose).filter(|package| !has(package.name) && !package.instead.is_some_and(has));
    lacking.map(|package| package.name).collect()
}

/// What to put before `apt-get`: nothing for root, `sudo -n` where it asks no password; `None` where neither works.
fn rights(shell: &Shell) -> Outcome<Option<Vec<&'static str>>> {
    if cmd!(shell, "id -u").quiet().read()?.trim() == "0" {
        return Ok(Some(Vec::new()));
    }
    let sudo = cmd!(shell, "sudo -n true").quiet().ignore_stdout().ignore_stderr().run();
    Ok(sudo.is_ok().then(|| vec!["sudo", "-n"]))
}

fn install(shell: &Shell, rights: &[&str], missing: &[&str]) -> Outcome {
    // `env` carries the variables through sudo, which drops them otherwise.
    let apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"].into_iter().chain(APT_OPTIONS.iter().copied());
    let call = |arguments: &[&str]| {
        let mut words = rights.iter().copied().chain(apt.clone()).chain(arguments.iter().copied());
        let program = words.next().unwrap_or("env");
        shell.cmd(program).args(words).run()
    };
    let mut last_error = None;
    for attempt in 1..=APT_TRIES {
        let tried = call(&["update"])
            .and_then(|()| call(&[&["install", "--yes", "--no-install-recommends"], missing].concat()));
        match tried {
            Ok(()) => return Ok(()),
            Err(error) => println!("apt-get failed, attempt {attempt} of {APT_TRIES}: {}", last_error.insert(error)),
        }
    }
    let reason = last_error.map(|error| error.to_string()).unwrap_or_default();
    Err(format!("the packages could not be installed ({reason}). By hand:\n\n  {}\n", command_line(missing)).into())
}

fn command_line(missing: &[&str]) -> String {
    format!("sudo apt-get update && sudo apt-get install --yes --no-install-recommends {}", missing.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_installed() -> Vec<String> {
        PACKAGES.iter().map(|package| package.name.to_owned()).collect()
    }

    #[test]
    fn a_removed_package_counts_as_missing() {
        let answer = "xvfb installed\nsocat config-files\nopenbox not-installed\nchromium half-configured\n";
        assert_eq!(parse_installed(answer), ["xvfb"], "only a whole package is installed");
    }

    #[test]
    fn only_what_is_missing_is_asked_for() {
        let mut installed = all_installed();
        assert!(missing(Purpose::Test, &installed).is_empty(), "nothing is missing");
        installed.retain(|name| name != "socat");
        assert_eq!(missing(Purpose::Test, &installed), ["socat"], "one is");
    }

    #[test]
    fn the_big_font_serves_as_well_as_the_small_one() {
        let mut installed = all_installed();
        installed.retain(|name| name != "fonts-wqy-microhei");
        assert_eq!(missing(Purpose::Run, &installed), ["fonts-wqy-microhei"], "some Chinese font is needed");
        installed.push("fonts-noto-cjk".to_owned());
        assert!(missing(Purpose::Run, &installed).is_empty(), "either will do");
    }

    #[test]
    fn opening_the_window_needs_no_database_server() {
        let names: Vec<_> = missing(Purpose::Run, &[]);
        assert!(names.contains(&"libwebkit2gtk-4.1-dev"), "the window needs WebKit");
        assert!(!names.contains(&"postgresql") && !names.contains(&"chromium"), "those are for tests: {names:?}");
        assert!(missing(Purpose::Test, &[]).contains(&"postgresql"), "and the tests do need it");
    }

    #[test]
    fn the_command_for_somebody_else_is_complete() {
        let line = command_line(&["xvfb", "socat"]);
        assert!(line.starts_with("sudo apt-get update && "), "a fresh machine has no package lists: {line}");
        assert!(line.ends_with(" xvfb socat"), "it names what is missing and nothing else: {line}");
    }
}
