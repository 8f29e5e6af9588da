//! How long requests take, counted in buckets since this process began.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::text::Text;

/// Upper ends of the buckets, milliseconds.
const BUCKETS_MS: [u64; 10] = [5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000];

/// Doors that are measured, by path and by the word in the figures.
pub(crate) const DOORS: [(&str, &str); 3] =
    [("/sync/v1/push", "push"), ("/sync/v1/pull", "pull"), ("/sync/v1/enrol", "enrol")];

/// Counts of one door.
#[derive(Debug, Default)]
struct Door {
    buckets: [AtomicU64; BUCKETS_MS.len()],
    count: AtomicU64,
    sum_us: AtomicU64,
    failed: AtomicU64,
}

/// Counts of every door.
#[derive(Debug, Default)]
pub(crate) struct Durations([Door; DOORS.len()]);

impl Durations {
    /// Counts one request, if its door is measured.
    pub(crate) fn count(&self, path: &str, took: Duration, failed: bool) {
        let Some(index) = DOORS.iter().position(|(door, _)| *door == path) else { return };
        let door = &self.0[index];
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if let Some(bucket) = BUCKETS_MS.iter().position(|end| took_ms < *end) {
            door.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        }
        door.count.fetch_add(1, Ordering::Relaxed);
        door.sum_us.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        door.failed.fetch_add(u64::from(failed), Ordering::Relaxed);
    }

    pub(super) fn write(&self, text: &mut Text) {
        const NAME: &str = "cordwainer_request_seconds";
        text.family(NAME, "histogram", "How long requests of stations took.");
        for ((_, word), door) in DOORS.iter().zip(&self.0) {
            let mut below = 0;
            for (end_ms, bucket) in BUCKETS_MS.iter().zip(&door.buckets) {
                below += bucket.load(Ordering::Relaxed);
                let end = (*end_ms as f64 / 1_000.0).to_string();
                text.sample(&format!("{NAME}_bucket"), &[("door", word), ("le", &end)], below);
            }
            let count = door.count.load(Ordering::Relaxed).max(below);
            text.sample(&format!("{NAME}_bucket"), &[("door", word), ("le", "+Inf")], count);
            let sum = door.sum_us.load(Ordering::Relaxed) as f64 / 1_000_000.0;
            text.sample(&format!("{NAME}_sum"), &[("door", word)], sum);
            text.sample(&format!("{NAME}_count"), &[("door", word)], count);
        }
        text.family("cordwainer_requests_failed_total", "counter", "Requests of stations that were not carried out.");
        for ((_, word), door) in DOORS.iter().zip(&self.0) {
            let failed = door.failed.load(Ordering::Relaxed);
            text.sample("cordwainer_requests_failed_total", &[("door", word)], failed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Durations, Text};

    #[test]
    fn buckets_add_up_and_a_request_of_a_minute_is_in_the_last_one_only() {
        let durations = Durations::default();
        for took_ms in [1, 7, 60_000] {
            durations.count("/sync/v1/push", Duration::from_millis(took_ms), took_ms > 1_000);
        }
        durations.count("/healthz", Duration::from_secs(1), false);
        let mut text = Text::default();
        durations.write(&mut text);
        let text = text.finish();
        for line in [
            "cordwainer_request_seconds_bucket{door=\"push\",le=\"0.005\"} 1",
            "cordwainer_request_seconds_bucket{door=\"push\",le=\"30\"} 2",
            "cordwainer_request_seconds_bucket{door=\"push\",le=\"+Inf\"} 3",
            "cordwainer_request_seconds_count{door=\"push\"} 3",
            "cordwainer_requests_failed_total{door=\"push\"} 1",
            "cordwainer_request_seconds_count{door=\"pull\"} 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
    }
}
