//! The rounds of the loops, turned by hand: for a program that keeps its own time, as the fault tests do.

use std::sync::Arc;

use super::SyncEvent;
use super::line::{Line, Trouble};
use super::pull::{self, Pulled};
use super::push::{self, BatchSize, Pushed};
use super::wire::Dial;
use crate::clock::Clock;
use crate::ids::IdSource;
use crate::store::StationStore;

/// One station's rounds, on any line.
pub struct Rounds {
    line: Line,
    batch: BatchSize,
}

impl Rounds {
    /// Prepares the rounds of a station; nothing is sent yet.
    pub fn new(
        dial: Dial,
        store: Arc<StationStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        events: impl Fn(SyncEvent) + Send + Sync + 'static,
    ) -> Self {
        Self { line: Line::over(dial, store, clock, ids, Box::new(events)), batch: BatchSize::default() }
    }

    /// Sends one batch and keeps what the server says.
    ///
    /// # Errors
    /// [`Trouble`]; the same batch will be sent again.
    pub async fn push(&mut self) -> Result<Pushed, Trouble> {
        let outcome = push::round(&self.line, &mut self.batch).await;
        if !matches!(outcome, Ok(Pushed::Nothing)) {
            self.line.round_ended(&outcome);
        }
        outcome
    }

    /// Fetches one page and keeps it.
    ///
    /// # Errors
    /// [`Trouble`]; the same page will be asked for again.
    pub async fn pull(&mut self) -> Result<Pulled, Trouble> {
        let outcome = pull::round(&self.line).await;
        self.line.round_ended(&outcome);
        outcome
    }

    /// Waits until nothing works on the store any more.
    pub async fn let_go(self) {
        self.line.let_go().await;
    }
}
