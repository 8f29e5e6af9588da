//! Many at once on PostgreSQL: commits that overtake each other, two hands on one row, a crowd that comes back together.

use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::Fact;
use cordwainer_protocol::sync::{ProblemCode, PushReply, VerdictStatus};
use cordwainer_server::OfficeFact;
use cordwainer_server::test_support::factory;
use futures::future::join_all;
use sqlx::Connection;

use crate::station::{Refused, Station};
use crate::world::{Engine, World};

/// Makes the pushes of one station wait, halfway through their transaction, for an advisory lock.
fn wait_halfway(station: &Station) -> String {
    format!(
        "CREATE FUNCTION wait_halfway() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF NEW.station_id = '{}' THEN PERFORM pg_advisory_xact_lock_shared(45); END IF;
             RETURN NEW;
         END $$;
         CREATE TRIGGER wait_halfway BEFORE INSERT ON submission FOR EACH ROW EXECUTE FUNCTION wait_halfway();",
        station.id
    )
}

#[tokio::test]
async fn a_commit_that_began_first_and_ends_last_is_never_skipped_by_a_reader() {
    let world = World::new(Engine::Postgres).await;
    factory::release(world.store(), 1..=2).await;
    let (mut slow, mut quick) = (world.enrol("cut-1").await, world.enrol("cut-1").await);
    let mut reader = world.enrol_floor().await;
    reader.pull().await;
    world.tamper(&wait_halfway(&slow)).await;
    let mut holder = sqlx::PgConnection::connect(world.config.database_url.as_deref().unwrap()).await.unwrap();
    sqlx::raw_sql("SELECT pg_advisory_lock(45)").execute(&mut holder).await.unwrap();

    let first = slow.sign_off(1, 0);
    let slow = tokio::spawn(async move { slow.push(&[first]).await.unwrap() });
    world.until_somebody_waits().await;
    let overtook = quick.push(&[quick.sign_off(2, 0)]).await.unwrap();
    let seen = reader.pull().await;
    let holds = |page: &cordwainer_protocol::sync::PullReply, pair: u32| {
        page.changes.iter().any(|change| change.pk == factory::pair(pair).to_string())
    };
    assert!(holds(&seen, 2) && !holds(&seen, 1), "the reader is past the commit that overtook");
    sqlx::raw_sql("SELECT pg_advisory_unlock(45)").execute(&mut holder).await.unwrap();
    let began_first = slow.await.unwrap();
    let seq_of = |reply: &PushReply| reply.verdicts[0].commit_seq.unwrap();
    assert!(seq_of(&began_first) > seq_of(&overtook), "numbers are given in the order of commits");
    assert!(holds(&reader.pull().await, 1), "and the reader gets what committed behind its cursor's back");
    world.proven().await;
}

#[tokio::test]
async fn the_office_and_a_station_at_the_same_rows_leave_both_facts_and_one_effect() {
    const PAIRS: u32 = 12;
    let world = World::new(Engine::Postgres).await;
    factory::release(world.store(), 1..=PAIRS).await;
    let mut station = world.enrol("cut-1").await;
    let finished = || Fact::JobFinished { round: 0, values: Vec::new(), lots: Vec::new(), early_confirmed: false };
    let by_the_office = (1..=PAIRS).map(|pair| {
        let (site, store) = (factory::site(), world.store().clone());
        async move {
            let fact = OfficeFact {
                job: Some(factory::job(pair, 0)),
                worker: Some(factory::maker()),
                auth_level: AuthLevel::Badge,
                workstation: Some("cut-1".into()),
                ..OfficeFact::own(finished(), factory::pair(pair))
            };
            store.record_office(&site, &[fact]).await.unwrap().remove(0).status
        }
    });
    let by_the_station = async {
        let mut statuses = Vec::new();
        for pair in 1..=PAIRS {
            let action = station.sign_off(pair, 0);
            statuses.push(station.push(&[action]).await.unwrap().verdicts[0].status);
        }
        statuses
    };
    let (office, floor) = tokio::join!(join_all(by_the_office), by_the_station);
    for (office, floor) in office.iter().zip(&floor) {
        let applied = [office, floor].into_iter().filter(|status| **status == VerdictStatus::Applied).count();
        let flagged = [office, floor].into_iter().filter(|status| **status == VerdictStatus::Flagged).count();
        assert_eq!((applied, flagged), (1, 1), "one counts, the other is shown to a person: {office:?}, {floor:?}");
    }
    let mut reader = world.enrol_floor().await;
    let page = reader.pull().await;
    let seqs: Vec<_> = page.changes.iter().map(|change| change.commit_seq).collect();
    assert!(seqs.is_sorted(), "both are in the one feed");
    assert_eq!(world.proven().await.actions, u64::from(3 * PAIRS), "releases, the office's facts, the station's");
}

/// Pushes until the server has room for it, and says how often it had none.
async fn push_through(station: &mut Station, pairs: std::ops::RangeInclusive<u32>) -> (PushReply, u32) {
    let before = station.chain;
    let actions: Vec<_> = pairs.map(|pair| station.sign_off(pair, 0)).collect();
    let offers: Vec<_> = actions.iter().map(|action| station.record(action)).collect();
    let mut refused = 0;
    loop {
        let outcome: Result<PushReply, Refused> = station.push_offers(before, &offers).await;
        match outcome {
            Ok(reply) => return (reply, refused),
            Err((_, problem)) if problem.code == ProblemCode::Busy => refused += 1,
            Err(other) => panic!("only want of room may turn a push away: {other:?}"),
        }
    }
}

#[tokio::test]
async fn sixty_stations_that_come_back_together_all_drain() {
    const STATIONS: usize = 60;
    const EACH: u32 = 10;
    let world = World::new(Engine::Postgres).await;
    factory::release(world.store(), 1..=EACH).await;
    let mut stations = Vec::new();
    for _ in 0..STATIONS {
        stations.push(world.enrol("cut-1").await);
    }
    let drained = join_all(stations.iter_mut().map(|station| push_through(station, 1..=EACH))).await;
    let turned_away: u32 = drained.iter().map(|(_, refused)| refused).sum();
    assert_eq!(turned_away, 0, "a crowd waits its turn; it is not sent away to come back as a storm");
    let applied = drained.iter().flat_map(|(reply, _)| &reply.verdicts);
    let applied = applied.filter(|verdict| verdict.status == VerdictStatus::Applied).count();
    assert_eq!(applied, EACH as usize, "each job is done once, whoever came first");
    let proof = world.proven().await;
    assert_eq!(proof.actions, u64::from(EACH) + STATIONS as u64 * u64::from(EACH), "and every fact is kept");
}
