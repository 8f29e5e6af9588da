//! The server as a program. What each sub-command does is in `cli/`.

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

mod cli;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    // Standard output belongs to the answers of the sub-commands.
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match cli::run(cli::Cli::parse()).await {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("cordwainer-server: {fault}");
            ExitCode::FAILURE
        }
    }
}
