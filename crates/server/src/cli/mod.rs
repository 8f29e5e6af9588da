//! The command line: one file a sub-command, JSON on standard output, one line on standard error when something is wrong.

mod account;
mod authority;
mod backup;
mod checkpoint;
mod demo;
mod epoch;
mod prove;
mod retire;
mod serve;
mod station;
mod support_bundle;
mod trace;
mod verify;
mod work_order;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use cordwainer_server::boot::Config;

/// Cordwainer · 履约: the central server.
#[derive(Parser, Debug)]
#[command(name = "cordwainer-server", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Accounts of the office: make the first administrator. Works while the server runs.
    Account(account::Account),
    /// Print the certificate of the factory's own authority, for browsers.
    Authority(authority::Authority),
    /// Make a backup, prove it, and remove those that need not be kept. Works while the server runs.
    Backup(backup::Backup),
    /// Signed checkpoints of the audit chain.
    Checkpoint(checkpoint::Checkpoint),
    /// Load a factory from data files, print its codes.
    Demo(demo::Demo),
    /// Lives of the database: the last step of a restore.
    Epoch(epoch::Epoch),
    /// Move the database to the other engine or another place; stations notice nothing.
    Move(backup::Move),
    /// Restore a backup into an empty place.
    Restore(backup::Restore),
    /// The nightly proof that nothing is lost, now.
    Prove(prove::Prove),
    /// Serve stations and screens until interrupted.
    Serve(serve::Serve),
    /// Stations: enrol, list, revoke. Works while the server runs.
    Station(station::Station),
    /// Write a file for whoever helps, without secrets and personal data.
    SupportBundle(support_bundle::SupportBundle),
    /// The history of one pair, to be checked by anybody.
    Trace(trace::Trace),
    /// Prove that everything stored adds up.
    Verify(verify::Verify),
    /// Work orders: withdraw one. Works while the server runs.
    WorkOrder(work_order::WorkOrder),
}

/// Where the database is.
#[derive(Args, Debug, Clone)]
pub struct Database {
    /// Folder of the embedded database.
    #[arg(long, value_name = "DIR", default_value = "data", env = "CORDWAINER_DATA")]
    data: PathBuf,
    /// A PostgreSQL server to use instead of the embedded database.
    #[arg(long, value_name = "URL", env = "CORDWAINER_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

impl Database {
    fn config(&self) -> Config {
        Config { database_url: self.database_url.clone(), ..Config::embedded(&self.data) }
    }
}

impl Cli {
    /// Where the log files of a server that runs for long go; the other commands say what they have to say at once.
    pub fn log_folder(&self) -> Option<PathBuf> {
        match &self.command {
            Command::Serve(serve) => Some(serve.log_folder()),
            _ => None,
        }
    }
}

/// Any fault, as the one line that the person at the terminal reads.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Runs what was asked for.
///
/// # Errors
/// [`Fault`] with what to do about it.
pub async fn run(cli: Cli) -> Result<ExitCode, Fault> {
    match cli.command {
        Command::Account(account) => account.run().await,
        Command::Authority(authority) => authority.run().await,
        Command::Backup(backup) => backup.run().await,
        Command::Checkpoint(checkpoint) => checkpoint.run().await,
        Command::Demo(demo) => demo.run().await,
        Command::Epoch(epoch) => epoch.run().await,
        Command::Move(movement) => movement.run().await,
        Command::Restore(restore) => restore.run().await,
        Command::Prove(prove) => prove.run().await,
        Command::Serve(serve) => serve.run().await,
        Command::Station(station) => station.run().await,
        Command::SupportBundle(bundle) => bundle.run().await,
        Command::Trace(trace) => trace.run().await,
        Command::Verify(verify) => verify.run().await,
        Command::WorkOrder(work_order) => work_order.run().await,
    }
}

/// Writes an answer for programs and patient people.
fn answer(value: &impl serde::Serialize) -> Result<(), Fault> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}
