//! Who this server is: its signing key and the secret behind its nonces. Made once, with the first life of its database.

use cordwainer_sync::{PublicKey, SigningKey};

use super::db::{Db, on};
use super::epoch;
use super::fault::{StoreFault, bad_row};
use crate::clock::{Clock, IdSource, random};

/// The server's identity, as loaded at start.
#[derive(Debug)]
pub struct Identity {
    key: SigningKey,
    nonce_secret: Secret,
}

/// Bytes that are never printed.
struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
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

    pub(crate) fn nonce_secret(&self) -> &[u8; 32] {
        &self.nonce_secret.0
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
    tx.commit().await?;
    let seed = bytes_of(&row.signing_seed, "signing_seed")?;
    let nonce_secret = Secret(bytes_of(&row.nonce_secret, "nonce_secret")?);
    Ok(Identity { key: SigningKey::from_seed(&seed), nonce_secret })
}

fn bytes_of(bytes: &[u8], column: &'static str) -> Result<[u8; 32], StoreFault> {
    bytes.try_into().map_err(|_| bad_row("server_identity", column, 1, "32 bytes are due"))
}
