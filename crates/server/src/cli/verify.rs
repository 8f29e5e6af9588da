//! `verify`: JSON with what was found; exit code 1 if anything does not add up.

use std::process::ExitCode;

use clap::Args;
use cordwainer_server::verify::verify;

use super::{Database, Fault, answer};

/// `verify`.
#[derive(Args, Debug)]
pub struct Verify {
    #[command(flatten)]
    database: Database,
}

impl Verify {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        let store = self.database.config().open_store().await?;
        let report = verify(&store).await;
        store.close().await;
        let report = report?;
        answer(&report)?;
        Ok(if report.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
