//! Power cuts, bad disks and what the journal makes of them.

use cordwainer_domain::ActionId;

use super::super::super::folder::Folder;
use super::super::super::journal::{Frame, Journal, JournalAction};
use super::super::live;
use super::{applied, draft, ids_of};
use crate::fixture::Desk;
use crate::store::{Recovery, SignedAction, StationStore, SystemDisk};

const JOURNAL: &str = "outbox.journal";

/// Writes to the journal as a recording does, and "loses power" before the commit.
fn journal_only(store: &StationStore, action: &SignedAction) {
    let mut inner = store.outbox.lock();
    let incarnation = live(&inner.conn).expect("reads").expect("is alive").name();
    let body = String::from_utf8(action.body.clone()).expect("canonical bytes are UTF-8");
    let frame = Frame::Recorded { incarnation, actions: vec![JournalAction { body, sig: action.sig }] };
    inner.journal.append(&frame).expect("written");
}

fn overlay_ids(store: &StationStore) -> Vec<ActionId> {
    store.outbox.overlay(0).expect("reads").iter().map(|entry| entry.action.id).collect()
}

#[test]
fn power_lost_between_journal_and_commit_recovers_the_action_once() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let mut expected = desk.record(&store, 1);
    let cut_short = desk.start();
    journal_only(&store, &cut_short);
    expected.push(cut_short.action.id);
    drop(store);
    let (store, report) = desk.open();
    assert_eq!(report.recoveries, [Recovery::ActionsRecovered { count: 1 }], "the screen can say so");
    assert_eq!(overlay_ids(&store), expected, "it stands behind what was recorded before");
    drop(store);
    let store = desk.open_sound();
    assert_eq!(overlay_ids(&store), expected, "once, however often the program starts");
    assert_eq!(draft(&store).actions[1].fork_of, None, "it is an ordinary member of this life");
}

#[test]
fn an_aborted_action_stays_gone() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let refused = desk.start();
    journal_only(&store, &refused);
    let length = std::fs::metadata(desk.folder.path().join(JOURNAL)).expect("is there").len();
    store.outbox.lock().journal.abort(vec![refused.action.id], 0);
    drop(store);
    assert!(
        std::fs::metadata(desk.folder.path().join(JOURNAL)).expect("is there").len() > length,
        "by a frame that says so"
    );
    let store = desk.open_sound();
    assert!(overlay_ids(&store).is_empty(), "the worker was told that it is not recorded");
    store.outbox.record(std::slice::from_ref(&refused), None).expect("a second try may succeed");
    drop(store);
    let store = desk.open_sound();
    assert_eq!(overlay_ids(&store), [refused.action.id], "and then it counts");
}

#[test]
fn a_damaged_outbox_is_made_again_from_the_journal_under_a_new_incarnation() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let recorded = desk.record(&store, 200);
    store.outbox.set_setting("printer", "zpl+tcp://10.0.0.9:9100").expect("kept");
    let before = draft(&store);
    drop(store);
    desk.damage("outbox.db");
    let (store, report) = desk.open();
    let [Recovery::OutboxRebuilt { aside }, Recovery::ActionsRecovered { count: 200 }] = &report.recoveries[..] else {
        panic!("{report:?}")
    };
    assert!(aside.exists(), "the damaged file is kept: it may be salvaged");
    let again = draft(&store);
    assert_ne!(again.incarnation, before.incarnation, "seq begins again, so the life must be another");
    assert_eq!(ids_of(&again), recorded, "all of it, in the order in which it was recorded");
    assert!(
        again.actions.iter().all(|offer| offer.fork_of.as_ref() == Some(&before.incarnation)),
        "and it says where from"
    );
    drop(store);
    desk.open_sound();
}

