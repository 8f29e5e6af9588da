//! Open items at the supervisor's desk: shown with both facts, decided offline with a PIN, and gone only when the server says so.

use cordwainer_domain::production::{ConflictKind, Fact, ParkReason, Resolution, ResolutionKind};
use cordwainer_domain::{ActionId, ConflictId};
use cordwainer_protocol::MessageCode as M;
use cordwainer_protocol::station::{AnswerKind as K, Command, Evidence, OpenItem, OpenItems, RpcReply};
use cordwainer_protocol::sync::{
    AlarmKind, Change, ChangeOp, ConflictRow, FactCard, OpenConflict, OpenParked, PullReply, Table,
};
use uuid::Uuid;

use super::factory::{self, LI, PIN, STITCH, WANG, ZHAO_LEADS, badge, job_id, pair_id};
use super::shop::{Shop, said};

fn action_id(number: u128) -> ActionId {
    ActionId(Uuid::from_u128(0xC0_0000 + number))
}

fn card(shop: &Shop, number: u128, worker: u64) -> FactCard {
    let fact = Fact::JobFinished { round: 0, values: Vec::new(), lots: Vec::new(), early_confirmed: false };
    let now = shop.engine.names().now;
    FactCard {
        action_id: action_id(number),
        kind: fact.kind().to_owned(),
        worker: Some(factory::worker(worker)),
        station: cordwainer_domain::StationId(Uuid::from_u128(number)),
        workstation: Some("close-1".into()),
        occurred_at: now,
        received_at: now,
        clock_class: cordwainer_domain::production::ClockClass::Synchronised,
        auth_level: cordwainer_domain::people::AuthLevel::Badge,
        base_version: Some(3),
        fact: serde_json::to_value(&fact).ok(),
    }
}

fn conflict(shop: &Shop) -> OpenConflict {
    OpenConflict {
        row: ConflictRow {
            id: ConflictId(Uuid::from_u128(0xC1)),
            conflict: ConflictKind::SignedTwice { first: action_id(1) },
            action_id: action_id(2),
            other_action_id: Some(action_id(1)),
            work_order_id: Some(pair_id(1)),
            job_id: Some(job_id(1, STITCH)),
            opened_at: shop.engine.names().now,
            closed_at: None,
        },
        facts: vec![card(shop, 1, WANG), card(shop, 2, LI)],
        pair: None,
    }
}

fn change(table: Table, pk: String, op: ChangeOp, row: Option<serde_json::Value>, commit_seq: u64) -> Change {
    let row = row.as_ref().map(factory::text);
    Change { commit_seq, table, pk, op, row, row_version: commit_seq }
}

fn page(changes: Vec<Change>, commit_seq: u64) -> PullReply {
    PullReply { changes, ..factory::page(&[], commit_seq, false) }
}

/// A desk that holds one conflict and one fact that waits, with whoever signed in.
fn desk(who: u64) -> Shop {
    let mut shop = Shop::at("desk-1");
    let open = conflict(&shop);
    let waits = OpenParked {
        fact: card(&shop, 3, LI),
        reason: ParkReason::Unreadable,
        pair: None,
        work_order_id: None,
        job_id: None,
        parked_at: shop.engine.names().now,
    };
    let changes = vec![
        change(Table::Conflict, open.row.id.to_string(), ChangeOp::Put, serde_json::to_value(&open).ok(), 11),
        change(Table::Parked, action_id(3).to_string(), ChangeOp::Put, serde_json::to_value(&waits).ok(), 11),
    ];
    shop.take(&page(changes, 11));
    if shop.scan(&badge(who)).kind == K::PinNeeded {
        assert_eq!(shop.press(Command::EnterPin { pin: PIN.to_owned() }).kind, K::SignedIn, "the right PIN");
    }
    shop
}

fn items(shop: &mut Shop) -> OpenItems {
    match shop.ask(Command::GetOpenItems {}) {
        RpcReply::OpenItems(items) => items,
        other => panic!("no items: {other:?}"),
    }
}

fn item(shop: &mut Shop, kind: &str) -> OpenItem {
    items(shop).items.into_iter().find(|item| item.line.kind == kind).expect("on the list")
}

fn resolve(item: &OpenItem, resolution: Resolution, reason: Option<&str>, pin: Option<&str>) -> Command {
    let (reason, pin) = (reason.map(str::to_owned), pin.map(str::to_owned));
    Command::ResolveItem { item: item.line.id.clone(), resolution, reason, pin }
}

#[test]
fn an_item_shows_both_facts_and_what_may_be_decided() {
    let mut shop = desk(ZHAO_LEADS);
    let twice = item(&mut shop, "signed_twice");
    let people: Vec<_> = twice.facts.iter().map(|fact| fact.worker.as_ref().expect("named").id).collect();
    assert_eq!(people, [factory::worker(WANG), factory::worker(LI)], "the one that stands first");
    let kinds: Vec<_> = twice.choices.iter().map(|choice| choice.resolution.kind()).collect();
    let expected =
        [ResolutionKind::CreditFirst, ResolutionKind::CreditSecond, ResolutionKind::Split, ResolutionKind::Neither];
    assert_eq!(kinds, expected, "the four of the paper");
    let waits = item(&mut shop, "unreadable");
    assert_eq!(waits.choices.len(), 1, "bytes that nobody can read can only be refused");
    let RpcReply::Board(board) = shop.ask(Command::GetBoard {}) else { panic!("no board") };
    assert_eq!(board.open_items.len(), 2, "the supervisor's home counts both");
}

