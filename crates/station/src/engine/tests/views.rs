//! What the screens are shown.

use cordwainer_domain::order::OrderNode;
use cordwainer_domain::production::{Priority, Standing};
use cordwainer_protocol::MessageCode as M;
use cordwainer_protocol::station::{Board, Command, NodeState, PairHead, PairSheet, Queue, RpcReply};

use cordwainer_protocol::sync::{Change, ChangeOp, PullReply, Table};

use super::factory::{INSPECT, LI, MARK, STITCH, WANG, job_id, local, page, pair, pair_id, traveller};
use super::shop::{Shop, accepted, pair_ready_for};

fn queue(shop: &mut Shop) -> Queue {
    match shop.ask(Command::GetQueue {}) {
        RpcReply::Queue(queue) => queue,
        other => panic!("no queue: {other:?}"),
    }
}

fn board(shop: &mut Shop) -> Board {
    match shop.ask(Command::GetBoard {}) {
        RpcReply::Board(board) => board,
        other => panic!("no board: {other:?}"),
    }
}

fn find(shop: &mut Shop, text: &str) -> Vec<PairHead> {
    match shop.ask(Command::FindPair { text: text.to_owned() }) {
        RpcReply::Pairs(pairs) => pairs,
        other => panic!("no pairs: {other:?}"),
    }
}

fn sheet(shop: &mut Shop, number: u64) -> PairSheet {
    match shop.ask(Command::GetPair { work_order: pair_id(number) }) {
        RpcReply::Pair(sheet) => sheet,
        other => panic!("no sheet: {other:?}"),
    }
}

#[test]
fn the_queue_is_in_the_order_in_which_it_is_best_worked() {
    let mut rush = pair(3);
    rush.priority = Priority::Rush;
    let mut soon = pair(4);
    soon.promise_at = "2026-12-01T08:00:00Z".parse().expect("an instant");
    let mut late = pair(5);
    late.promise_at = "2026-11-01T08:00:00Z".parse().expect("an instant");
    let mut shop = Shop::with("cut-1", &[pair(1), pair(2), rush, soon, late, pair(6)]);
    shop.sign_in(LI);
    shop.scan(&traveller(6));
    shop.sign_in(WANG);
    shop.scan(&traveller(2));
    let numbers: Vec<String> = queue(&mut shop).cards.into_iter().map(|card| card.pair.number).collect();
    assert_eq!(
        numbers,
        ["WO-0002", "WO-0006", "WO-0003", "WO-0005", "WO-0004", "WO-0001"],
        "own running, other running, rush, late, then by promise"
    );
}

#[test]
fn the_queue_shows_what_comes_next_and_why_it_waits_but_not_what_is_far_off() {
    let mut shop = Shop::with("close-1", &[pair(1)]);
    let cards = queue(&mut shop).cards;
    assert_eq!(cards.len(), 1, "marking waits for the cutting; stitching is two steps off");
    assert_eq!(cards[0].job.id, job_id(1, MARK));
    assert_eq!(cards[0].why.as_ref().map(|why| why.code), Some(M::PredecessorOpen));
}

#[test]
fn a_pair_signed_off_elsewhere_is_ready_at_the_next_workstation() {
    let mut shop = Shop::with("close-1", &[pair(1)]);
    shop.page(&[pair_ready_for(1, MARK)]);
    let cards = queue(&mut shop).cards;
    assert_eq!((cards[0].job.id, &cards[0].standing), (job_id(1, MARK), &Standing::Ready));
}

#[test]
fn the_board_counts_every_work_centre_and_puts_exceptions_first() {
    let mut late = pair(2);
    late.promise_at = "2026-11-01T08:00:00Z".parse().expect("an instant");
    let mut shop = Shop::with("cut-1", &[pair(1), late, pair_ready_for(3, INSPECT)]);
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.pass_s(721);
    let board = board(&mut shop);
    assert!(board.whole_site, "this station holds everything");
    assert_eq!(board.late.iter().map(|late| late.pair.number.as_str()).collect::<Vec<_>>(), ["WO-0002"]);
    assert_eq!(board.overrun.len(), 1, "721 s of 600 s are over 120 %");
    assert_eq!((board.running.len(), board.open_pairs, board.completed_today), (1, 3, 0));
    let cutting = board.work_centres.iter().find(|centre| centre.id.as_str() == "cutting").expect("listed");
    assert_eq!((cutting.ready, cutting.running, cutting.late), (1, 1, 1));
    let inspection = board.work_centres.iter().find(|centre| centre.id.as_str() == "inspection").expect("listed");
    assert_eq!((inspection.ready, inspection.waiting), (1, 2));
}

