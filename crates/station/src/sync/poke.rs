//! The poke stream: the server says that there is something to fetch, never what. Losing it costs seconds, not data.

use std::sync::Arc;
use std::time::Duration;

use cordwainer_sync::Backoff;

use super::line::{Line, Trouble};
use super::watch::Pulse;

const PATH: &str = "/sync/v1/poke";
/// The server sends a blank comment more often than this; silence means a dead line.
const SILENCE: Duration = Duration::from_secs(60);
const NOT_ENROLLED: Duration = Duration::from_secs(5);

pub(super) async fn run(line: Arc<Line>, pulse: Pulse) {
    let mut backoff = Backoff::default();
    loop {
        pulse.beat();
        let pause = match listen(&line, &pulse, &mut backoff).await {
            Ok(()) => backoff.failed(line.ids.random_u64()),
            Err(Trouble::NotEnrolled) => NOT_ENROLLED,
            Err(trouble) => {
                tracing::debug!(%trouble, "no pokes for now; the feed is polled");
                trouble.retry_after().unwrap_or_else(|| backoff.failed(line.ids.random_u64()))
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Listens until the line ends or falls silent.
pub(super) async fn listen(line: &Line, pulse: &Pulse, backoff: &mut Backoff) -> Result<(), Trouble> {
    let (server, _) = line.server().await?;
    let mut stream = server.listen(PATH).await?;
    // The line is there, perhaps after it was not: whatever waits out a failure need not, and pokes may have been missed.
    line.push_wake.notify_one();
    line.pull_wake.notify_one();
    while let Ok(Ok(Some(piece))) = tokio::time::timeout(SILENCE, stream.chunk()).await {
        pulse.beat();
        if is_poke(&piece) {
            backoff.succeeded();
            line.pull_wake.notify_one();
        }
    }
    Ok(())
}

/// Whether a piece of the stream holds anything but comments. A poke split over two pieces is at worst counted twice.
fn is_poke(piece: &[u8]) -> bool {
    piece.split(|byte| *byte == b'\n').any(|text| text.starts_with(b"data") || text.starts_with(b"event"))
}
