//! A small factory: four work centres in a row, a worker for each kind of right, pairs with four jobs.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use cordwainer_domain::code::{Code, CodeType};
use cordwainer_domain::equipment::{Calendar, Shift, WorkCentre, Workstation, WorkstationKind};
use cordwainer_domain::order::OrderNode;
use cordwainer_domain::people::{Role, Worker};
use cordwainer_domain::product::{PairSize, Recording};
use cordwainer_domain::production::{Fact, Pair, Priority, ReleasedJob, ReleasedWorkOrder};
use cordwainer_domain::{
    CustomerOrderNumber, JobId, Language, LocalText, SiteId, SkillId, WorkCentreId, WorkOrderId, WorkerId,
};
use cordwainer_protocol::sync::SiteRow;
use uuid::Uuid;

use crate::OfficeFact;
use crate::store::{MasterRow, Store};

/// The site's key.
pub const SITE: &str = "test";
/// Work centres in the order in which a pair visits them; the last one judges.
pub const WORK_CENTRES: [&str; 4] = ["cutting", "closing", "lasting", "inspection"];
/// The workstation of each work centre; there is a second one at lasting, and the supervisor's desk.
pub const WORKSTATIONS: [&str; 4] = ["cut-1", "close-1", "last-1", "judge-1"];

/// The site.
pub fn site() -> SiteId {
    SiteId::from(SITE)
}

/// A name that is the same in both languages.
pub fn name(text: &str) -> LocalText {
    LocalText { zh: text.to_owned(), en: text.to_owned() }
}

/// A worker who may do everything but judge.
pub fn maker() -> WorkerId {
    WorkerId(Uuid::from_u128(1))
}

/// A worker without any qualification.
pub fn apprentice() -> WorkerId {
    WorkerId(Uuid::from_u128(2))
}

/// An inspector.
pub fn inspector() -> WorkerId {
    WorkerId(Uuid::from_u128(3))
}

/// A worker as the store keeps them.
pub fn worker(id: WorkerId, active: bool) -> Worker {
    let number = u64::try_from(id.0.as_u128()).unwrap();
    let skilled = id != apprentice();
    Worker {
        id,
        name: name("Somebody"),
        short: name("S"),
        badge: Code::from_number(CodeType::Badge, number).unwrap(),
        roles: if id == inspector() { vec![Role::Worker, Role::Inspector] } else { vec![Role::Worker] },
        skills: if skilled { WORK_CENTRES.map(SkillId::from).to_vec() } else { Vec::new() },
        language: Language::ZhCn,
        work_centres: Vec::new(),
        active,
    }
}

/// What the factory defines: 15 rows of the feed, in one commit.
pub fn rows() -> Vec<MasterRow> {
    let clock = |text: &str| text.parse().unwrap();
    let shift =
        Shift { name: name("day"), weekdays: (1..=7).collect(), start: clock("08:00:00"), end: clock("18:00:00") };
    let calendar = Calendar { time_zone: Tz::Asia__Shanghai, shifts: vec![shift], holidays: Vec::new() };
    let mut rows = vec![MasterRow::Site(SiteRow { id: site(), name: name("Test"), calendar, aliases: Vec::new() })];
    for id in WORK_CENTRES {
        let node = OrderNode::Stitching;
        rows.push(MasterRow::WorkCentre(WorkCentre { id: WorkCentreId::from(id), name: name(id), node }));
    }
    let places =
        WORKSTATIONS.into_iter().zip(WORK_CENTRES.map(Some)).chain([("last-2", Some("lasting")), ("desk", None)]);
    for ((id, work_centre), number) in places.zip(1..) {
        rows.push(MasterRow::Workstation(Workstation {
            id: id.into(),
            name: name(id),
            work_centre: work_centre.map(WorkCentreId::from),
            kind: WorkstationKind::Production,
            code: Code::from_number(CodeType::Workstation, number).unwrap(),
        }));
    }
    for id in [maker(), apprentice(), inspector()] {
        rows.push(MasterRow::Worker(Box::new(worker(id, true)), None));
    }
    rows
}

/// The identifier of pair number `number`.
pub fn pair(number: u32) -> WorkOrderId {
    WorkOrderId(Uuid::from_u128(u128::from(number) << 32))
}

/// The identifier of a pair's job at one of [`WORK_CENTRES`], by place.
pub fn job(number: u32, place: usize) -> JobId {
    JobId(Uuid::from_u128((u128::from(number) << 32) + 1 + place as u128))
}

/// The code on a pair's traveller.
pub fn traveller(number: u32) -> Code {
    Code::from_number(CodeType::WorkOrder, u64::from(number)).unwrap()
}

/// A pair as the office releases it: one job a work centre, each after the one before.
pub fn released(number: u32, promise_at: DateTime<Utc>) -> ReleasedWorkOrder {
    let jobs = WORK_CENTRES.iter().enumerate().map(|(place, work_centre)| ReleasedJob {
        id: job(number, place),
        operation: format!("{work_centre}.work").as_str().into(),
        operation_version: 1,
        name: name(work_centre),
        short: name(work_centre),
        work_centre: WorkCentreId::from(*work_centre),
        position: u32::try_from(place).unwrap(),
        after: if place == 0 { Vec::new() } else { vec![job(number, place - 1)] },
        standard_time_s: 600,
        recording: Recording::OneScan,
        inspection: *work_centre == "inspection",
        skills: vec![SkillId::from(*work_centre)],
        parameters: Vec::new(),
        characteristics: Vec::new(),
    });
    ReleasedWorkOrder {
        id: pair(number),
        code: traveller(number),
        number: format!("WO-{number}"),
        customer_order: CustomerOrderNumber(format!("SO-{number}")),
        customer_name: name("Pan"),
        pair: Pair {
            style: "derby".into(),
            style_name: name("Derby"),
            construction: name("Blake"),
            options: Vec::new(),
            size: PairSize {
                left_length_mm: 255,
                right_length_mm: 256,
                left_girth_mm: 240,
                right_girth_mm: 241,
                eu: "41".to_owned(),
            },
        },
        priority: Priority::Normal,
        promise_at,
        jobs: jobs.collect(),
    }
}

/// Releases pairs to the floor, all in one commit.
pub async fn release(store: &Store, numbers: impl IntoIterator<Item = u32>) {
    let now = store.clock().now();
    let fact = |number| OfficeFact::own(Fact::WorkOrderReleased(Box::new(released(number, now))), pair(number));
    let facts: Vec<OfficeFact> = numbers.into_iter().map(fact).collect();
    store.record_office(&site(), &facts).await.unwrap();
}
