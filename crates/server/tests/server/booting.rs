//! Starting and stopping, and what the person at the terminal is told when it does not work.

use cordwainer_protocol::sync::VerdictStatus;
use cordwainer_server::boot::{Config, Server};
use cordwainer_server::test_support::factory;
use cordwainer_server::verify::verify;
use futures::StreamExt;
use reqwest::Method;

use crate::world::{Engine, World, both_engines};

async fn told(config: Config) -> String {
    Server::start(config).await.err().map(|fault| fault.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn a_server_that_cannot_start_says_what_to_do() {
    let world = World::empty(Engine::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let at = |listen: String| Config { listen, ..Config::embedded(folder.path().join("data")) };

    let taken = told(at(world.server.address.to_string())).await;
    assert!(taken.contains("is taken by another program") && taken.contains("--listen"), "{taken}");
    let nowhere = told(at("192.0.2.1:1".to_owned())).await;
    assert!(nowhere.contains("cannot listen on 192.0.2.1:1"), "{nowhere}");
    let no_folder = told(Config::embedded(file.join("data"))).await;
    assert!(no_folder.contains("cannot write in") && no_folder.contains("--data"), "{no_folder}");
    let unreachable =
        Config { database_url: Some("postgres://u:secret@127.0.0.1:1/x".to_owned()), ..at("127.0.0.1:0".to_owned()) };
    let unreachable = told(unreachable).await;
    assert!(unreachable.contains("PostgreSQL does not answer at 127.0.0.1:1/x"), "{unreachable}");
    assert!(!unreachable.contains("secret"), "the password is not shown");
    for text in [taken, nowhere, no_folder, unreachable] {
        assert!(!text.contains('\n'), "one line: {text}");
    }
}

both_engines!(a_database_of_a_newer_release_is_refused, world => {
    world.tamper("UPDATE _sqlx_migrations SET version = 20991231000000 WHERE version = 20261121000001").await;
    let told = told(world.config.clone()).await;
    assert!(told.contains("was written by a newer release (schema step 20991231000000)"), "{told}");
});

both_engines!(a_restart_goes_on_where_it_was_and_takes_up_what_it_could_not_judge, world => {
    factory::release(world.store(), [1]).await;
    let mut station = world.enrol("cut-1").await;
    let reply = station.push(&[station.sign_off(1, 0)]).await.unwrap();
    let mut closing = world.enrol("close-1").await;
    closing.push(&[closing.sign_off(1, 1)]).await.unwrap();
    // As if an earlier release had not known the kind of the last fact.
    world.disarm("verdict").await;
    world.tamper("DELETE FROM job").await;
    world.tamper("DELETE FROM change WHERE tbl LIKE 'work_order%'").await;
    world.tamper("DELETE FROM work_order").await;
    let unknown = "UPDATE verdict SET status = 'parked', reason = '{\"reason\":\"unknown_kind\"}', conflict = NULL";
    world.tamper(unknown).await;

    let World { server, config, .. } = &mut world;
    let before = server.store.epoch().await.unwrap();
    let fresh = Server::start(config.clone()).await.unwrap();
    std::mem::replace(server, fresh).shutdown().await;
    assert_eq!(world.store().epoch().await.unwrap(), before, "the same life of the same database");
    let work_order = world.store().work_order(factory::pair(1)).await.unwrap().unwrap();
    let signed: Vec<_> = work_order.jobs.iter().filter_map(|job| job.sign_off().map(|signed| signed.action)).collect();
    assert_eq!(signed.len(), 2, "all three facts were taken up, in the order in which they were stored");
    assert_eq!(signed[0], reply.verdicts[0].action_id, "each for its own job");
    // Only the row's own past, which was taken away above, is missing, and the proof does not overlook it.
    let report = verify(world.store()).await.unwrap();
    let about_the_row = |problem: &String| problem.contains("its columns") || problem.contains("the feed");
    assert!(!report.is_ok() && report.problems.iter().all(about_the_row), "nothing else: {:#?}", report.problems);
});

both_engines!(a_stream_says_when_to_look_and_ends_when_the_server_does, world => {
    let mut station = world.enrol("cut-1").await;
    let response = station.call(Method::GET, "/sync/v1/poke", &station.nonce, Vec::new()).await;
    assert_eq!(response.status(), 200, "the stream opens");
    let mut events = response.bytes_stream();
    factory::release(world.store(), [1]).await;
    let event = events.next().await.unwrap().unwrap();
    assert_eq!(String::from_utf8_lossy(&event), "event: poke\ndata: look\n\n", "it says no more than that");
    let reply = station.push(&[station.sign_off(1, 0)]).await.unwrap();
    assert_eq!(reply.verdicts[0].status, VerdictStatus::Applied, "requests go on beside it");
    world.server.shutdown().await;
    while let Some(Ok(_)) = events.next().await {}
});

#[tokio::test]
async fn two_servers_share_one_postgresql() {
    let world = World::new(Engine::Postgres).await;
    let other = Server::start(world.config.clone()).await.unwrap();
    let lives = (other.store.epoch().await.unwrap(), world.store().epoch().await.unwrap());
    assert_eq!(lives.0, lives.1, "one database, one life");
    factory::release(world.store(), 1..=10).await;
    let (mut here, mut there) = (world.enrol("cut-1").await, world.enrol("cut-1").await);
    there.url_of(&other.stations_url());
    let (a, b): (Vec<_>, Vec<_>) = (
        (1..=10).map(|pair| here.sign_off(pair, 0)).collect(),
        (1..=10).rev().map(|pair| there.sign_off(pair, 0)).collect(),
    );
    let (one, two) = tokio::join!(here.push(&a), there.push(&b));
    let applied = |reply: &cordwainer_protocol::sync::PushReply| {
        reply.verdicts.iter().filter(|verdict| verdict.status == VerdictStatus::Applied).count()
    };
    assert_eq!(applied(&one.unwrap()) + applied(&two.unwrap()), 10, "each job is signed off once");
    world.proven().await;
    other.shutdown().await;
}

#[tokio::test]
async fn a_commit_of_another_server_process_pokes_the_stations_here() {
    let world = World::new(Engine::Postgres).await;
    let other = Server::start(world.config.clone()).await.unwrap();
    let station = world.enrol("cut-1").await;
    let response = station.call(Method::GET, "/sync/v1/poke", &station.nonce, Vec::new()).await;
    let mut events = response.bytes_stream();
    // The first looks at the head only learn where it stands; a commit that falls between them is nobody's to miss.
    let heard = async {
        for pair in 1.. {
            factory::release(&other.store, [pair]).await;
            let event = tokio::time::timeout(std::time::Duration::from_secs(2), events.next()).await;
            if let Ok(Some(Ok(event))) = event {
                return event;
            }
        }
        unreachable!("it goes on for ever")
    };
    let event = tokio::time::timeout(std::time::Duration::from_secs(30), heard).await.unwrap();
    assert_eq!(
        String::from_utf8_lossy(&event),
        "event: poke\ndata: look\n\n",
        "the other process announced nothing here"
    );
    other.shutdown().await;
}
