//! Judging goes on after a restore: once every station has offered again what it holds, or when the pause has lasted long
//! enough.

use crate::store::{Store, StoreFault, epoch, parked};

/// Ends the pause if that is due, and judges what waited meanwhile.
pub(super) async fn run(store: &Store) -> Result<(), StoreFault> {
    let sites = store.sites().await?;
    let mut tx = store.db().read().await?;
    let ends_ms = epoch::pause_ends(&mut tx).await?;
    let (mut awaited, mut waits) = (0, false);
    for site in &sites {
        awaited += epoch::still_awaited(&mut tx, site.as_str()).await?;
        waits |= !parked::while_judging_paused(&mut tx, site).await?.is_empty();
    }
    drop(tx);
    if ends_ms.is_none() && !waits {
        return Ok(());
    }
    let now_ms = store.clock().now().timestamp_millis();
    if ends_ms.is_some_and(|ends_ms| awaited > 0 && now_ms < ends_ms) {
        return Ok(());
    }
    for site in &sites {
        while store.judge_what_waits(site).await? {}
    }
    let Some(ends_ms) = ends_ms else { return Ok(()) };
    let mut tx = store.db().write().await?;
    epoch::end_pause(&mut tx).await?;
    tx.commit().await?;
    tracing::warn!(awaited, early = now_ms < ends_ms, "judging goes on");
    // A push that was under way as the pause ended may still have stored something for later.
    for site in &sites {
        while store.judge_what_waits(site).await? {}
    }
    Ok(())
}
