//! `serve`: runs until interrupted, and says where it listens once it does.

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use cordwainer_server::boot::{Config, MetricsDoor, Server};
use serde_json::json;

use super::{Database, Fault, answer};

/// `serve`.
#[derive(Args, Debug)]
pub struct Serve {
    #[command(flatten)]
    database: Database,
    /// Address to listen on; port 0 lets the system choose.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7700")]
    listen: String,
    /// Folder of the built screens, served at `/`.
    #[arg(long, value_name = "DIR")]
    ui: Option<PathBuf>,
    /// Address of a proxy in front of this server, whose X-Forwarded headers are believed; once for each.
    #[arg(long = "trusted-proxy", value_name = "IP")]
    trusted_proxies: Vec<IpAddr>,
    /// Address at which figures for Prometheus are told, at `/metrics`; off without it. An address that other machines reach
    /// needs a token.
    #[arg(long, value_name = "HOST:PORT")]
    metrics_listen: Option<String>,
    /// The bearer token that a scraper shows.
    #[arg(long, value_name = "TOKEN", env = "CORDWAINER_METRICS_TOKEN", hide_env_values = true)]
    metrics_token: Option<String>,
}

impl Serve {
    pub(super) fn log_folder(&self) -> PathBuf {
        self.database.config().data_dir.join(cordwainer_logs::FOLDER)
    }

    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        let metrics = self.metrics_listen.map(|listen| MetricsDoor { listen, token: self.metrics_token });
        let config = Config {
            metrics,
            listen: self.listen,
            ui_dir: self.ui,
            trusted_proxies: self.trusted_proxies,
            ..self.database.config()
        };
        let server = Server::start(config).await?;
        answer(&json!({ "listening": server.url() }))?;
        interrupted().await?;
        server.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Waits for Ctrl-C, or for the signal with which services are stopped.
#[cfg(unix)]
async fn interrupted() -> Result<(), Fault> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn interrupted() -> Result<(), Fault> {
    tokio::signal::ctrl_c().await?;
    Ok(())
}
