//! A factory that fits on a page: four work centres, five operations, five workers, and as many pairs as a test asks for.

use std::sync::OnceLock;

use argon2::{Algorithm, Argon2, Params, Version};
use chrono::{DateTime, Utc};
use cordwainer_domain::code::{Code, CodeType};
use cordwainer_domain::people::PIN_COST;
use cordwainer_domain::production::{ReleasedJob, ReleasedWorkOrder, WorkOrder};
use cordwainer_domain::{JobId, LocalText, WorkOrderId, WorkerId};
use cordwainer_protocol::sync::{Change, ChangeOp, Grant, PinVerifier, PullReply, RowText, SignedGrant, Table};
use cordwainer_sync::{Cursor, Purpose, canonical_json};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixture::server_key;

/// The operations of a pair, in the order of its routing.
pub const CUT: usize = 0;
pub const MARK: usize = 1;
pub const STITCH: usize = 2;
pub const INSPECT: usize = 3;
pub const PACK: usize = 4;

/// Who works here, by the number of the badge.
pub const WANG: u64 = 1;
pub const LI: u64 = 2;
pub const CHEN_INSPECTS: u64 = 3;
pub const ZHAO_LEADS: u64 = 4;
pub const QIAN_WAS_REVOKED: u64 = 5;
pub const SUN_HAS_AN_OLD_GRANT: u64 = 6;
/// Chen's and Zhao's PIN.
pub const PIN: &str = "246810";

pub fn badge(who: u64) -> String {
    code(CodeType::Badge, who)
}

pub fn code(kind: CodeType, number: u64) -> String {
    Code::from_number(kind, number).expect("fits").to_string()
}

pub fn worker(who: u64) -> WorkerId {
    WorkerId(Uuid::from_u128(u128::from(who)))
}

pub fn pair_id(number: u64) -> WorkOrderId {
    WorkOrderId(Uuid::from_u128(0xF000_0000 + u128::from(number)))
}

pub fn job_id(number: u64, operation: usize) -> JobId {
    JobId(Uuid::from_u128(0xE000_0000 + u128::from(number) * 16 + operation as u128))
}

pub fn traveller(number: u64) -> String {
    code(CodeType::WorkOrder, number)
}

fn name(zh: &str, en: &str) -> Value {
    json!({ "zh": zh, "en": en })
}

struct Standard {
    id: &'static str,
    name: (&'static str, &'static str),
    work_centre: &'static str,
    recording: &'static str,
    standard_time_s: u32,
    skills: &'static [&'static str],
    inspection: bool,
}

const STANDARDS: [Standard; 5] = [
    Standard {
        id: "cutting.upper",
        name: ("面料裁断", "Upper cutting"),
        work_centre: "cutting",
        recording: "start_finish",
        standard_time_s: 600,
        skills: &[],
        inspection: false,
    },
    Standard {
        id: "closing.mark",
        name: ("划线", "Marking"),
        work_centre: "closing",
        recording: "one_scan",
        standard_time_s: 300,
        skills: &[],
        inspection: false,
    },
    Standard {
        id: "closing.stitch",
        name: ("针车", "Stitching"),
        work_centre: "closing",
        recording: "start_finish",
        standard_time_s: 1_200,
        skills: &["stitching"],
        inspection: false,
    },
    Standard {
        id: "closing.inspect",
        name: ("帮面检验", "Upper inspection"),
        work_centre: "inspection",
        recording: "start_finish",
        standard_time_s: 300,
        skills: &["inspecting"],
        inspection: true,
    },
    Standard {
        id: "packing.pack",
        name: ("包装", "Packing"),
        work_centre: "packing",
        recording: "one_scan",
        standard_time_s: 200,
        skills: &[],
        inspection: false,
    },
];

fn parameters(operation: usize) -> Value {
    if operation != STITCH {
        return json!([]);
    }
    json!([{ "id": "pitch", "name": name("针距", "Stitch pitch"), "unit": "mm", "target": "3.0", "min": "2.8",
             "max": "3.2", "decimals": 1, "required": true }])
}

fn characteristics(operation: usize) -> Value {
    if operation != INSPECT {
        return json!([]);
    }
    json!([{ "id": "seams", "name": name("线迹", "Seams"), "kind": "attribute" }])
}

fn operation_row(index: usize) -> Value {
    let standard = &STANDARDS[index];
    json!({
        "id": standard.id, "version": 1, "code": code(CodeType::Operation, index as u64 + 1),
        "name": name(standard.name.0, standard.name.1), "short": name(standard.name.0, standard.name.1),
        "work_centre": standard.work_centre, "standard_time_s": standard.standard_time_s,
        "recording": standard.recording, "skills": standard.skills, "inspection": standard.inspection,
        "pictogram": "stitch", "step": [{ "text": name("对齐", "Align"), "picture": "aa" }],
        "parameter": parameters(index), "characteristic": characteristics(index),
    })
}

