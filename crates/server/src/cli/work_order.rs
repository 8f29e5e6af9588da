//! `work-order`: what the office says about a work order until it has screens of its own. Works while the server runs.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use cordwainer_domain::code::Code;
use cordwainer_domain::production::Fact;
use cordwainer_server::OfficeFact;
use serde_json::json;

use super::{Database, Fault, answer};

/// `work-order`.
#[derive(Args, Debug)]
pub struct WorkOrder {
    #[command(subcommand)]
    command: WorkOrderCommand,
}

#[derive(Subcommand, Debug)]
enum WorkOrderCommand {
    /// Withdraw an order. What stations do at it afterwards is kept for a supervisor to decide about.
    Cancel(Cancel),
}

#[derive(Args, Debug)]
struct Cancel {
    /// The code on the pair's traveller.
    #[arg(long)]
    code: String,
    /// Why, in the words that the floor will read.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    database: Database,
}

impl WorkOrder {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        match self.command {
            WorkOrderCommand::Cancel(cancel) => cancel.run().await,
        }
    }
}

impl Cancel {
    async fn run(self) -> Result<ExitCode, Fault> {
        let code = Code::parse(&self.code).map_err(|fault| format!("{} is no code of ours: {fault}", self.code))?;
        let store = self.database.config().open_store().await?;
        for site in store.sites().await? {
            let Some(work_order) = store.work_order_by_code(&site, &code).await? else { continue };
            let fact = Fact::WorkOrderCancelled { reason: self.reason.clone() };
            let verdicts = store.record_office(&site, &[OfficeFact::own(fact, work_order.id)]).await?;
            store.close().await;
            answer(&json!({ "number": work_order.number, "status": verdicts.first().map(|verdict| verdict.status) }))?;
            return Ok(ExitCode::SUCCESS);
        }
        store.close().await;
        Err(format!("no work order has the code {code}").into())
    }
}
