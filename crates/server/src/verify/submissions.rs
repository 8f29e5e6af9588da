//! Every station's own chain, incarnation by incarnation.

use cordwainer_domain::SiteId;
use cordwainer_sync::{Hash, link};
use uuid::Uuid;

use super::{CHUNK, Report};
use crate::store::db::{Tx, on};
use crate::store::fault::StoreFault;

#[derive(sqlx::FromRow)]
struct Incarnation {
    station_id: Uuid,
    incarnation: String,
    last_seq: i64,
    last_chain: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct StoredPlace {
    seq: i64,
    prev_chain: Vec<u8>,
    chain_hash: Vec<u8>,
    body: Option<Vec<u8>>,
}

/// Follows every chain of a site.
pub(super) async fn verify(tx: &mut Tx, site: &SiteId, report: &mut Report) -> Result<(), StoreFault> {
    const SQL: &str = "SELECT i.station_id, i.incarnation, i.last_seq, i.last_chain FROM station_incarnation i \
                       JOIN station s ON s.id = i.station_id WHERE s.site_id = $1 ORDER BY i.station_id, i.begun_at";
    let incarnations: Vec<Incarnation> =
        on!(&mut *tx, c => sqlx::query_as(SQL).bind(site.as_str()).fetch_all(c).await)?;
    for incarnation in &incarnations {
        follow(tx, incarnation, report).await?;
    }
    Ok(())
}

async fn follow(tx: &mut Tx, of: &Incarnation, report: &mut Report) -> Result<(), StoreFault> {
    // A place whose action came with other bytes than the first is chained over those, which are kept as evidence.
    const SQL: &str = "SELECT p.seq, p.prev_chain, p.chain_hash, COALESCE(a.body, e.body) AS body FROM submission p \
                       LEFT JOIN action_log a ON a.action_id = p.action_id AND a.body_hash = p.body_hash \
                       LEFT JOIN action_evidence e ON e.action_id = p.action_id AND e.body_hash = p.body_hash \
                       WHERE p.station_id = $1 AND p.incarnation = $2 AND p.seq > $3 ORDER BY p.seq LIMIT $4";
    let (mut seq, mut chain) = (0, Hash::START);
    loop {
        let places: Vec<StoredPlace> = on!(&mut *tx, c => sqlx::query_as(SQL)
            .bind(of.station_id)
            .bind(&of.incarnation)
            .bind(seq)
            .bind(CHUNK)
            .fetch_all(c)
            .await)?;
        if places.is_empty() {
            break;
        }
        for place in places {
            let next = place.body.as_ref().map(|body| link(chain, body));
            let holds = place.seq == seq + 1
                && place.prev_chain == chain.as_bytes()
                && next.is_some_and(|next| place.chain_hash == next.as_bytes());
            if !holds {
                report.chain_problem(format!("station {}: its chain breaks at seq {}", of.station_id, place.seq));
            }
            seq = place.seq;
            chain = Hash::from_slice(&place.chain_hash).unwrap_or(Hash::START);
        }
    }
    if seq != of.last_seq || of.last_chain != chain.as_bytes() {
        report.chain_problem(format!(
            "station {}: its chain ends at seq {seq}, {} is remembered",
            of.station_id, of.last_seq
        ));
    }
    Ok(())
}