/// A pair as released: cut → mark → stitch → inspect → pack.
pub fn released(number: u64) -> ReleasedWorkOrder {
    let job = |index: usize| {
        let standard = &STANDARDS[index];
        let after: Vec<JobId> = index.checked_sub(1).map(|before| job_id(number, before)).into_iter().collect();
        let value = json!({
            "id": job_id(number, index), "operation": standard.id, "operation_version": 1,
            "name": name(standard.name.0, standard.name.1), "short": name(standard.name.0, standard.name.1),
            "work_centre": standard.work_centre, "position": index, "after": after,
            "standard_time_s": standard.standard_time_s, "recording": standard.recording,
            "inspection": standard.inspection, "skills": standard.skills,
            "parameters": parameters(index), "characteristics": characteristics(index),
        });
        serde_json::from_value::<ReleasedJob>(value).expect("a job")
    };
    let value = json!({
        "id": pair_id(number), "code": traveller(number), "number": format!("WO-{number:04}"),
        "customer_order": format!("CO-{number:04}"), "customer_name": name("赵", "Zhao"),
        "pair": {
            "style": "oxford", "style_name": name("牛津鞋", "Oxford"), "construction": name("固特异", "Goodyear welted"),
            "options": [], "size": { "left_length_mm": 265, "right_length_mm": 265, "left_girth_mm": 250,
                                     "right_girth_mm": 250, "eu": "42" },
        },
        "priority": "normal", "promise_at": "2026-12-20T08:00:00Z", "jobs": [],
    });
    let mut released: ReleasedWorkOrder = serde_json::from_value(value).expect("a pair");
    released.jobs = (0..STANDARDS.len()).map(job).collect();
    released
}

/// A pair as the server holds it right after its release.
pub fn pair(number: u64) -> WorkOrder {
    let at: DateTime<Utc> = "2026-11-19T08:00:00Z".parse().expect("an instant");
    WorkOrder::release(&released(number), at).expect("a routing")
}

fn verifier() -> PinVerifier {
    static VERIFIER: OnceLock<PinVerifier> = OnceLock::new();
    let make = || {
        let mut hash = [0; 32];
        let params = Params::new(PIN_COST.memory_kib, PIN_COST.passes, PIN_COST.lanes, Some(32)).expect("valid");
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon.hash_password_into(PIN.as_bytes(), &[9; 16], &mut hash).expect("hashes");
        PinVerifier { salt: hex::encode([9; 16]), hash: hex::encode(hash) }
    };
    VERIFIER.get_or_init(make).clone()
}

fn grant(who: u64, roles: &[&str], skills: &[&str], not_after: &str) -> SignedGrant {
    let grant = Grant {
        grant_id: cordwainer_domain::GrantId(Uuid::from_u128(u128::from(who) + 100)),
        worker_id: worker(who),
        roles: serde_json::from_value(json!(roles)).expect("roles"),
        skills: serde_json::from_value(json!(skills)).expect("skills"),
        station_group: "*".to_owned(),
        not_after: not_after.parse().expect("an instant"),
    };
    let body = canonical_json(&serde_json::to_value(&grant).expect("JSON")).expect("canonical");
    let sig = server_key().sign(Purpose::Grant, &body).to_string();
    SignedGrant { body: String::from_utf8(body).expect("UTF-8"), sig }
}

fn worker_row(who: u64, zh: &str, en: &str, roles: &[&str], skills: &[&str]) -> Value {
    let has_pin = roles.iter().any(|role| *role != "worker");
    let not_after = if who == SUN_HAS_AN_OLD_GRANT { "2026-01-01T00:00:00Z" } else { "2030-01-01T00:00:00Z" };
    let active = who != QIAN_WAS_REVOKED;
    json!({
        "worker": {
            "id": worker(who), "name": name(zh, en), "short": name(zh, en), "badge": badge(who), "roles": roles,
            "skills": skills, "language": if who == LI { "en" } else { "zh-CN" }, "work_centres": [], "active": active,
        },
        "pin": has_pin.then(verifier),
        "grant": active.then(|| grant(who, roles, skills, not_after)),
    })
}

