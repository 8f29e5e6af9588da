//! `authority`: prints the certificate that browsers must be told to believe, as PEM.

use std::process::ExitCode;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;

use super::{Database, Fault};

/// PEM breaks its lines here.
const LINE: usize = 64;

/// `authority`.
#[derive(Args, Debug)]
pub struct Authority {
    #[command(flatten)]
    database: Database,
}

impl Authority {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        let store = self.database.config().open_store().await?;
        let text = STANDARD.encode(store.identity().authority().certificate());
        store.close().await;
        println!("-----BEGIN CERTIFICATE-----");
        for line in text.as_bytes().chunks(LINE) {
            println!("{}", String::from_utf8_lossy(line));
        }
        println!("-----END CERTIFICATE-----");
        Ok(ExitCode::SUCCESS)
    }
}
