//! An outbox that is copied to another station, and a station whose PC is replaced.

use cordwainer_domain::StationId;
use cordwainer_protocol::Secret;
use cordwainer_protocol::sync::OutboxExport;
use uuid::Uuid;

use super::{applied, draft, ids_of};
use crate::fixture::{Desk, enrolment};
use crate::store::{Enrolment, OutcomeState, StationStore, StoreFault};

fn another_station() -> Enrolment {
    Enrolment {
        station_id: StationId(Uuid::from_u128(0xDD)),
        key_seed: Secret::new([4; 32]),
        ..enrolment("http://127.0.0.1:1")
    }
}

/// A desk of a station, with so many records.
fn desk_of(place: &Enrolment, records: usize) -> Desk {
    let desk = Desk::new();
    let store = desk.open_sound();
    store.outbox.begin_as(place, desk.ids.as_ref()).expect("enrolled");
    desk.record(&store, records);
    desk
}

#[test]
fn an_outbox_copied_to_another_station_is_refused_and_kept_as_it_is() {
    let (from, to) = (desk_of(&enrolment("http://127.0.0.1:1"), 3), desk_of(&another_station(), 2));
    std::fs::copy(from.folder.path().join("outbox.db"), to.folder.path().join("outbox.db")).expect("copied");
    let copied = std::fs::read(to.folder.path().join("outbox.db")).expect("reads");
    for _ in 0..2 {
        let opened = StationStore::open(to.folder.path(), to.clock.as_ref(), to.ids.as_ref());
        let Err(StoreFault::OtherStation { station }) = opened else { panic!("{opened:?}") };
        assert_eq!(station, enrolment("").station_id, "it says whose it is");
    }
    assert_eq!(std::fs::read(to.folder.path().join("outbox.db")).expect("reads"), copied, "not a byte is changed");
    let said = crate::host::HostFault::Store(StoreFault::OtherStation { station: enrolment("").station_id }).message();
    assert_eq!(said.code, cordwainer_protocol::MessageCode::OutboxOfAnotherStation, "in words of its own");
}

#[test]
fn put_aside_the_copied_outbox_gives_way_to_what_the_station_itself_had_recorded() {
    let (from, to) = (desk_of(&enrolment("http://127.0.0.1:1"), 3), desk_of(&another_station(), 2));
    std::fs::copy(from.folder.path().join("outbox.db"), to.folder.path().join("outbox.db")).expect("copied over it");
    let kept = StationStore::set_aside_foreign_outbox(to.folder.path()).expect("moved").expect("was foreign");
    assert!(kept.exists(), "the copied file is kept");
    let (store, _) = to.open();
    let draft = draft(&store);
    assert_eq!(draft.actions.len(), 2, "this station's own journal has its own records");
    let again = StationStore::set_aside_foreign_outbox(to.folder.path());
    assert!(matches!(again, Err(StoreFault::AlreadyOpen { .. })), "never under a running station: {again:?}");
    drop(store);
    assert_eq!(StationStore::set_aside_foreign_outbox(to.folder.path()).expect("looks"), None, "its own file stays");
}

#[test]
fn another_enrolment_begins_with_an_empty_outbox_and_what_was_unsent_is_exported() {
    let desk = desk_of(&enrolment("http://127.0.0.1:1"), 250);
    let (store, _) = desk.open();
    let sent = draft(&store);
    store.outbox.pushed(&sent.incarnation, &applied(&desk, &sent, "lease", 1)).expect("kept");
    store.outbox.set_setting("printer", "zpl+tcp://10.0.0.9:9100").expect("kept");
    let waiting = ids_of(&draft(&store));
    assert_eq!(waiting.len(), 50, "the first two hundred are stored");
    let retired = store.outbox.begin_as(&another_station(), desk.ids.as_ref()).expect("enrolled").expect("retired");
    assert!(retired.kept.exists(), "the outbox is kept");
    let text = std::fs::read(retired.export.expect("something was unsent")).expect("reads");
    let export: OutboxExport = serde_json::from_slice(&text).expect("an export");
    let exported: Vec<_> = export.pushes.iter().flat_map(|push| &push.actions).map(|offer| offer.action_id).collect();
    assert_eq!((export.station_id, exported), (enrolment("").station_id, waiting), "all of it, in order");
    assert_eq!(export.pushes[0].prev_chain, sent.actions[199].chain_hash, "it goes on where the server is");
    assert_eq!(store.outbox.unsent().expect("reads").count, 0, "the new station has nothing to send");
    assert_eq!(store.outbox.setting("printer").expect("reads").as_deref(), Some("zpl+tcp://10.0.0.9:9100"));
    let recorded = desk.record(&store, 1);
    assert_eq!(ids_of(&draft(&store)), recorded, "and records under its own name");
    drop(store);
    let (store, report) = desk.open();
    assert_eq!(report.recoveries, [], "the journal of the old one brings nothing back");
    assert_eq!(store.outbox.outcome(recorded[0]).expect("reads").expect("is there").state, OutcomeState::Pending);
}

#[test]
fn with_nothing_unsent_nothing_is_exported_and_the_same_station_goes_on_with_its_own() {
    let place = enrolment("http://127.0.0.1:1");
    let desk = desk_of(&place, 1);
    let (store, _) = desk.open();
    let moved = Enrolment { server_url: "http://10.0.0.1".to_owned(), ..place };
    assert_eq!(store.outbox.begin_as(&moved, desk.ids.as_ref()).expect("enrolled"), None, "the same station");
    let sent = draft(&store);
    assert_eq!(sent.actions.len(), 1, "its record still waits");
    store.outbox.pushed(&sent.incarnation, &applied(&desk, &sent, "lease", 1)).expect("kept");
    let retired = store.outbox.begin_as(&another_station(), desk.ids.as_ref()).expect("enrolled").expect("retired");
    assert_eq!(retired.export, None, "the server has everything");
}