#[test]
fn a_decision_needs_a_reason_and_the_pin_and_is_recorded_without_a_network() {
    let mut shop = desk(ZHAO_LEADS);
    let twice = item(&mut shop, "signed_twice");
    let split = || Resolution::Split;
    let without_reason = shop.press(resolve(&twice, split(), None, Some(PIN)));
    assert_eq!(said(&without_reason), (K::Refused, M::ReasonNeeded), "somebody answers for it");
    let without_pin = shop.press(resolve(&twice, split(), Some("seen"), None));
    assert_eq!(said(&without_pin), (K::Refused, M::PinRequired), "a session left open decides nothing");
    let wrong_pin = shop.press(resolve(&twice, split(), Some("seen"), Some("000000")));
    assert_eq!(said(&wrong_pin), (K::Refused, M::PinWrong));
    assert!(shop.facts().is_empty(), "nothing was recorded by any of them");
    let decided = shop.press(resolve(&twice, split(), Some("seen"), Some(PIN)));
    assert_eq!(said(&decided), (K::Resolved, M::ItemResolved), "recorded on this disk");
    assert_eq!(shop.facts(), ["conflict_resolved"], "a fact like any other");
    let Fact::ConflictResolved { flagged, reason, .. } = &shop.recorded()[1].fact else { panic!("the decision") };
    assert_eq!((*flagged, reason.as_deref()), (action_id(2), Some("seen")), "about the flagged fact, with why");
}

#[test]
fn an_item_decided_here_stays_on_the_list_as_pending_until_the_server_confirms() {
    let mut shop = desk(ZHAO_LEADS);
    let twice = item(&mut shop, "signed_twice");
    shop.press(resolve(&twice, Resolution::CreditFirst, None, Some(PIN)));
    let pending = item(&mut shop, "signed_twice").decided.expect("decided here");
    assert_eq!(pending.kind, ResolutionKind::CreditFirst, "what was decided");
    assert_ne!(pending.evidence, Evidence::Accepted, "the server has not said so yet");
    let again = shop.press(resolve(&twice, Resolution::Split, Some("seen"), Some(PIN)));
    assert_eq!(said(&again), (K::Refused, M::ItemGone), "it is decided once");
    let gone = change(Table::Conflict, twice.line.id.clone(), ChangeOp::Evict, None, 12);
    shop.take(&page(vec![gone], 12));
    assert!(items(&mut shop).items.iter().all(|item| item.line.id != twice.line.id), "the server closed it");
}

#[test]
fn a_worker_without_the_role_decides_nothing() {
    let mut shop = desk(WANG);
    let twice = item(&mut shop, "signed_twice");
    let refused = shop.press(resolve(&twice, Resolution::CreditFirst, None, Some(PIN)));
    assert_eq!(said(&refused), (K::Refused, M::BadgeNeeded), "the badge has opened nothing at the supervisor's desk");
    assert!(shop.facts().is_empty(), "and nothing is recorded");
}

#[test]
fn an_item_is_overdue_after_a_day() {
    let mut shop = desk(ZHAO_LEADS);
    assert!(!item(&mut shop, "signed_twice").line.overdue, "it is young");
    shop.pass_s(25 * 3_600);
    assert!(item(&mut shop, "signed_twice").line.overdue, "the alarm needs no network");
}

#[test]
fn the_board_shows_every_alarm_that_nobody_has_closed() {
    let mut shop = desk(ZHAO_LEADS);
    let row = |kind: &str, place: Option<&str>, raised_at: &str, closed_at: Option<&str>| {
        serde_json::json!({
            "kind": kind, "station_id": null, "workstation": place, "times": 2, "raised_at": raised_at,
            "last_raised_at": raised_at, "closed_at": closed_at,
        })
    };
    let alarms = [
        ("no_progress:1", row("no_progress", Some("close-1"), "2026-11-02T07:00:00Z", None)),
        ("proof_fails", row("proof_fails", None, "2026-11-02T08:00:00Z", None)),
        ("rows_differ:1", row("rows_differ", Some("close-1"), "2026-11-02T06:00:00Z", Some("2026-11-02T06:10:00Z"))),
        ("roof_leaks", row("roof_leaks", None, "2026-11-02T05:00:00Z", None)),
    ];
    let changes = alarms.map(|(key, row)| change(Table::Alarm, key.to_owned(), ChangeOp::Put, Some(row), 12)).into();
    shop.take(&page(changes, 12));
    let RpcReply::Board(board) = shop.ask(Command::GetBoard {}) else { panic!("the board") };
    let shown: Vec<_> = board.alarms.iter().map(|alarm| (alarm.id.as_str(), alarm.kind)).collect();
    let expected = [
        ("proof_fails", AlarmKind::ProofFails),
        ("no_progress:1", AlarmKind::NoProgress),
        ("roof_leaks", AlarmKind::Other),
    ];
    assert_eq!(shown, expected, "the newest first, one that is newer than this program as well, closed ones no longer");
    assert!(board.alarms[1].workstation.is_some() && board.alarms[0].workstation.is_none(), "a place, or the server");
}
