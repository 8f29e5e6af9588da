//! Writes the TypeScript of the wire types into a folder: `cargo xtask codegen` calls this.

use cordwainer_protocol::station::{Command, RpcFailure, RpcReply, StationEvent};
use ts_rs::TS;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: export_ts FOLDER")?;
    let config = ts_rs::Config::new().with_out_dir(&folder);
    Command::export_all(&config)?;
    RpcReply::export_all(&config)?;
    RpcFailure::export_all(&config)?;
    StationEvent::export_all(&config)?;
    Ok(())
}
