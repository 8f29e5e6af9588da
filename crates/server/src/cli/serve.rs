//! `serve`: runs until interrupted, and says where it listens once it does.

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use cordwainer_server::boot::{Config, MetricsDoor, OfficeChannel, Server};
use serde_json::json;

use super::{Database, Fault, answer};

/// `serve`.
#[derive(Args, Debug)]
pub struct Serve {
    #[command(flatten)]
    database: Database,
    /// Address for browsers; port 0 lets the system choose. Plain HTTP on this machine's own addresses, TLS on all others.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7700")]
    listen: String,
    /// Address for stations, always TLS; without it, the port after the one for browsers.
    #[arg(long, value_name = "HOST:PORT")]
    listen_stations: Option<String>,
    /// A host name or address under which this server is reached; may be given several times.
    #[arg(long, value_name = "NAME")]
    public_name: Vec<String>,
    /// Certificate chain for browsers, PEM; read again when it changes.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Folder of the built screens, served at `/`.
    #[arg(long, value_name = "DIR")]
    ui: Option<PathBuf>,
    /// Address of a proxy in front of this server that speaks TLS to browsers: it is spoken to in plain HTTP, and its
    /// X-Forwarded headers are believed; once for each.
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
        let office = match (self.tls_cert, self.tls_key) {
            (Some(certificate), Some(key)) => OfficeChannel::Given { certificate, key },
            _ => OfficeChannel::Usual,
        };
        let listen_stations = self.listen_stations.unwrap_or_else(|| port_after(&self.listen));
        let config = Config {
            metrics,
            listen: self.listen,
            listen_stations,
            office,
            public_names: self.public_name,
            ui_dir: self.ui,
            trusted_proxies: self.trusted_proxies,
            ..self.database.config()
        };
        let server = Server::start(config).await?;
        answer(&json!({ "listening": server.url(), "stations": server.stations_url() }))?;
        interrupted().await?;
        server.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// The same host, one port further; where the system chooses one, it chooses both.
fn port_after(listen: &str) -> String {
    let next = |(host, port): (&str, &str)| {
        let port: u16 = port.parse().ok()?;
        Some(format!("{host}:{}", if port == 0 { 0 } else { port.checked_add(1)? }))
    };
    listen.rsplit_once(':').and_then(next).unwrap_or_else(|| listen.to_owned())
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

#[cfg(test)]
mod tests {
    use super::port_after;

    #[test]
    fn stations_are_listened_for_beside_the_browsers() {
        for (listen, expected) in [
            ("0.0.0.0:7700", "0.0.0.0:7701"),
            ("[::]:7700", "[::]:7701"),
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("127.0.0.1:65535", "127.0.0.1:65535"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(
                port_after(listen),
                expected,
                "{listen}: what cannot be counted on is refused by the system in its words"
            );
        }
    }
}
