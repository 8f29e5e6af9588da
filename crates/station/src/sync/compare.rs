//! Whether the rows here are those that the server would send: both sides add up what they hold, now and then.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use cordwainer_protocol::sync::Table;

use super::line::{Line, Trouble};

/// Between two comparisons, give or take a fifth: half an hour. The server reads the whole scope for each.
const BETWEEN_MS: u64 = 30 * 60 * 1_000;

/// Whether it is time to ask for the server's sums.
pub(super) fn is_due(line: &Line) -> bool {
    line.clock.mono_ms() >= line.next_comparison_ms.load(Ordering::Relaxed)
}

/// What has just been compared, or has just come from the server with its own hashes, need not be compared for a while.
pub(super) fn put_off(line: &Line) {
    let pause = BETWEEN_MS * 4 / 5 + line.ids.random_u64() % (BETWEEN_MS * 2 / 5);
    let next = line.clock.mono_ms().saturating_add(i64::try_from(pause).unwrap_or(i64::MAX));
    line.next_comparison_ms.store(next, Ordering::Relaxed);
}

/// Compares. Rows that differ are asked for again, all of them, and the server is told; what was recorded here is not touched.
/// Says whether they differ.
pub(super) async fn with_server(line: &Line, sums: &BTreeMap<Table, String>) -> Result<bool, Trouble> {
    put_off(line);
    let held = line.on_store(|store| store.cache.sums()).await?;
    let differ: Vec<&str> = sums
        .iter()
        .filter(|(table, sum)| held.get(table).copied().unwrap_or_default().to_string() != **sum)
        .map(|(table, _)| table.name())
        .collect();
    if differ.is_empty() {
        return Ok(false);
    }
    let times = line.digest_mismatches.fetch_add(1, Ordering::Relaxed) + 1;
    tracing::error!(tables = ?differ, times, "the rows here are not the server's; they are asked for again");
    line.on_store(|store| store.cache.reset()).await?;
    line.report_due.store(true, Ordering::Relaxed);
    line.push_wake.notify_one();
    Ok(true)
}
