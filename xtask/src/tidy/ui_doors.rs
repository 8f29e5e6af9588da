//! The UI has one door to the desktop shell, so that the same screens run in a browser.

use super::{Finding, Sources};

const DOOR: &str = "ui/src/lib/platform/tauri.ts";
const SHELL_PACKAGES: &str = "@tauri-apps/";

/// Looks for imports of the shell's packages beside the door.
pub fn check(sources: &Sources) -> Vec<Finding> {
    let beside = sources.texts_below("ui/src").filter(|(path, text)| *path != DOOR && text.contains(SHELL_PACKAGES));
    beside.map(|(path, _)| Finding::new(path, format!("imports {SHELL_PACKAGES}*; only {DOOR} may"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_door_is_found() {
        let import = "import { invoke } from '@tauri-apps/api/core';";
        let sources = Sources::of(&[(DOOR, import), ("ui/src/station/Queue.svelte", import)]);
        let places: Vec<_> = check(&sources).into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, ["ui/src/station/Queue.svelte"], "the door itself is free");
    }
}
