//! Labels: what was asked for and what is known of each.

use chrono::DateTime;
use cordwainer_devices::printer::PrintJobState;
use cordwainer_protocol::station::{PrintJobLine, PrintState, RpcFailure};
use cordwainer_protocol::{Message, MessageCode, Param};

use super::super::{Engine, failure};
use crate::store::PrintJobRow;

/// More than fit a screen; older ones are in the store.
const MOST_LINES: usize = 100;

impl Engine {
    pub(in crate::engine) fn print_jobs(&self) -> Result<Vec<PrintJobLine>, RpcFailure> {
        let rows = self.store.outbox.print_jobs(MOST_LINES).map_err(|fault| {
            tracing::error!(%fault, "print jobs could not be read");
            failure(MessageCode::Internal)
        })?;
        Ok(rows.into_iter().map(line).collect())
    }

    pub(in crate::engine) fn print_job_line(&self, id: &str) -> Option<PrintJobLine> {
        self.print_jobs().ok()?.into_iter().find(|line| line.id == id)
    }

    /// The oldest label of which nobody knows whether it came out.
    pub(in crate::engine) fn print_job_to_ask_about(&self) -> Option<PrintJobLine> {
        self.print_jobs().ok()?.into_iter().rfind(|line| line.state == PrintState::Unknown)
    }
}

fn line(row: PrintJobRow) -> PrintJobLine {
    let printer = Param::Text(row.printer.clone());
    let message = match row.state {
        PrintJobState::FailedClean => Some(Message::new(MessageCode::PrinterUnreachable).with("printer", printer)),
        PrintJobState::Unknown => Some(Message::new(MessageCode::PrinterUnknownResult).with("printer", printer)),
        _ => None,
    };
    PrintJobLine {
        id: row.id,
        number: row.number,
        work_order: row.work_order,
        state: state(row.state),
        reprint: row.reprint,
        reason: row.reason,
        printer: row.printer,
        at: DateTime::from_timestamp_millis(row.asked_at_ms).unwrap_or_default(),
        message,
    }
}

const fn state(state: PrintJobState) -> PrintState {
    match state {
        PrintJobState::Queued => PrintState::Queued,
        PrintJobState::Sending => PrintState::Sending,
        PrintJobState::Sent(_) => PrintState::Sent,
        PrintJobState::Confirmed(_) => PrintState::Confirmed,
        PrintJobState::FailedClean => PrintState::FailedClean,
        PrintJobState::Unknown => PrintState::Unknown,
        PrintJobState::Cancelled => PrintState::Cancelled,
    }
}
