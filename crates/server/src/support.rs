//! The server's support bundle: versions, schema, counts, what the proof found, stations by number, recent logs. Nothing of a
//! worker or a customer, and no key: the words of this very database are taken out of every text.

use std::io;
use std::path::Path;

use cordwainer_logs::{Bundle, FOLDER, Redactor};
use serde_json::{Value, json};

use crate::boot::Config;
use crate::store::db::{Tx, on};
use crate::store::epoch;
use crate::store::portable;
use crate::store::{Place, Store, StoreFault};
use crate::verify::verify;

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum SupportFault {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The file.
    #[error("the bundle cannot be written: {0}")]
    File(#[from] io::Error),
}

/// Writes a bundle, and answers what is in it.
///
/// # Errors
/// [`SupportFault`]; an existing file is never written over.
pub async fn write_bundle(config: &Config, store: &Store, out: &Path) -> Result<Vec<String>, SupportFault> {
    let mut tx = store.db().read().await?;
    let mut bundle = Bundle::new(words_to_hide(&mut tx).await?);
    let (engine, engine_version) = engine(&mut tx).await?;
    let epoch = epoch::present(&mut tx).await?;
    let place = match config.place() {
        Place::Folder(_) => "embedded",
        Place::Postgres(_) => "server",
    };
    bundle.add_json(
        "about.json",
        &json!({
            "program": "cordwainer-server",
            "version": env!("CARGO_PKG_VERSION"),
            "system": std::env::consts::OS,
            "machine": std::env::consts::ARCH,
            "made_at": store.clock().now(),
            "engine": engine,
            "engine_version": engine_version,
            "database": place,
            "schema_step": portable::schema_step(&mut tx).await?,
            "epoch": epoch,
            "listen": config.listen,
            "metrics": config.metrics.is_some(),
        }),
    )?;
    bundle.add_json("rows.json", &portable::counts(&mut tx).await?)?;
    drop(tx);
    bundle.add_json("stations.json", &stations(store).await?)?;
    bundle.add_json("proof.json", &verify(store).await?)?;
    bundle.add_logs(&config.data_dir.join(FOLDER))?;
    Ok(bundle.write(out)?)
}

async fn engine(tx: &mut Tx) -> Result<(&'static str, String), StoreFault> {
    let (engine, sql) = match tx {
        Tx::Sqlite(_) => ("sqlite", "SELECT sqlite_version()"),
        Tx::Postgres(_) => ("postgres", "SELECT version()"),
    };
    Ok((engine, on!(tx, c => sqlx::query_scalar(sql).fetch_one(c).await)?))
}

async fn stations(store: &Store) -> Result<Vec<Value>, StoreFault> {
    let mut told = Vec::new();
    for site in store.sites().await? {
        for station in store.stations(&site).await? {
            told.push(json!({
                "id": station.id,
                "workstation": station.workstation,
                "scope": station.scope,
                "enrolled_at": station.enrolled_at,
                "revoked_at": station.revoked_at,
                "last_contact": station.last_contact,
                "outbox_depth": station.outbox_depth,
                "oldest_pending_age_ms": station.oldest_pending_age_ms,
                "witness_fault": station.witness_fault,
            }));
        }
    }
    Ok(told)
}

/// Every name, badge, verifier and key that this database holds.
async fn words_to_hide(tx: &mut Tx) -> Result<Redactor, StoreFault> {
    let mut redactor = Redactor::default();
    for sql in ["SELECT doc FROM worker", "SELECT doc FROM work_order"] {
        let docs: Vec<sqlx::types::Json<Value>> = on!(&mut *tx, c => sqlx::query_scalar(sql).fetch_all(c).await)?;
        for doc in docs {
            hide_people(&doc.0, &mut redactor);
        }
    }
    const WORKERS: &str = "SELECT badge, pin_salt, pin_hash FROM worker";
    let workers: Vec<(String, Option<String>, Option<String>)> =
        on!(&mut *tx, c => sqlx::query_as(WORKERS).fetch_all(c).await)?;
    for (badge, salt, hash) in workers {
        [Some(badge), salt, hash].into_iter().flatten().for_each(|word| redactor.hide(&word));
    }
    const KEYS: &str = "SELECT signing_seed, nonce_secret FROM server_identity";
    let keys: Vec<(Vec<u8>, Vec<u8>)> = on!(tx, c => sqlx::query_as(KEYS).fetch_all(c).await)?;
    for (seed, secret) in keys {
        redactor.hide(&hex::encode(seed));
        redactor.hide(&hex::encode(secret));
    }
    Ok(redactor)
}

/// Texts under these names are somebody's.
const OF_PEOPLE: [&str; 4] = ["name", "short", "badge", "customer_name"];

/// Hides what a document says of people: of a worker all names, of a work order the customer's.
fn hide_people(doc: &Value, redactor: &mut Redactor) {
    let is_worker = doc.get("badge").is_some();
    let names: &[&str] = if is_worker { &OF_PEOPLE } else { &["customer_name"] };
    for name in names {
        match doc.get(name) {
            Some(Value::String(text)) => redactor.hide(text),
            Some(Value::Object(texts)) => {
                texts.values().filter_map(Value::as_str).for_each(|text| redactor.hide(text));
            }
            _ => {}
        }
    }
}
