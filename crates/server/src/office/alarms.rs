//! Alarms as the office sees and closes them.

use cordwainer_protocol::office::{AlarmLine, CloseAlarm};

use super::caller::Caller;
use super::fault::OfficeFault;
use crate::store::{Store, StoreFault};

/// Longest note, in characters.
const NOTE_CHARACTERS_MAX: usize = 500;

/// Every alarm of the caller's site, open ones first.
pub(crate) async fn list(store: &Store, caller: &Caller) -> Result<Vec<AlarmLine>, OfficeFault> {
    Ok(store.alarm_lines(&caller.site).await?)
}

/// Closes an alarm, and notes who did and why.
pub(crate) async fn close(
    store: &Store,
    caller: &Caller,
    id: &str,
    mut closing: CloseAlarm,
) -> Result<(), OfficeFault> {
    closing.note = closing.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    if closing.note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARACTERS_MAX) {
        return Err(OfficeFault::TooLarge);
    }
    match store.close_alarm(&caller.site, id, caller.account.id, &closing).await {
        Err(StoreFault::Missing { .. }) => Err(OfficeFault::NotFound),
        outcome => Ok(outcome?),
    }?;
    tracing::info!(alarm = id, by = %caller.account.id, reason = ?closing.reason, "an alarm was closed");
    Ok(())
}
