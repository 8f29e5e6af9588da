//! `support-bundle`: one tar file for whoever helps, without secrets and personal data.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use cordwainer_server::support::write_bundle;
use serde_json::json;

use super::{Database, Fault, answer};

/// `support-bundle`.
#[derive(Args, Debug)]
pub struct SupportBundle {
    #[command(flatten)]
    database: Database,
    /// The file to write; it must not exist.
    #[arg(long, value_name = "FILE.tar")]
    out: PathBuf,
}

impl SupportBundle {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        let config = self.database.config();
        let store = config.open_store().await?;
        let written = write_bundle(&config, &store, &self.out).await;
        store.close().await;
        answer(&json!({ "bundle": self.out, "files": written? }))?;
        Ok(ExitCode::SUCCESS)
    }
}
