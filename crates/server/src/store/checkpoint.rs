//! Signed statements about the audit chain: the newest entry, its hash, under which epoch, and when. One is stored every
//! minute in which something changed, and when the server stops; stations are handed one with every pull.

use chrono::{DateTime, Utc};
use cordwainer_domain::SiteId;
use cordwainer_sync::{Purpose, checkpoint_bytes};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Store;
use super::audit::{AuditHead, Entry, hash_of};
use super::db::{Tx, on, retried};
use super::fault::StoreFault;
use super::writing::{Writing, audit_head, head_of};
use crate::clock::from_ms;

/// A signed checkpoint as it is stored, printed and exported.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Site.
    pub site: SiteId,
    /// Life of the server's database.
    pub epoch: String,
    /// Newest entry of the audit chain, and their number.
    pub audit_seq: i64,
    /// Hash there, hexadecimal.
    pub audit_head: String,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// The key that it is signed with, hexadecimal.
    pub public_key: String,
    /// Signature over `{audit_seq}\n{audit_head}\n{epoch}`, hexadecimal.
    pub sig: String,
}

/// A stored checkpoint.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(crate) struct CheckpointRow {
    pub(crate) epoch: String,
    pub(crate) audit_seq: i64,
    pub(crate) audit_head: Vec<u8>,
    pub(crate) at: i64,
    pub(crate) sig: Vec<u8>,
}

impl CheckpointRow {
    /// What the audit chain says of it; the time is the entry's own.
    pub(crate) fn entry(&self) -> Result<Entry, StoreFault> {
        let what = json!({ "audit_head": hex::encode(&self.audit_head), "sig": hex::encode(&self.sig) });
        Entry::new("checkpoint", format!("{}/{}", self.epoch, self.audit_seq), &what)
    }
}

/// The checkpoints of a site behind a place, in the order of the chain.
pub(crate) async fn all(tx: &mut Tx, site: &str) -> Result<Vec<CheckpointRow>, StoreFault> {
    const SQL: &str = "SELECT epoch, audit_seq, audit_head, at, sig FROM checkpoint WHERE site_id = $1 \
                       ORDER BY audit_seq, at";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(site).fetch_all(c).await)?)
}

async fn newest(tx: &mut Tx, site: &str) -> Result<Option<CheckpointRow>, StoreFault> {
    const SQL: &str = "SELECT epoch, audit_seq, audit_head, at, sig FROM checkpoint WHERE site_id = $1 \
                       ORDER BY at DESC, audit_seq DESC LIMIT 1";
    Ok(on!(tx, c => sqlx::query_as(SQL).bind(site).fetch_optional(c).await)?)
}

async fn add(writing: &mut Writing, row: &CheckpointRow) -> Result<(), StoreFault> {
    const SQL: &str = "INSERT INTO checkpoint (site_id, epoch, audit_seq, audit_head, at, sig) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
    let site = writing.site.as_str().to_owned();
    on!(&mut writing.tx, c => sqlx::query(SQL)
        .bind(&site)
        .bind(&row.epoch)
        .bind(row.audit_seq)
        .bind(&row.audit_head)
        .bind(row.at)
        .bind(&row.sig)
        .execute(c)
        .await
        .map(|_| ()))?;
    writing.note(row.entry()?);
    Ok(())
}

impl Store {
    /// Stores a checkpoint of every site.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn make_checkpoints(&self) -> Result<(), StoreFault> {
        for site in self.sites().await? {
            self.make_checkpoint(&site).await?;
        }
        Ok(())
    }

    /// Stores a checkpoint of a site if something but the last checkpoint itself was added to its chain. Answers whether.
    ///
    /// # Errors
    /// [`StoreFault`].
    pub async fn make_checkpoint(&self, site: &SiteId) -> Result<bool, StoreFault> {
        retried!(self.try_make_checkpoint(site))
    }

    async fn try_make_checkpoint(&self, site: &SiteId) -> Result<bool, StoreFault> {
        let mut writing = self.writing(site).await?;
        let Some(head) = head_of(&mut writing.tx, site.as_str()).await? else { return Ok(false) };
        let told = newest(&mut writing.tx, site.as_str()).await?.map_or(0, |last| last.audit_seq + 1);
        if head.audit_seq <= told {
            return Ok(false);
        }
        let (newest, at) = (audit_head(site.as_str(), &head)?, writing.now_ms());
        let row = self.sign_head(newest, head.epoch, at);
        add(&mut writing, &row).await?;
        writing.close().await?;
        Ok(true)
    }

    fn sign_head(&self, head: AuditHead, epoch: String, at: i64) -> CheckpointRow {
        let bytes = checkpoint_bytes(head.seq.cast_unsigned(), &head.hash.to_string(), &epoch);
        let sig = self.identity().key().sign(Purpose::Checkpoint, &bytes);
        let (audit_head, sig) = (head.hash.as_bytes().to_vec(), sig.as_bytes().to_vec());
        CheckpointRow { epoch, audit_seq: head.seq, audit_head, at, sig }
    }

    /// The newest entry of a site's chain, signed now, to be printed or kept elsewhere.
    ///
    /// # Errors
    /// [`StoreFault::Missing`] when there is no such site.
    pub async fn checkpoint(&self, site: &SiteId) -> Result<Checkpoint, StoreFault> {
        self.checkpoint_within(&mut self.db().read().await?, site).await
    }

    pub(crate) async fn checkpoint_within(&self, tx: &mut Tx, site: &SiteId) -> Result<Checkpoint, StoreFault> {
        let missing = || StoreFault::Missing { what: "site", id: site.to_string() };
        let head = head_of(tx, site.as_str()).await?.ok_or_else(missing)?;
        let (newest, now_ms) = (audit_head(site.as_str(), &head)?, self.clock().now().timestamp_millis());
        let row = self.sign_head(newest, head.epoch, now_ms);
        Ok(Checkpoint {
            site: site.clone(),
            audit_head: hash_of("sync_head", "audit_head", site, &row.audit_head)?.to_string(),
            epoch: row.epoch,
            audit_seq: row.audit_seq,
            at: from_ms(row.at),
            public_key: self.identity().public_key().to_string(),
            sig: hex::encode(row.sig),
        })
    }
}
