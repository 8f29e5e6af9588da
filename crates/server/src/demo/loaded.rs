//! The demo factory in a real database: one claim, both engines.

use std::sync::Arc;

use chrono::TimeDelta;
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{Fact, forecast};
use cordwainer_domain::{OperationId, SiteId};
use cordwainer_protocol::sync::VerdictStatus;

use super::{Factory, LoadFault, Names, codes, load_demo, stand};
use crate::OfficeFact;
use crate::clock::{Clock, SystemIds};
use crate::store::{Place, Store};
use crate::test_support::{StillClock, postgres};
use crate::verify::verify;

async fn the_demo_is_loaded_judged_and_proven(place: Place) {
    let clock = Arc::new(StillClock::default());
    let store = Store::open(&place, clock.clone(), Arc::new(SystemIds)).await.expect("an empty database");
    let factory = Factory::embedded().expect("the demo is sound");
    let loaded = load_demo(&store, &factory, clock.now()).await.expect("a demo that loads");
    assert_eq!((loaded.workers, loaded.workstations, loaded.work_orders), (24, 14, 60), "the demo's size");
    assert!(loaded.actions > 1_000, "the floor has a history: {} actions", loaded.actions);
    assert_stands_as_played(&store, &factory, &clock).await;
    assert_is_proven(&store, &loaded.site).await;
    assert_is_never_loaded_twice(&store, &factory, &clock).await;
    assert_codes_follow_the_floor(&store, &factory).await;
    store.close().await;
}

/// The store came to the same state as the reducer alone.
async fn assert_stands_as_played(store: &Store, factory: &Factory, clock: &StillClock) {
    let mut late = 0;
    for expected in stand(factory, clock.now()).expect("a playable demo") {
        let stored = store.work_order(expected.id).await.expect("a store that answers").expect("a stored pair");
        assert_eq!(stored.jobs, expected.jobs, "{}: the jobs as played", stored.number);
        assert_eq!(stored.nonconformances, expected.nonconformances, "{}: the findings as played", stored.number);
        late += usize::from(forecast(&stored, &factory.site.calendar, clock.now()).late);
    }
    assert_eq!(late, 3, "the demo shows three late pairs");
}

async fn assert_is_proven(store: &Store, site: &SiteId) {
    let report = verify(store).await.expect("a store that can be read");
    assert!(report.is_ok(), "every signature, chain and state adds up: {report:?}");
    let stations = store.stations(site).await.expect("a store that answers");
    assert!(!stations.is_empty(), "the history was recorded by stations");
    assert!(stations.iter().all(|station| station.revoked_at.is_some()), "none of them may speak again");
}

async fn assert_is_never_loaded_twice(store: &Store, factory: &Factory, clock: &StillClock) {
    let refused = load_demo(store, factory, clock.now()).await.expect_err("the database is full");
    assert!(matches!(refused, LoadFault::NotEmpty(_)), "{refused}");
    assert_eq!(
        refused.to_string(),
        "the database is not empty: it holds the site wenzhou. Load into an empty one; nothing was changed",
        "it says what to do"
    );
}

/// What happens after the load is what the codes say of a pair.
async fn assert_codes_follow_the_floor(store: &Store, factory: &Factory) {
    let names = Names::of(&factory.site.id);
    let number = "WO-2611-009";
    let (work_order, job) = (names.work_order(number), names.job(number, &OperationId::from("packing.pack")));
    let packed = OfficeFact {
        job: Some(job),
        worker: Some(names.worker("zhao-jing")),
        auth_level: AuthLevel::Badge,
        ..OfficeFact::own(
            Fact::JobFinished { round: 0, values: Vec::new(), lots: Vec::new(), early_confirmed: false },
            work_order,
        )
    };
    let verdicts = store.record_office(&factory.site.id, &[packed]).await.expect("a store that records");
    assert_eq!(verdicts[0].status, VerdictStatus::Applied, "the pair was ready to be packed");
    let stored = store.work_order(work_order).await.expect("a store that answers").expect("a stored pair");
    let codes = codes(factory, &[stored]).expect("printable cards");
    assert_eq!(codes.travellers[0].jobs.last().map(|job| job.standing), Some("done"), "{number} is packed now");
}

#[tokio::test]
async fn the_demo_is_loaded_judged_and_proven_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    the_demo_is_loaded_judged_and_proven(Place::Folder(folder.path().to_owned())).await;
}

#[tokio::test]
async fn the_demo_is_loaded_judged_and_proven_on_postgres() {
    the_demo_is_loaded_judged_and_proven(Place::Postgres(postgres::fresh_database().await)).await;
}

#[tokio::test]
async fn a_factory_without_work_orders_is_a_good_beginning() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clock = Arc::new(StillClock::default());
    clock.advance(TimeDelta::days(3));
    let store = Store::open(&Place::Folder(folder.path().to_owned()), clock.clone(), Arc::new(SystemIds)).await;
    let store = store.expect("an empty database");
    let mut factory = Factory::embedded().expect("the demo is sound");
    factory.work_orders.clear();
    let loaded = load_demo(&store, &factory, clock.now()).await.expect("a factory that has not begun");
    assert_eq!((loaded.work_orders, loaded.actions), (0, 0), "nothing has happened yet");
    assert!(verify(&store).await.expect("a store that can be read").is_ok(), "and that adds up");
    store.close().await;
}
