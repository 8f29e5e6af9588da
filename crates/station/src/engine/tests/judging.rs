//! Inspection: pass, fail, rework and back again.

use cordwainer_domain::NonconformanceId;
use cordwainer_domain::code::{CodeType, Command as Card};
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::production::{Fact, Standing};
use cordwainer_domain::quality::{Disposition, Severity, Side, View};
use cordwainer_protocol::MessageCode as M;
use cordwainer_protocol::station::{AnswerKind as K, Command, FindingDraft, JobSheet, RpcReply};

use super::factory::{
    CHEN_INSPECTS, CUT, INSPECT, LI, MARK, PACK, PIN, STITCH, WANG, ZHAO_LEADS, badge, code, job_id, pair_id, traveller,
};
use super::shop::{Shop, named, pair_ready_for, pitch, said};

fn inspecting() -> Shop {
    let mut shop = Shop::with("qc-1", &[pair_ready_for(1, INSPECT)]);
    shop.sign_in_inspector();
    assert_eq!(said(&shop.scan(&traveller(1))), (K::Started, M::InspectionBegun));
    shop
}

fn finding() -> FindingDraft {
    FindingDraft {
        defect: "skipped".into(),
        severity: Severity::Major,
        side: Side::Right,
        view: View::Top,
        x: 410,
        y: 290,
    }
}

fn failing(disposition: Option<Disposition>, pin: Option<&str>) -> Command {
    Command::FailInspection {
        job: job_id(1, INSPECT),
        findings: vec![finding()],
        disposition,
        results: Vec::new(),
        pin: pin.map(str::to_owned),
    }
}

fn sheet(shop: &mut Shop) -> JobSheet {
    match shop.ask(Command::GetJob { job: job_id(1, INSPECT) }) {
        RpcReply::Job(sheet) => sheet,
        other => panic!("no sheet: {other:?}"),
    }
}

fn open_nonconformance(shop: &Shop) -> NonconformanceId {
    let pair = shop.engine.floor.work_order(pair_id(1)).expect("held");
    pair.nonconformances.iter().find(|found| found.is_open()).expect("open").id
}

#[test]
fn the_pass_card_passes_the_inspection_under_way() {
    let mut shop = inspecting();
    assert_eq!(said(&shop.scan(&traveller(1))), (K::Picked, M::InspectionBegun), "the traveller shows it again");
    assert_eq!(said(&shop.card(Card::Pass)), (K::Passed, M::Passed));
    assert_eq!(shop.standing(1, PACK), Standing::Ready);
    let action = shop.recorded().pop().expect("recorded");
    assert_eq!(action.auth_level, AuthLevel::Pin, "badge and PIN");
    assert!(matches!(action.fact, Fact::InspectionPassed { results, .. } if results.len() == 1 && results[0].good));
    assert_eq!(said(&shop.card(Card::Pass)), (K::Refused, M::NoInspection), "there is nothing left to pass");
}

#[test]
fn a_defect_and_the_rework_card_send_the_pair_back_to_what_usually_mends_it() {
    let mut shop = inspecting();
    assert_eq!(said(&shop.card(Card::Rework)), (K::Refused, M::FindingNeeded), "back for what?");
    assert_eq!(said(&shop.card(Card::Fail)), (K::Picked, M::FindingNeeded), "不合格 asks for the defect");
    let picked = shop.scan(&code(CodeType::Defect, 1));
    assert_eq!((said(&picked), named(&picked, "defect")), ((K::Picked, M::DefectPicked), "跳针".to_owned()));
    assert_eq!(sheet(&mut shop).rework_choices[0].job.id, job_id(1, STITCH), "stitching mends a skipped stitch");
    assert_eq!(said(&shop.card(Card::Rework)), (K::Failed, M::Failed));
    assert_eq!(shop.standing(1, STITCH), Standing::Ready, "it is done again");
    assert_eq!(shop.job(1, STITCH).progress.round, 1, "as rework");
    assert!(matches!(shop.standing(1, INSPECT), Standing::Waiting { .. }), "and inspected again");
}

#[test]
fn an_operation_card_chooses_where_the_rework_begins() {
    let mut shop = inspecting();
    shop.scan(&code(CodeType::Defect, 1));
    assert_eq!(said(&shop.operation_card(PACK)), (K::Refused, M::CodeWrongType), "packing comes after");
    let picked = shop.operation_card(MARK);
    assert_eq!((said(&picked), named(&picked, "operation")), ((K::Picked, M::OperationPicked), "划线".to_owned()));
    assert_eq!(said(&shop.card(Card::Confirm)), (K::Failed, M::Failed));
    assert_eq!(shop.standing(1, MARK), Standing::Ready, "back to marking");
    assert_eq!(shop.standing(1, CUT), Standing::Done, "what came before stands");
}

