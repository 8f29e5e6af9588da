//! Who may know whom: the dependency rule of docs/ARCHITECTURE.md.

use super::{Finding, members::Member};

/// Which of our crates each may know. A crate that is not listed is told to be: a new edge is a decision.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("planning", &["domain"]),
    ("sync", &["domain"]),
    ("labels", &["domain"]),
    ("fail-points", &[]),
    ("logs", &[]),
    ("protocol", &["domain"]),
    ("channel", &["sync"]),
    ("devices", &["labels"]),
    ("station", &["domain", "sync", "protocol", "channel", "devices", "labels", "logs", "fail-points"]),
    ("server", &["domain", "planning", "sync", "protocol", "channel", "labels", "logs", "fail-points"]),
    ("desktop", &["station", "server", "protocol", "logs"]),
    ("tests", &["domain", "planning", "sync", "channel", "labels", "devices", "protocol", "station", "server"]),
    (
        "faults",
        &["domain", "sync", "channel", "labels", "devices", "protocol", "station", "server", "fail-points", "tests"],
    ),
    ("fuzzed", &["domain", "sync", "protocol", "devices", "labels", "server"]),
];

/// Libraries that are guests in one place: (library, the crates it may be in, why).
const GUESTS: &[(&str, &[&str], &str)] = &[
    ("tauri", &["desktop"], "the framework stays at the door"),
    ("tauri-build", &["desktop"], "the framework stays at the door"),
    ("axum", &["server", "tests", "faults"], "only the server speaks HTTP to others"),
    ("sqlx", &["server", "faults"], "only the server has the server's store"),
    ("rusqlite", &["station", "faults"], "only the station has the station's store"),
    ("libsqlite3-sys", &["faults"], "SQLite's C interface is spoken by the faulty disk alone"),
    ("serialport", &["devices"], "hardware is behind the drivers"),
];

/// The pure middle: the only libraries that each of these may be made with.
const PURE: &[(&str, &[&str])] = &[
    ("domain", &["serde", "serde_json", "chrono", "chrono-tz", "uuid", "rust_decimal", "thiserror", "ts-rs"]),
    ("protocol", &["serde", "serde_json", "chrono", "uuid", "rust_decimal", "thiserror", "ts-rs", "zeroize"]),
    ("planning", &["serde", "serde_json", "chrono", "chrono-tz", "uuid", "rust_decimal", "thiserror", "ts-rs"]),
    (
        "sync",
        &[
            "serde",
            "serde_json",
            "chrono",
            "uuid",
            "thiserror",
            "sha2",
            "hmac",
            "ed25519-dalek",
            "subtle",
            "hex",
            "base64",
        ],
    ),
];

/// Libraries that do IO, for the pure crates whose list above is open (`labels` draws, and may use any that do not).
const IO: &[&str] = &["tokio", "axum", "sqlx", "rusqlite", "reqwest", "serialport", "tauri", "rand", "tracing"];
const PURE_BUT_OPEN: &[&str] = &["labels"];

const OURS: &str = "cordwainer-";

/// Compares what the crates ask for with the lists above.
pub fn check(members: &[Member]) -> Vec<Finding> {
    members.iter().filter(|member| member.name != "xtask").flat_map(check_member).collect()
}

fn check_member(member: &Member) -> Vec<Finding> {
    let short = member.name.strip_prefix(OURS).unwrap_or(&member.name);
    let Some((_, may_know)) = MAY_KNOW.iter().find(|(name, _)| *name == short) else {
        let what = "is not in the dependency rule: decide whom it may know, in docs/ARCHITECTURE.md and here";
        return vec![Finding::new(&member.name, what)];
    };
    let asked = member.needs.iter().chain(member.tested_with.iter().filter(|name| !is_for_tests(name)));
    let (ours, foreign): (Vec<_>, Vec<_>) = asked.map(String::as_str).partition(|name| name.starts_with(OURS));
    // A crate knows itself: that is how its own tests ask for its test-only features.
    let strangers = ours.into_iter().filter(|name| *name != member.name && !may_know.contains(&&name[OURS.len()..]));
    let mut findings: Vec<_> =
        strangers.map(|name| Finding::new(&member.name, format!("may not know {name}"))).collect();
    findings.extend(foreign.into_iter().filter_map(|name| misplaced_guest(short, name)));
    findings.extend(impurities(short, member));
    findings
}

/// A test may host a fake server, whoever is tested against it.
fn is_for_tests(library: &str) -> bool {
    library == "axum"
}

fn misplaced_guest(short: &str, library: &str) -> Option<Finding> {
    let (_, hosts, why) = GUESTS.iter().find(|(name, ..)| *name == library)?;
    let elsewhere = !hosts.contains(&short);
    elsewhere.then(|| Finding::new(short, format!("`{library}` belongs in {} only: {why}", hosts.join(", "))))
}

fn impurities(short: &str, member: &Member) -> Vec<Finding> {
    let listed = PURE.iter().find(|(name, _)| *name == short).map(|(_, allowed)| *allowed);
    let foreign = member.needs.iter().filter(|name| !name.starts_with(OURS));
    let impure = foreign.filter(|name| match listed {
        Some(allowed) => !allowed.contains(&name.as_str()),
        None => PURE_BUT_OPEN.contains(&short) && IO.contains(&name.as_str()),
    });
    impure.map(|name| Finding::new(short, format!("is pure, and may not be made with `{name}`"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, needs: &[&str], tested_with: &[&str]) -> Member {
        let set = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
        Member { name: name.to_owned(), needs: set(needs), tested_with: set(tested_with), ..Member::default() }
    }

    #[test]
    fn edges_that_the_rule_does_not_draw_are_found() {
        let cases = [
            (member("cordwainer-domain", &["cordwainer-protocol"], &[]), "may not know cordwainer-protocol"),
            (member("cordwainer-station", &["tauri"], &[]), "`tauri` belongs in desktop only"),
            (member("cordwainer-station", &["axum"], &[]), "`axum` belongs in server, tests, faults only"),
            (member("cordwainer-sync", &["tokio"], &[]), "may not be made with `tokio`"),
            (member("cordwainer-labels", &["reqwest"], &[]), "may not be made with `reqwest`"),
            (member("cordwainer-gateway", &[], &[]), "not in the dependency rule"),
        ];
        for (member, expected) in cases {
            let findings = check(std::slice::from_ref(&member));
            let hit = findings.iter().any(|finding| finding.what.contains(expected));
            assert!(hit, "{member:?} should give {expected:?}, gave {findings:?}");
        }
    }

    #[test]
    fn the_edges_of_the_rule_are_free() {
        let members = [
            member("cordwainer-domain", &["serde", "chrono"], &["proptest"]),
            member(
                "cordwainer-station",
                &["cordwainer-domain", "cordwainer-devices", "rusqlite", "tokio"],
                &["tempfile"],
            ),
            member("cordwainer-desktop", &["cordwainer-station", "cordwainer-server", "tauri", "tauri-build"], &[]),
            member("xtask", &["clap"], &[]),
        ];
        assert_eq!(check(&members), [], "nothing here is against the rule");
    }
}