fn definitions() -> Vec<(Table, String, Value)> {
    let week = json!([1, 2, 3, 4, 5, 6, 7]);
    let site = json!({
        "id": "site", "name": name("一厂", "Plant 1"),
        "calendar": { "time_zone": "Asia/Shanghai",
                      "shifts": [{ "name": name("日", "Day"), "weekdays": week, "start": "08:00", "end": "20:00" }] },
    });
    let centre = |id: &str, node: &str| {
        (Table::WorkCentre, id.to_owned(), json!({ "id": id, "name": name(id, id), "node": node }))
    };
    let place = |number: u64, id: &str, centre: Option<&str>, kind: &str| {
        let code = code(CodeType::Workstation, number);
        let row = json!({ "id": id, "name": name(id, id), "work_centre": centre, "kind": kind, "code": code });
        (Table::Workstation, id.to_owned(), row)
    };
    let person = |who: u64, zh: &str, en: &str, roles: &[&str], skills: &[&str]| {
        (Table::Worker, worker(who).to_string(), worker_row(who, zh, en, roles, skills))
    };
    let skill = |id: &str| (Table::Skill, id.to_owned(), json!({ "id": id, "name": name(id, id) }));
    let defect = json!({
        "id": "skipped", "code": code(CodeType::Defect, 1), "name": name("跳针", "Skipped stitch"),
        "severity": "major", "view": "top", "x": 400, "y": 300, "operation": "closing.stitch", "pictogram": "defect-skip",
    });
    let mut rows = vec![
        (Table::Site, "site".to_owned(), site),
        centre("cutting", "cutting"),
        centre("closing", "stitching"),
        centre("inspection", "inspection"),
        centre("packing", "shipping"),
        place(1, "cut-1", Some("cutting"), "production"),
        place(2, "close-1", Some("closing"), "production"),
        place(3, "qc-1", Some("inspection"), "inspection"),
        place(4, "pack-1", Some("packing"), "production"),
        place(5, "desk-1", None, "supervision"),
        skill("stitching"),
        skill("inspecting"),
        (Table::Defect, "skipped".to_owned(), defect),
        person(WANG, "王师傅", "Wang", &["worker"], &["stitching"]),
        person(LI, "李师傅", "Li", &["worker"], &[]),
        person(CHEN_INSPECTS, "陈师傅", "Chen", &["inspector"], &["inspecting"]),
        person(ZHAO_LEADS, "赵主管", "Zhao", &["supervisor"], &["stitching", "inspecting"]),
        person(QIAN_WAS_REVOKED, "钱师傅", "Qian", &["worker"], &[]),
        person(SUN_HAS_AN_OLD_GRANT, "孙师傅", "Sun", &["worker"], &[]),
    ];
    rows.extend(
        (0..STANDARDS.len())
            .map(|index| (Table::Operation, format!("{}@1", STANDARDS[index].id), operation_row(index))),
    );
    rows
}

pub fn put(table: Table, pk: String, row: Value, commit_seq: u64) -> Change {
    Change { commit_seq, table, pk, op: ChangeOp::Put, row: Some(text(&row)), row_version: commit_seq }
}

/// A row as the server sends it.
pub fn text(row: &Value) -> RowText {
    RowText::of(row).expect("a row can be written")
}

/// A page with one worker's row, altered.
pub fn page_about(who: u64, alter: impl FnOnce(&mut Value)) -> PullReply {
    let mut page = page(&[], 20, true);
    page.changes.retain(|change| change.pk == worker(who).to_string());
    let mut row = page.changes[0].row.as_ref().expect("a row").read().expect("that can be read");
    alter(&mut row);
    page.changes[0].row = Some(text(&row));
    page
}

/// A page with these pairs, and with everything else on the first one.
pub fn page(pairs: &[WorkOrder], commit_seq: u64, with_definitions: bool) -> PullReply {
    let mut changes = Vec::new();
    if with_definitions {
        changes.extend(definitions().into_iter().map(|(table, pk, row)| put(table, pk, row, commit_seq)));
    }
    for pair in pairs {
        let row = serde_json::to_value(pair).expect("JSON");
        changes.push(put(Table::WorkOrder, pair.id.to_string(), row, commit_seq));
    }
    PullReply {
        from: 0,
        to: Cursor { server_epoch: "epoch-1".to_owned(), scope: "*".to_owned(), scope_version: 1, commit_seq }
            .to_string(),
        head: commit_seq,
        more: false,
        server_epoch: "epoch-1".to_owned(),
        changes,
        verdicts: Vec::new(),
        scope_digest: None,
        audit_checkpoint: None,
        tombstone_floor: 0,
        server_time: "2026-11-20T00:00:00Z".parse().expect("an instant"),
        stations: Vec::new(),
    }
}

/// A page that only names a pair which is elsewhere.
pub fn card_page(number: u64, at: &[&str], commit_seq: u64) -> PullReply {
    let card = json!({
        "id": pair_id(number), "code": traveller(number), "number": format!("WO-{number:04}"),
        "customer_order": "CO-1", "style_name": name("德比鞋", "Derby"), "at": at, "promise_at": "2026-12-20T08:00:00Z",
    });
    let change = put(Table::WorkOrderCard, pair_id(number).to_string(), card, commit_seq);
    PullReply { changes: vec![change], ..page(&[], commit_seq, false) }
}

/// A page with a template that the office released for travellers.
pub fn label_page(template: &Value, commit_seq: u64) -> PullReply {
    let row = json!({ "kind": "traveller", "template": template });
    let change = put(Table::LabelTemplate, "traveller".to_owned(), row, commit_seq);
    PullReply { changes: vec![change], ..page(&[], commit_seq, false) }
}

/// A name that a test expects.
pub fn local(zh: &str, en: &str) -> LocalText {
    LocalText { zh: zh.to_owned(), en: en.to_owned() }
}
