//! `verify`: JSON with what was found; exit code 1 if anything does not add up.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use cordwainer_server::store::Checkpoint;
use cordwainer_server::verify::verify_with;

use super::{Database, Fault, answer};

/// `verify`.
#[derive(Args, Debug)]
pub struct Verify {
    #[command(flatten)]
    database: Database,
    /// Checkpoints that were exported earlier and kept elsewhere, one a line; may be given more than once.
    #[arg(long, value_name = "FILE")]
    witness: Vec<PathBuf>,
}

impl Verify {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        let kept = self.kept()?;
        let store = self.database.config().open_store().await?;
        let report = verify_with(&store, &kept).await;
        store.close().await;
        let report = report?;
        answer(&report)?;
        if let Some(first) = &report.first_bad {
            eprintln!("cordwainer-server: {} problems; the first bad entry: {first}", report.problem_count);
        }
        Ok(if report.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn kept(&self) -> Result<Vec<Checkpoint>, Fault> {
        let mut kept = Vec::new();
        for file in &self.witness {
            let text = std::fs::read_to_string(file).map_err(|fault| format!("{}: {fault}", file.display()))?;
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let checkpoint = serde_json::from_str(line)
                    .map_err(|fault| format!("{}: not an exported checkpoint: {fault}", file.display()))?;
                kept.push(checkpoint);
            }
        }
        Ok(kept)
    }
}