#[test]
fn a_pair_is_found_by_code_number_order_or_a_part_of_any() {
    let mut shop = Shop::at("desk-1");
    shop.name_elsewhere(9, &["packing"]);
    for (text, expected) in [
        (traveller(1), vec!["WO-0001"]),
        ("wo-0002".to_owned(), vec!["WO-0002"]),
        ("CO-0001".to_owned(), vec!["WO-0001"]),
        ("赵".to_owned(), vec!["WO-0001", "WO-0002"]),
        ("0009".to_owned(), vec!["WO-0009"]),
        (" ".to_owned(), vec![]),
        ("nothing".to_owned(), vec![]),
    ] {
        let found: Vec<String> = find(&mut shop, &text).into_iter().map(|pair| pair.number).collect();
        assert_eq!(found, expected, "{text:?}");
    }
    let named = sheet(&mut shop, 9);
    assert!(named.name_only && named.jobs.is_empty(), "only its name is known here, and it says so");
}

#[test]
fn a_pairs_sheet_tells_where_it_is_who_has_it_and_what_is_next() {
    let mut shop = Shop::with("close-1", &[pair_ready_for(1, STITCH)]);
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    let sheet = sheet(&mut shop, 1);
    assert_eq!(sheet.here.len(), 1, "one job is in work");
    let here = &sheet.here[0];
    assert_eq!(
        (here.job.id, here.worker.as_ref().map(|worker| worker.short.clone())),
        (job_id(1, STITCH), Some(local("王师傅", "Wang")))
    );
    assert_eq!(here.workstation, Some(local("close-1", "close-1")));
    let state_of = |node| sheet.nodes.iter().find(|found| found.node == node).map(|found| found.state);
    assert_eq!(state_of(OrderNode::Cutting), Some(NodeState::Done));
    assert_eq!(state_of(OrderNode::Stitching), Some(NodeState::Here));
    assert_eq!(state_of(OrderNode::Shipping), Some(NodeState::Ahead));
    assert!(sheet.finish_at.is_some() && !sheet.pair.late, "in time at standard pace");
}

#[test]
fn a_worker_sees_todays_own_count() {
    let mut shop = Shop::with("close-1", &[pair_ready_for(1, MARK), pair_ready_for(2, MARK)]);
    shop.sign_in(WANG);
    shop.scan(&traveller(1));
    shop.scan(&traveller(2));
    assert_eq!(shop.state().signed_off_today, 2);
    shop.press(Command::Undo {});
    assert_eq!(shop.state().signed_off_today, 1, "what was taken back does not count");
    shop.input(crate::engine::Input::Tick);
    let mut shop = shop.restart();
    shop.scan(&super::factory::badge(WANG));
    leave(&mut shop, 1);
    assert_eq!(
        shop.state().signed_off_today,
        1,
        "the finished pair has left this station; the work was done all the same"
    );
    shop.pass_s(24 * 3600);
    shop.scan(&super::factory::badge(WANG));
    assert_eq!(shop.state().signed_off_today, 0, "another day");
}

/// The server accepts what was signed off, and the pair leaves the scope.
fn leave(shop: &mut Shop, number: u64) {
    let verdicts = shop.recorded().into_iter().map(|action| accepted(action.id, 15)).collect();
    let gone = Change {
        commit_seq: 15,
        table: Table::WorkOrder,
        pk: pair_id(number).to_string(),
        op: ChangeOp::Evict,
        row: None,
        row_version: 15,
    };
    shop.take(&PullReply { verdicts, changes: vec![gone], ..page(&[], 15, false) });
    assert!(shop.engine.floor.work_order(pair_id(number)).is_none(), "the pair is gone");
}

#[test]
fn a_job_sheet_shows_instruction_parameters_and_what_is_next() {
    let mut shop = Shop::at("cut-1");
    let RpcReply::Job(sheet) = shop.ask(Command::GetJob { job: job_id(1, STITCH) }) else { panic!("a sheet") };
    assert_eq!((sheet.steps.len(), sheet.parameters.len(), sheet.next.len()), (1, 1, 1));
    assert_eq!(sheet.next[0].id, job_id(1, INSPECT));
    assert!(sheet.rework_choices.is_empty(), "only an inspection sends anything back");
    let RpcReply::Defects(defects) = shop.ask(Command::GetDefects {}) else { panic!("defects") };
    assert_eq!(defects[0].operation_name, local("针车", "Stitching"), "what usually mends it");
}
