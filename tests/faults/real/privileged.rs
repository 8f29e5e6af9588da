//! Commands that only root may give: mounting a disk, pulling a network apart. Who may not must say so and fail, for a test that
//! is skipped proves nothing.

use std::process::Command;

/// A command as root: by itself, or through `sudo` where that asks for no password.
pub fn as_root(program: &str) -> Command {
    if rustix::process::geteuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}
