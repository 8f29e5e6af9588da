//! `station retire`: a PC was replaced, or is given away.

use std::path::PathBuf;

use clap::Args;
use cordwainer_domain::StationId;
use cordwainer_protocol::sync::OutboxExport;
use cordwainer_server::store::Store;

use super::{Database, Fault, answer};

/// `station retire …`.
#[derive(Args, Debug)]
pub(super) struct Retire {
    #[command(flatten)]
    pub(super) database: Database,
    /// The station's identifier.
    station: StationId,
    /// What it had not sent, from `cordwainer-station export` or the data folder of the PC: it is stored and judged first.
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// Retire it although records wait there that nobody can bring any more.
    #[arg(long)]
    give_up: bool,
}

impl Retire {
    pub(super) async fn run(&self, store: &Store) -> Result<(), Fault> {
        let export = match &self.export {
            Some(path) => {
                let text = std::fs::read(path).map_err(|fault| format!("{}: {fault}", path.display()))?;
                Some(serde_json::from_slice::<OutboxExport>(&text).map_err(|_| "the file is no export of a station")?)
            }
            None => None,
        };
        answer(&store.retire_station(self.station, export.as_ref(), self.give_up).await?)
    }
}
