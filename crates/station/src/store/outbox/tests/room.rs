//! A disk that fills up: nothing new begins, what runs goes on, and work resumes when there is room again.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cordwainer_domain::production::Fact;

use super::{applied, draft, ids_of};
use crate::fixture::{Desk, signed};
use crate::store::{FreeSpace, OutcomeState, RoomRules, SignedAction, StationStore, StoreFault};

const FLOOR: RoomRules = RoomRules { floor_bytes: 1_000_000, reserve_bytes: 65_536 };

/// A disk with as much room as a test says.
#[derive(Debug, Default)]
struct Disk(AtomicU64);

impl FreeSpace for Disk {
    fn free_bytes(&self, _: &Path) -> Option<u64> {
        Some(self.0.load(Ordering::SeqCst))
    }
}

fn on_a_disk(store: &StationStore, free: u64) -> Arc<Disk> {
    let disk = Arc::new(Disk(AtomicU64::new(free)));
    store.outbox.insist_on(FLOOR, disk.clone());
    disk
}

fn finish(desk: &Desk) -> SignedAction {
    desk.clock.pass_ms(1_000);
    let fact = Fact::JobFinished { round: 0, values: Vec::new(), lots: Vec::new(), early_confirmed: false };
    signed(fact, desk.clock.as_ref(), desk.ids.as_ref())
}

/// Makes SQLite believe that the disk is full: no page is added to what is there.
fn fill_up(store: &StationStore) {
    let inner = store.outbox.lock();
    let _: i64 = inner.conn.pragma_update_and_check(None, "max_page_count", 1, |row| row.get(0)).expect("limits");
}

#[test]
fn below_the_floor_nothing_begins_and_what_runs_is_finished_and_sent() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let disk = on_a_disk(&store, 5_000_000);
    let started = desk.record(&store, 1);
    disk.0.store(999_999, Ordering::SeqCst);
    let refused = store.outbox.record(&[desk.start()], None);
    assert!(
        matches!(refused, Err(StoreFault::DiskLow { free_bytes: 999_999, floor_bytes: 1_000_000 })),
        "it says how much there is: {refused:?}"
    );
    let finished = finish(&desk);
    store.outbox.record(std::slice::from_ref(&finished), None).expect("what runs may be finished");
    let sent = draft(&store);
    assert_eq!(ids_of(&sent), [started[0], finished.action.id], "and goes out; the refused one is nowhere");
    store.outbox.pushed(&sent.incarnation, &applied(&desk, &sent, "lease", 1)).expect("kept");
    disk.0.store(1_000_000, Ordering::SeqCst);
    desk.record(&store, 1);
}

#[test]
fn a_full_disk_takes_the_reserve_for_what_runs_and_never_for_what_is_new() {
    let desk = Desk::new();
    let store = desk.open_sound();
    on_a_disk(&store, 5_000_000);
    let reserve = desk.folder.path().join("outbox.reserve");
    store.outbox.lay_by().expect("laid by");
    let length = std::fs::metadata(&reserve).expect("is there").len();
    assert_eq!(length, FLOOR.reserve_bytes, "real bytes");
    fill_up(&store);
    let mut begun = 0;
    let refused = loop {
        match store.outbox.record(&[desk.start()], None) {
            Ok(()) => begun += 1,
            Err(fault) => break fault,
        }
        assert!(begun < 10_000, "at some point the disk is full");
    };
    assert!(matches!(refused, StoreFault::DiskFull), "the number was wrong, the disk is right: {refused:?}");
    assert!(reserve.exists(), "nothing new is paid for with the reserve");
    // The limit is of one connection, and a failed commit begins another: as if the reserve had made room.
    fill_up(&store);
    store.outbox.record(&[finish(&desk)], None).expect("what runs is recorded");
    assert!(!reserve.exists(), "for which the reserve was given up");
    store.outbox.lay_by().expect("laid by");
    assert!(reserve.exists(), "and the reserve is laid by again");
    drop(store);
    let store = desk.open_sound();
    assert_eq!(store.outbox.unsent().expect("reads").count, begun + 1, "nothing that was refused has come back");
}

#[test]
fn without_room_above_the_floor_no_reserve_is_laid_by() {
    let desk = Desk::new();
    let store = desk.open_sound();
    on_a_disk(&store, FLOOR.floor_bytes + FLOOR.reserve_bytes - 1);
    store.outbox.lay_by().expect("looks");
    assert!(!desk.folder.path().join("outbox.reserve").exists(), "it would itself push the disk below the floor");
}

#[test]
fn where_sqlite_cannot_make_its_side_files_the_station_starts_read_only_and_says_so() {
    for in_the_way in ["outbox.db-wal", "outbox.db-shm"] {
        let desk = Desk::new();
        let store = desk.open_sound();
        let recorded = desk.record(&store, 2);
        drop(store);
        let blocked = desk.folder.path().join(in_the_way);
        std::fs::create_dir(&blocked).expect("is in the way");
        let (store, report) = desk.open();
        assert!(report.read_only && report.recoveries.is_empty(), "{in_the_way}: {report:?}");
        let refused = store.outbox.record(&[desk.start()], None);
        assert!(matches!(refused, Err(StoreFault::ReadOnly)), "{in_the_way}: {refused:?}");
        assert_eq!(store.outbox.next_push(200).expect("reads"), None, "without book-keeping nothing is sent");
        let outcome = store.outbox.outcome(recorded[1]).expect("reads").expect("is there");
        assert_eq!(outcome.state, OutcomeState::Pending, "{in_the_way}: what is there is shown");
        drop(store);
        std::fs::remove_dir(&blocked).expect("out of the way");
        let store = desk.open_sound();
        desk.record(&store, 1);
        assert_eq!(store.outbox.unsent().expect("reads").count, 3, "{in_the_way}: with room, work goes on");
    }
}