#[test]
fn a_file_that_was_lost_is_not_taken_for_a_fresh_start() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let recorded = desk.record(&store, 3);
    drop(store);
    std::fs::remove_file(desk.folder.path().join("outbox.db")).expect("lost");
    let (store, report) = desk.open();
    assert_eq!(report.recoveries, [Recovery::ActionsRecovered { count: 3 }], "the journal knows better");
    assert_eq!(overlay_ids(&store), recorded, "nothing is lost");
}

#[test]
fn wherever_the_journal_is_cut_the_whole_frames_before_the_cut_are_recovered() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let recorded = desk.record(&store, 4);
    drop(store);
    let bytes = std::fs::read(desk.folder.path().join(JOURNAL)).expect("reads");
    let frame = bytes.len() / recorded.len();
    assert_eq!(frame * recorded.len(), bytes.len(), "frames of one length, or the sums below are wrong");
    for cut in (0..=bytes.len()).step_by(13).chain([frame, bytes.len()]) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(JOURNAL), &bytes[..cut]).expect("writes");
        let folder = Folder::hold(std::sync::Arc::new(SystemDisk), folder.path()).expect("held");
        let (mut journal, replay) = Journal::open(&folder, 0).expect("opens");
        let found: Vec<ActionId> = replay.actions.iter().map(|(id, ..)| *id).collect();
        assert_eq!(found, recorded[..cut / frame], "cut at {cut}");
        assert_eq!(replay.skipped_bytes, cut % frame, "the damage is reported, cut at {cut}");
        assert_eq!(replay.aside, None, "a torn tail is how a power cut looks; nothing is worth keeping");
        journal.append(&Frame::Aborted { actions: Vec::new() }).expect("goes on");
        drop(journal);
        let (_, again) = Journal::open(&folder, 0).expect("opens");
        assert_eq!(
            (again.actions.len(), again.skipped_bytes),
            (cut / frame, 0),
            "what follows is readable, cut at {cut}"
        );
    }
}

#[test]
fn a_bad_byte_inside_the_journal_costs_one_frame() {
    let desk = Desk::new();
    let store = desk.open_sound();
    let recorded = desk.record(&store, 3);
    drop(store);
    let path = desk.folder.path().join(JOURNAL);
    let mut bytes = std::fs::read(&path).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    std::fs::write(&path, bytes).expect("writes");
    std::fs::remove_file(desk.folder.path().join("outbox.db")).expect("lost as well");
    let (store, report) = desk.open();
    assert!(
        matches!(report.recoveries[0], Recovery::JournalDamaged { skipped_bytes, last_good_seq: Some(1) } if skipped_bytes > 0),
        "{report:?}"
    );
    assert_eq!(overlay_ids(&store), [recorded[0], recorded[2]], "the frames around it are read");
    drop(store);
    desk.open_sound();
}

#[test]
fn settled_records_leave_after_45_days_and_the_journal_does_not_bring_them_back() {
    const DAY_MS: i64 = 24 * 3_600_000;
    let desk = Desk::new();
    let store = desk.open_sound();
    let settled = desk.record(&store, 2);
    let sent = draft(&store);
    store.outbox.pushed(&sent.incarnation, &applied(&desk, &sent, "lease", 1)).expect("kept");
    let waiting = desk.record(&store, 1);
    drop(store);
    desk.clock.pass_ms(46 * DAY_MS);
    let store = desk.open_sound();
    assert!(store.outbox.outcome(settled[0]).expect("reads").is_some(), "by the wall clock alone nothing ages");
    let server = crate::clock::ServerTime::compare(
        chrono::DateTime::from_timestamp_millis(crate::clock::Clock::wall_ms(desk.clock.as_ref())).expect("an instant"),
        desk.clock.as_ref(),
    );
    store.outbox.note_server_time(server).expect("kept");
    drop(store);
    for _ in 0..2 {
        let store = desk.open_sound();
        assert_eq!(store.outbox.outcome(settled[0]).expect("reads"), None, "settled and old: gone");
        assert_eq!(overlay_ids(&store), waiting, "what waits is never too old");
        assert_eq!(draft(&store).first_seq, 3, "and seq goes on");
    }
}
