//! `checkpoint export`: the newest entry of each audit chain, signed, to be printed or kept elsewhere.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Database, Fault, answer};

/// `checkpoint …`.
#[derive(Args, Debug)]
pub struct Checkpoint {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Print a signed checkpoint of each site, one line each. `verify --witness FILE` compares it with the chain later.
    Export {
        #[command(flatten)]
        database: Database,
    },
}

impl Checkpoint {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        let Verb::Export { database } = self.verb;
        let store = database.config().open_store().await?;
        let mut checkpoints = Vec::new();
        for site in store.sites().await? {
            checkpoints.push(store.checkpoint(&site).await?);
        }
        store.close().await;
        for checkpoint in checkpoints {
            answer(&checkpoint)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
