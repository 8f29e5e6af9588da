//! Label templates: drawn, tried, released.

pub(super) mod discard;
pub(super) mod draft;
pub(super) mod list;
pub(super) mod preview;
pub(super) mod release;
pub(super) mod show;
pub(super) mod test_page;
