//! Making a backup while the server runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Serialize;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tokio::sync::mpsc::channel;

use super::fault::first_problem;
use super::restore::fill_from;
use super::{BackupFault, FORMAT, Keep, LINES_WAITING, MANIFEST, Manifest, POSTGRES_DUMP, ROWS, SQLITE_COPY, files};
use crate::boot::Config;
use crate::store::db::{Db, Tx, on};
use crate::store::portable::{self, Counts};
use crate::store::{Place, Store};
use crate::verify::{Report, verify};

/// A backup that was made and proven.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Made {
    /// Its folder.
    pub backup: PathBuf,
    /// Its copy elsewhere.
    pub copy: Option<PathBuf>,
    /// What it holds.
    pub manifest: Manifest,
    /// Older ones that were removed by the rule.
    pub removed: Vec<String>,
}

/// Makes a backup in a folder of its own under `to`, proves it, copies it to `copy_to`, and removes what need not be kept.
///
/// # Errors
/// [`BackupFault`]; nothing that was there before has changed.
pub async fn make(config: &Config, to: &Path, copy_to: Option<&Path>, keep: Keep) -> Result<Made, BackupFault> {
    let now = config.clock.now();
    let done = to.join(files::folder_name(now));
    if done.exists() {
        return Err(BackupFault::Exists(done));
    }
    let part = to.join(format!(".{}.part", files::folder_name(now)));
    files::make_private_folder(&part)?;
    let outcome = fill(config, &part).await;
    let manifest = match outcome {
        Ok(manifest) => manifest,
        Err(fault) => {
            // What is half is worth nothing; the fault says why there is none.
            let _ = fs::remove_dir_all(&part);
            return Err(fault);
        }
    };
    fs::rename(&part, &done).map_err(BackupFault::file(&done))?;
    files::sync_folder(to)?;
    let names: Vec<&str> =
        manifest.files.iter().map(|file| file.name.as_str()).chain(std::iter::once(MANIFEST)).collect();
    let copy = copy_to.map(|folder| files::copy(&done, &manifest, &names, folder)).transpose()?;
    let mut removed = Vec::new();
    for folder in std::iter::once(to).chain(copy_to) {
        removed.extend(thin_out(folder, keep, now)?);
    }
    Ok(Made { backup: done, copy, manifest, removed })
}

fn thin_out(folder: &Path, keep: Keep, now: chrono::DateTime<chrono::Utc>) -> Result<Vec<String>, BackupFault> {
    let mut removed = Vec::new();
    for at in keep.superfluous(&files::list(folder)?, now) {
        let old = folder.join(files::folder_name(at));
        fs::remove_dir_all(&old).map_err(BackupFault::file(&old))?;
        removed.push(old.display().to_string());
    }
    Ok(removed)
}

async fn fill(config: &Config, part: &Path) -> Result<Manifest, BackupFault> {
    let store = config.open_store().await?;
    let outcome = fill_from_store(config, &store, part).await;
    store.close().await;
    outcome
}

async fn fill_from_store(config: &Config, store: &Store, part: &Path) -> Result<Manifest, BackupFault> {
    let (rows, schema_step, engine) = match (store.db(), config.place()) {
        (Db::Sqlite { .. }, Place::Folder(folder)) => {
            let copy = part.join(SQLITE_COPY);
            copy_sqlite(&Store::file_in(&folder), &copy).await?;
            // The rows are read from the copy, so that both hold the same moment.
            let db = Db::read_only(&copy).await?;
            let outcome = write_rows(&mut db.read().await?, part, None).await;
            db.close().await;
            let (rows, step) = outcome?;
            (rows, step, "sqlite")
        }
        (db, place) => {
            let url = match &place {
                Place::Postgres(url) => Some(url.as_str()),
                Place::Folder(_) => None,
            };
            let (rows, step) = write_rows(&mut db.read().await?, part, url).await?;
            (rows, step, "postgres")
        }
    };
    let report = prove(config, part, schema_step).await?;
    let mut files = Vec::new();
    for name in [ROWS, SQLITE_COPY, POSTGRES_DUMP] {
        if part.join(name).exists() {
            files.push(files::describe(part, name)?);
        }
    }
    let manifest = Manifest {
        format: FORMAT,
        made_at: config.clock.now(),
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        engine: engine.to_owned(),
        epoch: store.epoch().await?,
        schema_step,
        rows,
        proven_entries: report.entries(),
        files,
    };
    let json = serde_json::to_vec_pretty(&manifest).map_err(crate::store::StoreFault::from)?;
    files::write(&part.join(MANIFEST), &json)?;
    files::sync_folder(part)?;
    Ok(manifest)
}

