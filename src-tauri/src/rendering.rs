//! How the web view draws, decided before GTK starts.
//!
//! Without a GPU, WebKitGTK paints a moving card in 63–74 ms with its compositor and in 14–16 ms without it; with a GPU it
//! is the other way round, or worse. So the presence of a render node decides, unless somebody has decided already.

use std::path::Path;

/// The switch that WebKitGTK reads at its start.
pub const COMPOSITING_SWITCH: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// What was decided about the compositor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compositor {
    /// The switch was set by whoever started the app.
    LeftAsSet,
    /// There is a render node: the compositor draws.
    On,
    /// There is none: drawing without it is four times as fast.
    Off,
}

/// Decides about the compositor from what is set and what the machine has.
pub fn decide(already_set: bool, dri: &Path) -> Compositor {
    if already_set {
        return Compositor::LeftAsSet;
    }
    let has_render_node = std::fs::read_dir(dri)
        .is_ok_and(|nodes| nodes.flatten().any(|node| node.file_name().to_string_lossy().starts_with("renderD")));
    if has_render_node { Compositor::On } else { Compositor::Off }
}

#[cfg(test)]
mod tests {
    use super::{Compositor, decide};

    #[test]
    fn a_machine_without_a_render_node_draws_without_the_compositor() {
        let empty = std::env::temp_dir().join("cordwainer-no-dri");
        assert_eq!(decide(false, &empty), Compositor::Off, "a missing folder means no GPU");
    }

    #[test]
    fn what_somebody_has_set_is_left_alone() {
        let empty = std::env::temp_dir().join("cordwainer-no-dri");
        assert_eq!(decide(true, &empty), Compositor::LeftAsSet, "the person at the machine knows better");
    }
}