#[test]
fn a_returned_pair_goes_round_and_through() {
    let mut shop = inspecting();
    shop.press(failing(Some(Disposition::Rework { from: job_id(1, STITCH) }), None));
    let returned = shop.engine.floor.work_order(pair_id(1)).expect("held").clone();
    let mut bench = Shop::with("close-1", &[returned]);
    bench.sign_in(WANG);
    let again = bench.scan(&traveller(1));
    assert_eq!((again.kind, again.job.expect("named").round), (K::Started, 1), "the rework");
    bench.pass_s(500);
    let values = vec![pitch("3.0", None)];
    bench.press(Command::FinishJob { job: job_id(1, STITCH), values, early_confirmed: false });
    let mended = bench.engine.floor.work_order(pair_id(1)).expect("held").clone();
    let mut shop = Shop::with("qc-1", &[mended]);
    shop.sign_in_inspector();
    shop.scan(&traveller(1));
    let sheet = sheet(&mut shop);
    assert_eq!((sheet.job.round, sheet.returned_for.len()), (1, 1), "the inspector sees a returned pair as returned");
    assert_eq!(shop.card(Card::Pass).kind, K::Passed);
    assert_eq!(shop.standing(1, PACK), Standing::Ready, "and on it goes");
}

#[test]
fn an_undecided_failure_blocks_what_follows_until_somebody_decides() {
    let mut shop = inspecting();
    assert_eq!(said(&shop.press(failing(None, None))), (K::Failed, M::Failed));
    assert!(matches!(shop.standing(1, PACK), Standing::Blocked { .. } | Standing::Waiting { .. }), "nothing goes on");
    let blocked = shop.scan(&traveller(1));
    assert_eq!(
        (said(&blocked), named(&blocked, "defect")),
        ((K::Refused, M::BlockedByNonconformance), "跳针".to_owned())
    );
    let nonconformance = open_nonconformance(&shop);
    let rework = Disposition::Rework { from: job_id(1, STITCH) };
    let decide = |disposition, pin: Option<&str>| Command::DisposeNonconformance {
        work_order: pair_id(1),
        nonconformance,
        disposition,
        pin: pin.map(str::to_owned),
    };
    let nowhere = Disposition::Rework { from: job_id(1, PACK) };
    assert_eq!(said(&shop.press(decide(nowhere, None))), (K::Refused, M::Unsupported), "packing comes after");
    assert_eq!(said(&shop.press(decide(rework.clone(), None))), (K::Disposed, M::Disposed));
    assert_eq!(said(&shop.press(decide(rework, None))), (K::Refused, M::AlreadyDone), "decided once");
    assert_eq!(shop.standing(1, STITCH), Standing::Ready);
}

#[test]
fn use_as_is_and_scrap_ask_for_the_pin_again() {
    let as_is = || Disposition::UseAsIs { reason: "暗处".to_owned() };
    let mut shop = inspecting();
    assert_eq!(said(&shop.press(failing(Some(as_is()), None))), (K::Refused, M::PinRequired));
    assert_eq!(said(&shop.press(failing(Some(as_is()), Some("000000")))), (K::Refused, M::PinWrong));
    assert!(!shop.facts().contains(&"inspection_failed"), "nothing was recorded without it");
    assert_eq!(shop.press(failing(Some(as_is()), Some(PIN))).kind, K::Failed);
    assert_eq!(shop.standing(1, PACK), Standing::Ready, "good enough, by somebody's word");
    let mut shop = inspecting();
    let scrap = Disposition::ScrapAndRemake { reason: "裂".to_owned() };
    assert_eq!(shop.press(failing(Some(scrap), Some(PIN))).kind, K::Failed);
    assert_eq!(said(&shop.scan(&traveller(1))), (K::Refused, M::OrderClosed), "this pair ends here");
}

#[test]
fn a_failure_needs_a_finding_and_an_inspection_under_way() {
    let mut shop = Shop::with("qc-1", &[pair_ready_for(1, INSPECT)]);
    shop.sign_in_inspector();
    assert_eq!(said(&shop.press(failing(None, None))), (K::Refused, M::NoInspection), "not begun");
    assert_eq!(said(&shop.card(Card::Fail)), (K::Refused, M::NoInspection));
    let defect = shop.scan(&code(CodeType::Defect, 1));
    assert_eq!(said(&defect), (K::Refused, M::CodeWrongType), "a defect outside an inspection");
    shop.scan(&traveller(1));
    let nothing = Command::FailInspection {
        job: job_id(1, INSPECT),
        findings: Vec::new(),
        disposition: None,
        results: Vec::new(),
        pin: None,
    };
    assert_eq!(said(&shop.press(nothing)), (K::Refused, M::FindingNeeded));
}

#[test]
fn a_supervisor_at_an_inspection_needs_the_qualification_before_the_start() {
    let mut shop = Shop::with("qc-1", &[pair_ready_for(1, INSPECT)]);
    assert_eq!(shop.scan(&badge(ZHAO_LEADS)).kind, K::PinNeeded);
    shop.press(Command::EnterPin { pin: PIN.to_owned() });
    assert_eq!(shop.scan(&traveller(1)).kind, K::Started, "Zhao is qualified");
    assert_eq!(said(&shop.scan(&badge(LI))), (K::Refused, M::RoleMissing), "Li may not judge at all");
    assert_eq!(said(&shop.scan(&badge(CHEN_INSPECTS))), (K::PinNeeded, M::PinNeeded), "Chen is asked for the PIN");
}
