//! Two pushes on PostgreSQL, of which the first to begin is the last to commit: a station that pulls in between must miss
//! nothing, and the audit chain must not fork.

use std::sync::Arc;

use cordwainer_server::test_support::postgres;
use cordwainer_server::verify::verify;
use cordwainer_station::sync::Pulled;
use cordwainer_sync::controls::Control;
use sqlx::{Connection, PgConnection};

use crate::clock::WorldClock;
use crate::disk::Image;
use crate::world::{Doing, Machine, Net, SimServer, Violation, furnish, outbox, settle};

/// Plays it. `off` is the protection that is off; what stands behind it as a second wall is taken away too.
///
/// # Errors
/// What broke.
pub async fn play(off: Control) -> Result<(), Violation> {
    let url = postgres::fresh_database().await;
    let clock = Arc::new(WorldClock::default());
    let server = Arc::new(SimServer::new(&Image::default(), &clock, 5).on_postgres(&url));
    let net = Arc::new(Net::new(&server, &clock, 5));
    furnish(&server).await;
    // Leather may be cut at once, so that the first push changes what everybody sees.
    let mut first = settle(&server, &clock, &net, 4).await;
    let mut second = settle(&server, &clock, &net, 0).await;
    // The supervisor's desk sees the whole floor.
    let mut watcher = settle(&server, &clock, &net, 6).await;
    if off == Control::NumberAtCommit {
        // A trigger refuses numbers beside the head; a design that counts by a sequence would have none.
        run(&url, "ALTER TABLE change DISABLE TRIGGER USER; ALTER TABLE verdict DISABLE TRIGGER USER").await?;
    }
    record(&first, 1)?;
    record(&second, 2)?;
    overtake(&url, &mut first, &mut second, &mut watcher).await?;
    pull_to_the_end(&mut watcher).await?;
    let mut fresh = settle(&server, &clock, &net, 6).await;
    pull_to_the_end(&mut fresh).await?;
    let (seen, expected) = (rows_of(&watcher)?, rows_of(&fresh)?);
    if seen != expected {
        return Err(Violation("I4: a station that pulled in between misses rows for ever".to_owned()));
    }
    let store = server.store().ok_or_else(|| Violation("the server does not run".to_owned()))?;
    let report = verify(&store).await.map_err(broken)?;
    server.stop().await;
    if report.is_ok() { Ok(()) } else { Err(Violation(format!("I5: verify: {:?}", report.problems))) }
}

/// The first push begins and waits for its station's row, which somebody else holds; the second one begins later and commits.
/// Then the watcher pulls, and only then does the first go on.
async fn overtake(
    url: &str,
    first: &mut Machine,
    second: &mut Machine,
    watcher: &mut Machine,
) -> Result<(), Violation> {
    let station = first.store().and_then(|store| store.outbox.enrolment().ok().flatten());
    let station = station.ok_or_else(|| Violation("the station is not enrolled".to_owned()))?.station_id;
    let mut holder = PgConnection::connect(url).await.map_err(broken)?;
    let mut held = holder.begin().await.map_err(broken)?;
    sqlx::query("SELECT id FROM station WHERE id = $1 FOR UPDATE")
        .bind(station.0)
        .execute(&mut *held)
        .await
        .map_err(broken)?;
    let meanwhile = async {
        until_somebody_waits(url).await?;
        second.push().await;
        pull_to_the_end(watcher).await?;
        held.rollback().await.map_err(broken)
    };
    let (pushed, done) = tokio::join!(first.push(), meanwhile);
    done?;
    match pushed {
        Some(Ok(_)) => Ok(()),
        other => Err(Violation(format!("the first push did not get through: {other:?}"))),
    }
}

async fn until_somebody_waits(url: &str) -> Result<(), Violation> {
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                           AND wait_event_type = 'Lock'";
    let mut looker = PgConnection::connect(url).await.map_err(broken)?;
    loop {
        let waiting: i64 = sqlx::query_scalar(WAITING).fetch_one(&mut looker).await.map_err(broken)?;
        if waiting > 0 {
            return looker.close().await.map_err(broken);
        }
        tokio::task::yield_now().await;
    }
}

async fn run(url: &str, sql: &'static str) -> Result<(), Violation> {
    let mut connection = PgConnection::connect(url).await.map_err(broken)?;
    sqlx::raw_sql(sql).execute(&mut connection).await.map_err(broken)?;
    connection.close().await.map_err(broken)
}

async fn pull_to_the_end(machine: &mut Machine) -> Result<(), Violation> {
    loop {
        match machine.pull().await {
            Some(Ok(Pulled::UpToDate)) => return Ok(()),
            Some(Ok(_)) => {}
            other => return Err(Violation(format!("a pull failed: {other:?}"))),
        }
    }
}

/// Somebody starts the first job of a pair that the station may work on.
fn record(machine: &Machine, pair: u32) -> Result<(), Violation> {
    let place = if machine.station == 4 { 0 } else { 2 };
    let doing = Doing::start(pair, place);
    match machine.record(doing) {
        Some((_, Ok(()))) => Ok(()),
        other => Err(Violation(format!("nothing was recorded: {other:?}"))),
    }
}

fn rows_of(machine: &Machine) -> Result<Vec<(String, String, String)>, Violation> {
    let held = outbox::held(&machine.disk).map_err(broken)?;
    // The stations' own rows say when each was last heard of; what counts here is the floor.
    Ok(held.into_iter().filter(|(table, ..)| table.starts_with("work_order")).collect())
}

fn broken(fault: impl std::fmt::Display) -> Violation {
    Violation(fault.to_string())
}
