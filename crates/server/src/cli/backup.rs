//! `backup`, `restore`, `move`: whole databases. A backup may be made while the server runs.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use cordwainer_server::backup::{self, Keep};
use cordwainer_server::boot::Config;

use super::{Database, Fault, answer};

/// `backup`.
#[derive(Args, Debug)]
pub struct Backup {
    #[command(flatten)]
    database: Database,
    /// Folder that holds the backups, each in a folder of its own.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// A second folder for a copy, such as a mounted share or one that is synchronised to a cloud.
    #[arg(long, value_name = "DIR")]
    copy_to: Option<PathBuf>,
    /// Days for which every backup is kept.
    #[arg(long, value_name = "DAYS", default_value_t = Keep::default().all_days)]
    keep_all: u32,
    /// Days for which the newest backup of each day is kept. Stations retain what they sent for 45 days.
    #[arg(long, value_name = "DAYS", default_value_t = Keep::default().daily_days)]
    keep_daily: u32,
    /// Months for which the newest backup of each month is kept.
    #[arg(long, value_name = "MONTHS", default_value_t = Keep::default().monthly_months)]
    keep_monthly: u32,
}

impl Backup {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        let keep = Keep { all_days: self.keep_all, daily_days: self.keep_daily, monthly_months: self.keep_monthly };
        answer(&backup::make(&self.database.config(), &self.to, self.copy_to.as_deref(), keep).await?)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// `restore`.
#[derive(Args, Debug)]
pub struct Restore {
    #[command(flatten)]
    database: Database,
    /// Folder of one backup.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
}

impl Restore {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        answer(&backup::restore(&self.database.config(), &self.from).await?)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// `move`.
#[derive(Args, Debug)]
pub struct Move {
    /// What moves: a folder, or the URL of a PostgreSQL server. It refuses every later write.
    #[arg(long, value_name = "DIR|URL")]
    from: String,
    /// Where to: an empty folder, or the URL of an empty PostgreSQL database.
    #[arg(long, value_name = "DIR|URL")]
    to: String,
}

impl Move {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        answer(&backup::move_to(&named(&self.from), &named(&self.to)).await?)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn named(place: &str) -> Config {
    if place.starts_with("postgres://") || place.starts_with("postgresql://") {
        Config { database_url: Some(place.to_owned()), ..Config::embedded("") }
    } else {
        Config::embedded(place)
    }
}
