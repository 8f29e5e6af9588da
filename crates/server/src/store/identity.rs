//! Who this server is: its signing key, the authority for its certificates, and the secret behind its nonces. Made once, with
//! the first life of its database.

use std::sync::Arc;

use cordwainer_channel::{Authority, AuthorityRecord};
use cordwainer_protocol::Secret;
use cordwainer_sync::{PublicKey, SigningKey};

use super::db::{Db, Tx, on};
use super::epoch;
use super::fault::{StoreFault, bad_row};
use crate::clock::{Clock, IdSource, random};

/// The server's identity, as loaded at start.
#[derive(Debug)]
pub struct Identity {
    key: SigningKey,
    nonce_secret: Secret<[u8; 32]>,
    authority: Arc<Authority>,
}

impl Identity {
    /// The key that signs grants, checkpoints, enrolments and what the office records.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The key that stations pin.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// What signs the certificates of stations and server processes.
    pub fn authority(&self) -> &Arc<Authority> {
        &self.authority
    }

    pub(crate) fn nonce_secret(&self) -> &[u8; 32] {
        self.nonce_secret.expose()
    }
}

/// The key of the office station of every site: the server's own.
pub(crate) fn office_key(identity: &Identity) -> PublicKey {
    identity.public_key()
}

#[derive(sqlx::FromRow)]
struct IdentityRow {
    signing_seed: Vec<u8>,
    nonce_secret: Vec<u8>,
    epoch: String,
    created_at: i64,
}

/// Loads the identity, and makes it first if the database is new.
pub(crate) async fn load(db: &Db, clock: &dyn Clock, ids: &dyn IdSource) -> Result<Identity, StoreFault> {
    const MAKE: &str = "INSERT INTO server_identity (id, signing_seed, nonce_secret, epoch, created_at) \
                        VALUES (1, $1, $2, $3, $4) ON CONFLICT (id) DO NOTHING";
    const READ: &str = "SELECT signing_seed, nonce_secret, epoch, created_at FROM server_identity WHERE id = 1";
    let mut tx = db.write().await?;
    let (seed, secret): ([u8; 32], [u8; 32]) = (random(ids), random(ids));
    let first_epoch = hex::encode(random::<8>(ids));
    let now_ms = clock.now().timestamp_millis();
    on!(&mut tx, c => sqlx::query(MAKE)
        .bind(seed.as_slice())
        .bind(secret.as_slice())
        .bind(&first_epoch)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|_| ()))?;
    let row: IdentityRow = on!(&mut tx, c => sqlx::query_as(READ).fetch_one(c).await)?;
    epoch::remember(&mut tx, &row.epoch, "made", row.created_at, None).await?;
    let seed = Secret::new(bytes_of(&row.signing_seed, "signing_seed")?);
    let key = SigningKey::from_seed(seed.expose());
    let record = load_authority(&mut tx, &key.public(), clock).await?;
    tx.commit().await?;
    let authority = Arc::new(Authority::load(seed.expose(), &key.public(), &record)?);
    let nonce_secret = Secret::new(bytes_of(&row.nonce_secret, "nonce_secret")?);
    Ok(Identity { key, nonce_secret, authority })
}

/// Reads the authority that every server process of this database shares, and makes it first if there is none.
async fn load_authority(tx: &mut Tx, server_key: &PublicKey, clock: &dyn Clock) -> Result<AuthorityRecord, StoreFault> {
    const MAKE: &str = "INSERT INTO authority (id, private_key, certificate, created_at) VALUES (1, $1, $2, $3) \
                        ON CONFLICT (id) DO NOTHING";
    const READ: &str = "SELECT private_key, certificate FROM authority WHERE id = 1";
    let known: Option<(Vec<u8>, Vec<u8>)> = on!(&mut *tx, c => sqlx::query_as(READ).fetch_optional(c).await)?;
    let (key, certificate) = match known {
        Some(known) => known,
        None => {
            let now = clock.now();
            let made = Authority::found(server_key, now)?;
            on!(&mut *tx, c => sqlx::query(MAKE)
                .bind(made.key.as_slice())
                .bind(&made.certificate)
                .bind(now.timestamp_millis())
                .execute(c)
                .await
                .map(|_| ()))?;
            // Another process may have been first: then its authority is everybody's.
            on!(&mut *tx, c => sqlx::query_as(READ).fetch_one(c).await)?
        }
    };
    Ok(AuthorityRecord::kept(key, certificate))
}

fn bytes_of(bytes: &[u8], column: &'static str) -> Result<[u8; 32], StoreFault> {
    bytes.try_into().map_err(|_| bad_row("server_identity", column, 1, "32 bytes are due"))
}