/// Copies the embedded database page by page as SQLite itself sees it; the file is never touched by other calls.
async fn copy_sqlite(file: &Path, copy: &Path) -> Result<(), BackupFault> {
    let database = |fault: sqlx::Error| BackupFault::Damaged { detail: fault.to_string() };
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(std::time::Duration::from_secs(10));
    let mut connection = options.connect().await.map_err(database)?;
    let found: Vec<String> =
        sqlx::query_scalar("PRAGMA integrity_check(5)").fetch_all(&mut connection).await.map_err(database)?;
    if found != ["ok"] {
        return Err(BackupFault::Damaged { detail: found.join("; ") });
    }
    let target = copy.display().to_string();
    sqlx::query("VACUUM INTO ?").bind(target).execute(&mut connection).await.map_err(database)?;
    connection.close().await.map_err(database)
}

/// Writes every row of one moment, and on PostgreSQL its own dump of the same moment where the tool is there.
async fn write_rows(tx: &mut Tx, part: &Path, url: Option<&str>) -> Result<(Counts, i64), BackupFault> {
    if let Some(url) = url {
        dump_postgres(tx, url, &part.join(POSTGRES_DUMP)).await?;
    }
    let step = portable::schema_step(tx).await?;
    let (send, lines) = channel(LINES_WAITING);
    let path = part.join(ROWS);
    let writer = tokio::task::spawn_blocking(move || files::write_lines(&path, lines));
    let counts = portable::export(tx, &send).await;
    drop(send);
    let written = writer.await.map_err(|_| BackupFault::BadBackup("the rows could not be written".to_owned()))?;
    written?;
    Ok((counts?, step))
}

/// Runs `pg_dump` on the very snapshot that the rows are read from. Without the tool there is no dump, and the rows do.
async fn dump_postgres(tx: &mut Tx, url: &str, file: &Path) -> Result<(), BackupFault> {
    let snapshot: String = match tx {
        Tx::Postgres(_) => on!(tx, c => sqlx::query_scalar(AssertSqlSafe("SELECT pg_export_snapshot()".to_owned()))
            .fetch_one(c)
            .await)
        .map_err(crate::store::StoreFault::from)?,
        Tx::Sqlite(_) => return Ok(()),
    };
    let (address, password) = apart(url);
    let run = tokio::process::Command::new("pg_dump")
        .args(["--format=custom", "--no-owner", "--snapshot", &snapshot, "--file"])
        .arg(file)
        .arg("--dbname")
        .arg(address)
        .envs(password.map(|password| ("PGPASSWORD", password)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .await;
    match run {
        Ok(done) if done.status.success() => Ok(()),
        Ok(done) => {
            let said = String::from_utf8_lossy(&done.stderr);
            tracing::warn!(
                said = said.lines().next().unwrap_or_default(),
                "pg_dump failed; the backup has the rows alone"
            );
            // It may have begun a file.
            let _ = fs::remove_file(file);
            Ok(())
        }
        Err(fault) => {
            tracing::info!(%fault, "there is no pg_dump here; the backup has the rows alone");
            Ok(())
        }
    }
}

/// An address without its password, and the password: a command line is for everybody on the machine to read.
fn apart(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    let Some((who, place)) = rest.split_once('@') else { return (url.to_owned(), None) };
    match who.split_once(':') {
        Some((user, password)) => (format!("{scheme}://{user}@{place}"), Some(password.to_owned())),
        None => (url.to_owned(), None),
    }
}

/// Restores the rows into a scratch database and proves what is there.
async fn prove(config: &Config, part: &Path, schema_step: i64) -> Result<Report, BackupFault> {
    let scratch = part.join("scratch");
    files::make_private_folder(&scratch)?;
    let place = Place::Folder(scratch.clone());
    fill_from(&place, &part.join(ROWS), schema_step).await?;
    let store = Store::open(&place, config.clock.clone(), config.ids.clone()).await?;
    let report = verify(&store).await;
    store.close().await;
    let report = report?;
    fs::remove_dir_all(&scratch).map_err(BackupFault::file(&scratch))?;
    match first_problem(&report) {
        Some(detail) => Err(BackupFault::Damaged { detail }),
        None => Ok(report),
    }
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn a_password_never_stands_on_a_command_line() {
        let (address, password) = apart("postgres://cordwainer:SECRET@db.factory/cordwainer?host=/run");
        assert_eq!(address, "postgres://cordwainer@db.factory/cordwainer?host=/run", "everything but the password");
        assert_eq!(password.as_deref(), Some("SECRET"), "which goes by the environment");
        let plain = "postgres://postgres@localhost/test";
        assert_eq!(apart(plain), (plain.to_owned(), None), "an address without one stays as it is");
    }
}
