//! Which programs the server still speaks with.

/// How many protocol versions before the current one a server still lets pull.
const OLDER_PULLED: u32 = 2;

/// Whether a station of this protocol version may pull from a server of that one. It may *push* in any version: the
/// envelope only ever grows, members that are not known are passed over, and a fact whose kind is newer waits.
pub const fn may_pull(station: u32, server: u32) -> bool {
    station > 0 && station <= server && station + OLDER_PULLED >= server
}
