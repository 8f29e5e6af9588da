//! `trace export`, `trace check`: a pair's history as a file that anybody can check.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use cordwainer_server::trace::{Trace as Traced, check};
use serde_json::json;

use super::{Database, Fault, answer};

/// `trace …`.
#[derive(Args, Debug)]
pub struct Trace {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Write every signed action of a pair with the chain that holds them.
    Export {
        #[command(flatten)]
        database: Database,
        /// The pair: its number, the code on its traveller, or its identifier.
        work_order: String,
        /// The file to write.
        #[arg(long, value_name = "FILE.json")]
        out: PathBuf,
    },
    /// Check such a file by itself, on any machine, without a database.
    Check {
        /// The file.
        file: PathBuf,
    },
}

impl Trace {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Export { database, work_order, out } => {
                let store = database.config().open_store().await?;
                let traced = store.trace(&work_order).await;
                store.close().await;
                let traced = traced?;
                let file = std::fs::File::create_new(&out).map_err(|fault| format!("{}: {fault}", out.display()))?;
                serde_json::to_writer(file, &traced)?;
                answer(&json!({ "trace": out, "number": traced.number, "actions": traced.actions.len() }))?;
                Ok(ExitCode::SUCCESS)
            }
            Verb::Check { file } => {
                let text = std::fs::read(&file).map_err(|fault| format!("{}: {fault}", file.display()))?;
                let traced: Traced =
                    serde_json::from_slice(&text).map_err(|fault| format!("{}: no trace: {fault}", file.display()))?;
                let checked = check(&traced);
                answer(&checked)?;
                if let Some(first) = checked.problems.first() {
                    eprintln!("cordwainer-server: {} problems, the first: {first}", checked.problems.len());
                    return Ok(ExitCode::FAILURE);
                }
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}
