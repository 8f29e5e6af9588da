//! Incarnations: the lives of a station's outbox, and how far the server has stored the live one.

use cordwainer_domain::StationId;
use cordwainer_sync::{Hash, StationHead};

use super::audit::hash_of;
use super::db::{Tx, on};
use super::fault::StoreFault;

#[derive(sqlx::FromRow)]
struct IncarnationRow {
    incarnation: String,
    last_seq: i64,
    last_chain: Vec<u8>,
    lease: String,
    previous_lease: String,
}

/// The server's memory of a station's live incarnation; empty before its first push.
pub(crate) async fn head(tx: &mut Tx, id: StationId) -> Result<StationHead, StoreFault> {
    const SQL: &str = "SELECT incarnation, last_seq, last_chain, lease, previous_lease FROM station_incarnation \
                       WHERE station_id = $1 AND retired_at IS NULL";
    let row: Option<IncarnationRow> = on!(tx, c => sqlx::query_as(SQL).bind(id.0).fetch_optional(c).await)?;
    let Some(row) = row else {
        return Ok(StationHead {
            incarnation: String::new(),
            last_seq: 0,
            last_chain: Hash::START,
            lease: String::new(),
            previous_lease: String::new(),
        });
    };
    Ok(StationHead {
        last_chain: hash_of("station_incarnation", "last_chain", id, &row.last_chain)?,
        incarnation: row.incarnation,
        last_seq: row.last_seq.cast_unsigned(),
        lease: row.lease,
        previous_lease: row.previous_lease,
    })
}

/// Whether a station ever pushed under this incarnation.
pub(crate) async fn knows_incarnation(tx: &mut Tx, id: StationId, incarnation: &str) -> Result<bool, StoreFault> {
    const SQL: &str = "SELECT COUNT(*) FROM station_incarnation WHERE station_id = $1 AND incarnation = $2";
    let count: i64 = on!(tx, c => sqlx::query_scalar(SQL).bind(id.0).bind(incarnation).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Remembers how far a station has come. An incarnation that begins retires the one before.
pub(crate) async fn save_head(tx: &mut Tx, id: StationId, head: &StationHead, now_ms: i64) -> Result<(), StoreFault> {
    const PROGRESS: &str = "UPDATE station SET progressed_at = $2 WHERE id = $1";
    const RETIRE: &str = "UPDATE station_incarnation SET retired_at = $3 \
                          WHERE station_id = $1 AND incarnation <> $2 AND retired_at IS NULL";
    const SAVE: &str = "INSERT INTO station_incarnation (station_id, incarnation, last_seq, last_chain, lease, \
                        previous_lease, begun_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                        ON CONFLICT (station_id, incarnation) DO UPDATE SET last_seq = excluded.last_seq, \
                        last_chain = excluded.last_chain, lease = excluded.lease, previous_lease = excluded.previous_lease";
    on!(&mut *tx, c => sqlx::query(PROGRESS).bind(id.0).bind(now_ms).execute(c).await.map(|_| ()))?;
    on!(&mut *tx, c => sqlx::query(RETIRE)
        .bind(id.0)
        .bind(&head.incarnation)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|_| ()))?;
    on!(tx, c => sqlx::query(SAVE)
        .bind(id.0)
        .bind(&head.incarnation)
        .bind(head.last_seq.cast_signed())
        .bind(head.last_chain.as_bytes())
        .bind(&head.lease)
        .bind(&head.previous_lease)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}
