//! `prove`: the nightly proof, now. JSON with the sums of every site; exit code 1 if something differs.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args;

use super::{Database, Fault, answer};

/// `prove`.
#[derive(Args, Debug)]
pub struct Prove {
    #[command(flatten)]
    database: Database,
}

impl Prove {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        let store = self.database.config().open_store().await?;
        let mut proofs = BTreeMap::new();
        for site in store.sites().await? {
            let proof = store.prove(&site).await?;
            proofs.insert(site.to_string(), proof);
        }
        store.close().await;
        answer(&proofs)?;
        let ok = proofs.values().all(|proof| proof.ok);
        Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
