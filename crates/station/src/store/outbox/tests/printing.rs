//! The print queue: what a crash, a double click and a scan do to it.

use cordwainer_devices::printer::{AttemptOutcome, Confirmation, Evidence, PrintJobState, TransportError};

use crate::clock::Clock;
use crate::fixture::{Desk, pair, worker};
use crate::ids::IdSource;
use crate::store::{Made, PrintDraft, Recovery, StationStore, StoreFault};

const PRINTER: &str = "zpl+tcp://127.0.0.1:9100";

fn label(desk: &Desk, idem_key: &str) -> PrintDraft {
    PrintDraft {
        id: desk.ids.uuid_v7(desk.clock.wall_ms()),
        idem_key: idem_key.to_owned(),
        template: "traveller@1".to_owned(),
        data: "{}".to_owned(),
        payload: b"^XA^XZ".to_vec(),
        printer: PRINTER.to_owned(),
        copies: 1,
        code: "WAAAAAAA0".to_owned(),
        number: "W-1".to_owned(),
        work_order: pair(),
        reprint: 0,
        reprint_of: None,
        reason: None,
        worker: Some(worker()),
        asked_at_ms: desk.clock.wall_ms(),
    }
}

fn queue(desk: &Desk, store: &StationStore, idem_key: &str) -> String {
    match store.outbox.add_print_job(&label(desk, idem_key)).expect("queued") {
        Made::Queued(id) => id,
        Made::Already(id) => panic!("{id} was there before"),
    }
}

fn state(store: &StationStore, id: &str) -> PrintJobState {
    let jobs = store.outbox.print_jobs(100).expect("reads");
    jobs.into_iter().find(|job| job.id == id).expect("is there").state
}

fn next(store: &StationStore) -> Option<String> {
    store.outbox.next_print_job(PRINTER).expect("reads").map(|work| work.job.id)
}

fn failed(bytes_written: u64) -> AttemptOutcome {
    AttemptOutcome { bytes_written, result: Err(TransportError::NotOpen) }
}

#[test]
fn a_crash_while_a_label_is_sent_leaves_it_unknown_and_a_person_decides() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let id = queue(&desk, &store, "a");
    let work = store.outbox.next_print_job(PRINTER).expect("reads").expect("its turn");
    assert_eq!(
        (work.job.id.as_str(), work.payload.as_slice()),
        (&*id, &b"^XA^XZ"[..]),
        "with the bytes that were stored"
    );
    store.outbox.begin_attempt(&id, 1).expect("begins");
    drop(store);
    let (store, report) = desk.open();
    assert_eq!(report.recoveries, [Recovery::PrintsUnknown { count: 1 }], "somebody must look");
    assert_eq!(state(&store, &id), PrintJobState::Unknown, "nobody knows how far it came");
    assert_eq!(next(&store), None, "it is never sent again by itself");
    store.outbox.answer_print(&id, false, Some(worker()), 2).expect("answered");
    assert_eq!(next(&store), Some(id.clone()), "没出来: printed after all");
    assert_eq!(store.outbox.begin_attempt(&id, 3).expect("begins"), 2, "the second attempt");
}

#[test]
fn a_double_click_makes_one_label() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let id = queue(&desk, &store, "pair-1");
    let again = store.outbox.add_print_job(&label(&desk, "pair-1")).expect("is no fault");
    assert_eq!(again, Made::Already(id), "the one that was asked for before");
    assert_eq!(store.outbox.prints_of(pair()).expect("reads").len(), 1, "one job");
}

#[test]
fn labels_come_out_in_the_order_in_which_they_were_asked_for() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let [first, second] = ["a", "b"].map(|key| queue(&desk, &store, key));
    let attempt = store.outbox.begin_attempt(&first, 1).expect("begins");
    let clean = store.outbox.end_attempt(&first, attempt, &failed(0), 2).expect("ends");
    assert_eq!(clean, PrintJobState::FailedClean, "no byte left");
    assert_eq!(next(&store), Some(first.clone()), "so it is tried again, before the one behind it");
    let attempt = store.outbox.begin_attempt(&first, 3).expect("begins");
    store.outbox.end_attempt(&first, attempt, &failed(7), 4).expect("ends");
    assert_eq!(next(&store), Some(second), "a label that needs an answer holds up none");
    let row = &store.outbox.print_jobs(2).expect("reads")[1];
    assert_eq!((row.attempts, row.error.as_deref()), (2, Some("not_open")), "the screen can say what failed");
}

#[test]
fn the_next_scan_proves_the_label() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let id = queue(&desk, &store, "a");
    assert_eq!(
        store.outbox.scanned_back("WAAAAAAA0", 1).expect("reads"),
        None,
        "an older label was scanned: nothing left yet"
    );
    let attempt = store.outbox.begin_attempt(&id, 2).expect("begins");
    let sent = AttemptOutcome { bytes_written: 6, result: Ok(Evidence::BytesAccepted) };
    store.outbox.end_attempt(&id, attempt, &sent, 3).expect("ends");
    let proved = store.outbox.scanned_back("WAAAAAAA0", 4).expect("kept").expect("news");
    assert_eq!(proved.state, PrintJobState::Confirmed(Confirmation::ScannedBack), "the best proof there is");
    assert_eq!(store.outbox.scanned_back("WAAAAAAA0", 5).expect("reads"), None, "told once");
    let moves: i64 =
        desk.raw("outbox.db").query_row("SELECT count(*) FROM print_audit", [], |row| row.get(0)).expect("counts");
    assert_eq!(moves, 4, "queued, sending, sent, confirmed: each is audited");
    assert!(desk.raw("outbox.db").execute("DELETE FROM print_audit", []).is_err(), "and stays so");
}

#[test]
fn a_move_that_the_state_does_not_allow_is_refused() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let id = queue(&desk, &store, "a");
    let refused = store.outbox.answer_print(&id, true, None, 1);
    assert!(matches!(refused, Err(StoreFault::PrintJob { .. })), "nobody was asked: {refused:?}");
    let refused = store.outbox.begin_attempt("no-such-job", 1);
    assert!(matches!(refused, Err(StoreFault::PrintJob { .. })), "{refused:?}");
    assert_eq!(state(&store, &id), PrintJobState::Queued, "nothing moved");
}
