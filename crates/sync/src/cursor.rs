//! How far a station has followed the feed. Opaque to the station; only the server that issued it can read it.

use std::str::FromStr;

/// A place in one server's feed, for one scope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cursor {
    /// Which life of the server's database; every restore begins another.
    pub server_epoch: String,
    /// What the station holds: a work centre's key, or `*` for the whole site.
    pub scope: String,
    /// Version of the rule that fills scopes.
    pub scope_version: u32,
    /// Everything up to and including this commit has been seen.
    pub commit_seq: u64,
}

/// The text is no cursor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the text is no cursor of this server")]
pub struct CursorFault;

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~{}~{}~{}", self.server_epoch, self.scope, self.scope_version, self.commit_seq)
    }
}

impl FromStr for Cursor {
    type Err = CursorFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split('~').collect();
        let [epoch, scope, version, seq] = parts.as_slice() else { return Err(CursorFault) };
        if epoch.is_empty() || scope.is_empty() {
            return Err(CursorFault);
        }
        let cursor = Self {
            server_epoch: (*epoch).to_owned(),
            scope: (*scope).to_owned(),
            scope_version: version.parse().map_err(|_| CursorFault)?,
            commit_seq: seq.parse().map_err(|_| CursorFault)?,
        };
        // One place, one text: `+7` and `007` were never issued.
        if cursor.to_string() == text { Ok(cursor) } else { Err(CursorFault) }
    }
}
