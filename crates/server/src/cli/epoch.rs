//! `epoch bump`, `epoch resume-judging`: the last step of a restore. Both work while the server runs.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use super::{Database, Fault, answer};

/// `epoch …`.
#[derive(Args, Debug)]
pub struct Epoch {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Begin another life of the database, after a restore: stations offer everything again that they hold.
    Bump {
        #[command(flatten)]
        database: Database,
    },
    /// Judge what waits without waiting for stations that will not come back.
    ResumeJudging {
        #[command(flatten)]
        database: Database,
    },
}

impl Epoch {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        let (Verb::Bump { database } | Verb::ResumeJudging { database }) = &self.verb;
        let store = database.config().open_store().await?;
        let outcome = match &self.verb {
            Verb::Bump { .. } => store.begin_epoch().await.map(|epoch| json!({ "epoch": epoch })),
            Verb::ResumeJudging { .. } => store.end_judging_pause().await.map(|()| json!({ "judging": "resumes" })),
        };
        store.close().await;
        answer(&outcome?)?;
        Ok(ExitCode::SUCCESS)
    }
}
