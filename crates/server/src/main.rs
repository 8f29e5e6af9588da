//! The server as a program. What each sub-command does is in `cli/`.

use std::process::ExitCode;

use clap::Parser;

mod cli;

/// The server alone has it: a workstation has little to do, and keeps to what the web view beside it uses.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // Standard output belongs to the answers of the sub-commands.
    if let Err(fault) = cordwainer_logs::begin("server", cli.log_folder().as_deref(), "warn") {
        eprintln!("cordwainer-server: no log files are written: {fault}");
    }
    match cli::run(cli).await {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("cordwainer-server: {fault}");
            ExitCode::FAILURE
        }
    }
}
