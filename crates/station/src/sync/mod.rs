//! Carrying facts to the server and verdicts back: enrolment, a push loop and a pull loop that never wait for each other.

use cordwainer_protocol::Message;

use crate::store::PageEffect;

/// What synchronisation has to tell.
#[derive(Clone, PartialEq, Debug)]
pub enum SyncEvent {
    /// Rows changed.
    Page(PageEffect),
    /// The server has stored and judged actions of ours.
    Pushed,
    /// The server answered, after it had not.
    Online,
    /// The server does not answer; why, in words.
    Offline(Message),
    /// The server does not know this station, or no longer. Everything is kept.
    Revoked,
    /// The server's database was restored; everything retained is being offered again.
    EpochChanged,
}
