//! A list of ports that may be a moment old, for those who only look whether their device has come.
//!
//! Asking the system for all ports takes milliseconds, and each port that is away looks every second: a few of them would cost
//! more than a hundredth of a core. So the list is shared, and on Linux it is not asked for again while `/dev`, where a new
//! port must appear, is as it was.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::listing::ListedPort;

/// Looks that are closer together share one list.
const SHARED_FOR: Duration = Duration::from_millis(900);
/// udev learns what a device is some time after its node has appeared. Until then lists are not to be relied on.
const SETTLES_AFTER: Duration = Duration::from_secs(3);

/// A list, and what is known about when it was taken.
#[derive(Debug)]
struct Glance {
    /// When a node was last added or removed; `None` where that cannot be seen.
    nodes_changed: Option<SystemTime>,
    /// When that change was first noticed.
    noticed: Instant,
    taken: Instant,
    ports: Vec<ListedPort>,
}

impl Glance {
    /// Whether a list that was taken now would say the same.
    fn still_holds(&self, nodes_changed: Option<SystemTime>, now: Instant) -> bool {
        let settled = nodes_changed.is_some() && self.taken.duration_since(self.noticed) >= SETTLES_AFTER;
        self.nodes_changed == nodes_changed && (settled || now.duration_since(self.taken) < SHARED_FOR)
    }
}

/// What was seen last. All ports that are away share one.
#[derive(Debug)]
pub(super) struct LastGlance(Mutex<Option<Glance>>);

impl LastGlance {
    pub(super) const fn none() -> Self {
        Self(Mutex::new(None))
    }

    /// The list as it was a moment ago, or a new one by `list`.
    pub(super) fn or(&self, list: impl FnOnce() -> io::Result<Vec<ListedPort>>) -> io::Result<Vec<ListedPort>> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (nodes_changed, now) = (nodes_changed(), Instant::now());
        if let Some(held) = last.as_ref().filter(|held| held.still_holds(nodes_changed, now)) {
            return Ok(held.ports.clone());
        }
        let ports = list()?;
        let same = last.as_ref().filter(|held| held.nodes_changed == nodes_changed);
        let noticed = same.map_or(now, |held| held.noticed);
        *last = Some(Glance { nodes_changed, noticed, taken: now, ports: ports.clone() });
        Ok(ports)
    }
}

/// When something last appeared in or vanished from `/dev`.
fn nodes_changed() -> Option<SystemTime> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    std::fs::metadata("/dev").and_then(|folder| folder.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_while_no_node_comes_or_goes_once_the_system_knows_what_it_has() {
        let (noticed, change) = (Instant::now(), SystemTime::UNIX_EPOCH);
        let later = |ms: u64| noticed + Duration::from_millis(ms);
        let another = change + Duration::from_secs(1);
        for (then, taken_ms, now_ms, now_changed, holds, why) in [
            (Some(change), 3000, 60_000, Some(change), true, "nothing can have come"),
            (Some(change), 3000, 3001, Some(another), false, "a node came or went"),
            (Some(change), 2999, 4000, Some(change), false, "what the node is may not have been known"),
            (Some(change), 2999, 3500, Some(change), true, "another port looked just now"),
            (None, 60_000, 60_899, None, true, "shared where changes cannot be seen"),
            (None, 60_000, 60_900, None, false, "and no longer than that"),
        ] {
            let held = Glance { nodes_changed: then, noticed, taken: later(taken_ms), ports: Vec::new() };
            assert_eq!(held.still_holds(now_changed, later(now_ms)), holds, "{why}");
        }
    }

    #[test]
    fn a_system_that_does_not_answer_is_asked_again() {
        let last = LastGlance::none();
        assert!(last.or(|| Err(io::ErrorKind::PermissionDenied.into())).is_err(), "it is told");
        let listed = vec![ListedPort { path: "/dev/ttyACM0".to_owned(), usb: None }];
        assert_eq!(last.or(|| Ok(listed.clone())).expect("answered"), listed, "no list is held that was never given");
    }
}
