//! Clocks that are wrong, and outboxes of another version: whatever they say, what was recorded goes out in its order.

use super::Station;
use super::fake_server::FakeServer;
use super::pushing::push;
use crate::clock::Clock;
use crate::store::StoreFault;
use crate::sync::push::Pushed;

const HOUR_MS: i64 = 3_600_000;

#[tokio::test]
async fn with_a_clock_three_years_ahead_in_1970_or_an_hour_back_everything_arrives_in_the_order_of_its_recording() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let begun_ms = station.desk.clock.wall_ms();
    let mut recorded = station.desk.record(&station.store, 2);
    for dial_ms in [begun_ms + 3 * 365 * 24 * HOUR_MS, 0, begun_ms - HOUR_MS] {
        station.desk.clock.set_wall_ms(dial_ms);
        recorded.extend(station.desk.record(&station.store, 2));
        assert_eq!(push(&station).await.expect("pushed"), Pushed::Stored, "the dial at {dial_ms} stops no push");
    }
    assert_eq!(server.kept(|kept| kept.actions.clone()), recorded, "order is by number, never by time");
}

#[tokio::test]
async fn an_outbox_of_a_later_version_is_drained_to_the_last_record_and_takes_no_new_one() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let recorded = station.desk.record(&station.store, 450);
    let Station { desk, store, line, .. } = station;
    drop((store, line));
    desk.raw("outbox.db")
        .execute_batch("ALTER TABLE action ADD COLUMN of_a_later_version TEXT; PRAGMA user_version = 99;")
        .expect("a later program was here");
    let station = Station::at(desk, &server.url);
    let refused = station.store.outbox.record(&[station.desk.start()], None);
    assert!(matches!(refused, Err(StoreFault::DrainOnly)), "nothing new: {refused:?}");
    while push(&station).await.expect("pushed") == Pushed::Stored {}
    assert_eq!(server.kept(|kept| kept.actions.clone()), recorded, "every record arrives, once");
    assert_eq!(station.unsent(), 0, "and the outbox knows");
}

#[tokio::test]
async fn wrong_pins_are_told_to_the_server_even_if_nothing_else_waits_and_only_once() {
    let server = FakeServer::start().await;
    let station = Station::new(&server);
    let (outbox, clock) = (&station.store.outbox, station.desk.clock.as_ref());
    for _ in 0..7 {
        outbox.count_pin_try(crate::fixture::worker(), clock).expect("kept");
    }
    assert_eq!(push(&station).await.expect("told"), Pushed::Stored, "a push without any record");
    assert_eq!(push(&station).await.expect("nothing left"), Pushed::Nothing, "it was told");
    let told = server.kept(|kept| kept.pin_tries.clone());
    assert_eq!(told.iter().map(|tally| tally.wrong).collect::<Vec<_>>(), [7], "with how often ever");
    let recorded = station.desk.record(&station.store, 1);
    push(&station).await.expect("pushed");
    assert_eq!(server.kept(|kept| kept.actions.clone()), recorded, "and the next record finds its lease");
}
