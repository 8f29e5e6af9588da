//! At least one action of every kind, with every optional part present in one sample and absent in another.

use cordwainer_domain::code::{Code, CodeType};
use cordwainer_domain::people::AuthLevel;
use cordwainer_domain::product::{Characteristic, CharacteristicKind, PairSize, Parameter, Recording};
use cordwainer_domain::production::{
    Action, AuthzProblem, ChosenOption, ClockClass, ClockReading, ConflictKind, Fact, MeasuredValue, Pair, ParkReason,
    PauseReason, Priority, ReleasedJob, ReleasedWorkOrder, Resolution,
};
use cordwainer_domain::quality::{CharacteristicResult, Disposition, Finding, Severity, Side, View};
use cordwainer_domain::{
    ActionId, ConflictId, GrantId, JobId, LocalText, NonconformanceId, StationId, WorkOrderId, WorkerId,
};
use uuid::Uuid;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0192_f000_0000_7000_8000_0000_0000_0000 + number)
}

fn text(zh: &str, en: &str) -> LocalText {
    LocalText { zh: zh.to_owned(), en: en.to_owned() }
}

/// Every sample, in the order of [`Fact::KINDS`]. Never change one: add another.
pub fn all() -> Vec<Action> {
    facts().into_iter().zip(1..).map(|(fact, number)| action(number, fact)).collect()
}

/// An action around a fact; odd ones carry every optional column, even ones none.
fn action(number: u128, fact: Fact) -> Action {
    let full = number % 2 == 1;
    Action {
        id: ActionId(id(number)),
        site: "wenzhou".into(),
        station: StationId(id(0x5_000)),
        workstation: "close-1".into(),
        worker: full.then(|| WorkerId(id(0x2_000))),
        grant: full.then(|| GrantId(id(0x6_000))),
        auth_level: if full { AuthLevel::Pin } else { AuthLevel::None },
        work_order: full.then(|| WorkOrderId(id(0x4_000))),
        job: full.then(|| JobId(id(0x1_000))),
        base_version: full.then_some(17),
        base_cursor: full.then_some(9_007_199_254_740_991),
        clock: ClockReading {
            wall_ms: 1_793_577_600_123,
            mono_ms: 86_400_000,
            boot_id: "6f1c2a".to_owned(),
            class: if full { ClockClass::Synchronised } else { ClockClass::Unknown },
            offset_ms: if full { -1_250 } else { 0 },
        },
        app_version: "0.1.0".to_owned(),
        schema_version: 1,
        fact,
    }
}

fn facts() -> Vec<Fact> {
    let lot = Code::from_number(CodeType::MaterialLot, 77).unwrap();
    let nonconformance = NonconformanceId(id(0x3_000));
    let mut facts = vec![
        Fact::WorkOrderReleased(Box::new(released())),
        Fact::JobStarted { round: 0 },
        Fact::JobPaused { round: 1, reason: PauseReason::Material },
        Fact::JobPaused { round: 0, reason: PauseReason::Machine },
        Fact::JobPaused { round: 0, reason: PauseReason::Break },
        Fact::JobPaused { round: 0, reason: PauseReason::Other },
        Fact::JobResumed { round: 2 },
        Fact::JobFinished { round: 0, values: values(), lots: vec![lot.clone()], early_confirmed: true },
        Fact::JobFinished { round: 1, values: Vec::new(), lots: Vec::new(), early_confirmed: false },
        Fact::InspectionPassed { round: 1, results: results() },
        Fact::InspectionPassed { round: 0, results: Vec::new() },
        Fact::InspectionFailed {
            round: 0,
            nonconformance,
            findings: findings(),
            disposition: None,
            results: results(),
        },
    ];
    facts.extend(dispositions().into_iter().map(|disposition| Fact::InspectionFailed {
        round: 1,
        nonconformance,
        findings: findings(),
        disposition: Some(disposition),
        results: Vec::new(),
    }));
    facts.extend(
        dispositions().into_iter().map(|disposition| Fact::NonconformanceDisposed { nonconformance, disposition }),
    );
    facts.extend([
        Fact::Undone { target: ActionId(id(2)) },
        Fact::ScanUnresolved { code: lot },
        Fact::SessionOpened {},
        Fact::SessionClosed {},
        Fact::WorkOrderCancelled { reason: "客户取消".to_owned() },
        Fact::RoutingRevised { removed: vec![JobId(id(0x1_000))], added: vec![making()], reason: String::new() },
        Fact::RoutingRevised { removed: Vec::new(), added: vec![judging()], reason: "加一道检验".to_owned() },
    ]);
    facts.extend(resolutions_of_conflicts());
    facts.extend(resolutions_of_parked());
    facts
}

/// Every way in which a conflict is resolved, the reason present and absent.
fn resolutions_of_conflicts() -> Vec<Fact> {
    let other = ActionId(id(0x7_001));
    let (started_at, finished_at) =
        ("2026-11-16T08:00:00Z".parse().unwrap(), Some("2026-11-16T09:30:00.5Z".parse().unwrap()));
    let decisions = [
        (ConflictKind::SignedTwice { first: other }, Resolution::CreditFirst),
        (ConflictKind::SignedTwice { first: other }, Resolution::CreditSecond),
        (ConflictKind::FinishedByAnother { started: other }, Resolution::Split),
        (ConflictKind::SignedTwice { first: other }, Resolution::Neither),
        (ConflictKind::StartedTwice { first: other }, Resolution::CorrectTimes { started_at, finished_at }),
        (ConflictKind::FinishWithoutStart, Resolution::CorrectTimes { started_at, finished_at: None }),
        (ConflictKind::PassAndFail { other }, Resolution::FailureStands),
        (ConflictKind::PassAndFail { other }, Resolution::PassStands),
        (ConflictKind::OrderClosed, Resolution::ScrapWork),
        (ConflictKind::OrderClosed, Resolution::Reinstate),
        (ConflictKind::OrderClosed, Resolution::ReusePart),
        (ConflictKind::RoutingRevised, Resolution::Redo),
        (ConflictKind::RoutingRevised, Resolution::Accept),
        (ConflictKind::OutOfTurn, Resolution::Acknowledge),
        (ConflictKind::DisposedTwice, Resolution::Acknowledge),
        (ConflictKind::UndoTooLate { target: other }, Resolution::Acknowledge),
        (ConflictKind::ReleasedTwice, Resolution::Acknowledge),
        (ConflictKind::ResolvedTwice { first: other }, Resolution::Acknowledge),
        (ConflictKind::ResolvedTooLate { about: other }, Resolution::Acknowledge),
        (ConflictKind::SameIdentifier, Resolution::Acknowledge),
        (ConflictKind::WaitedTooLong, Resolution::Acknowledge),
    ];
    let fact = |(place, (between, resolution)): (usize, _)| Fact::ConflictResolved {
        conflict: ConflictId(id(0x8_000)),
        flagged: ActionId(id(0x7_000)),
        between,
        resolution,
        reason: (place % 2 == 0).then(|| "工位重复扫码".to_owned()),
    };
    decisions.into_iter().enumerate().map(fact).collect()
}

/// Every way in which a fact that waits is resolved.
fn resolutions_of_parked() -> Vec<Fact> {
    let decisions = [
        (ParkReason::Authz { problem: AuthzProblem::GrantExpired }, Resolution::Accept),
        (ParkReason::Authz { problem: AuthzProblem::Revoked }, Resolution::Reassign { worker: WorkerId(id(0x2_001)) }),
        (ParkReason::JobVoid, Resolution::MapToJob { job: JobId(id(0x1_001)) }),
        (ParkReason::Dependency { jobs: vec![JobId(id(0x1_002))] }, Resolution::Accept),
        (ParkReason::UnknownKind, Resolution::Refuse),
    ];
    let fact = |(place, (waited_for, resolution)): (usize, _)| Fact::ParkedResolved {
        parked: ActionId(id(0x7_000)),
        waited_for,
        resolution,
        reason: (place % 2 == 1).then(|| "主管现场确认".to_owned()),
    };
    decisions.into_iter().enumerate().map(fact).collect()
}

fn dispositions() -> [Disposition; 4] {
    [
        Disposition::Rework { from: JobId(id(0x1_001)) },
        Disposition::Repair { at: JobId(id(0x1_002)) },
        Disposition::UseAsIs { reason: "客户接受 \"as is\"".to_owned() },
        Disposition::ScrapAndRemake { reason: "皮料\n开裂".to_owned() },
    ]
}

fn values() -> Vec<MeasuredValue> {
    vec![
        MeasuredValue { parameter: "stitch_pitch".into(), value: "3.0".parse().unwrap(), reason: None },
        MeasuredValue {
            parameter: "edge_distance".into(),
            value: "-0.25".parse().unwrap(),
            reason: Some("磨损".to_owned()),
        },
    ]
}

fn results() -> Vec<CharacteristicResult> {
    vec![
        CharacteristicResult { characteristic: "seams".into(), good: true, value: None },
        CharacteristicResult {
            characteristic: "stitch_pitch".into(),
            good: false,
            value: Some("3.40".parse().unwrap()),
        },
    ]
}

fn findings() -> Vec<Finding> {
    let place = |side, view, severity, photos| Finding {
        defect: "stitch.skipped".into(),
        severity,
        side,
        view,
        x: 0,
        y: 1_000,
        photos,
    };
    vec![
        place(Side::Left, View::Top, Severity::Minor, Vec::new()),
        place(Side::Right, View::Side, Severity::Major, vec!["ab".repeat(32)]),
        place(Side::Left, View::Sole, Severity::Critical, Vec::new()),
        place(Side::Right, View::Heel, Severity::Minor, Vec::new()),
        place(Side::Left, View::Inside, Severity::Minor, Vec::new()),
    ]
}

fn released() -> ReleasedWorkOrder {
    ReleasedWorkOrder {
        id: WorkOrderId(id(0x4_000)),
        code: Code::from_number(CodeType::WorkOrder, 1).unwrap(),
        number: "W-2611-018-1".to_owned(),
        customer_order: "SO-2611-018".into(),
        customer_name: text("陈", "Chen"),
        pair: Pair {
            style: "oxford".into(),
            style_name: text("牛津鞋", "Oxford"),
            construction: text("固特异沿条", "Goodyear welt"),
            options: vec![
                ChosenOption {
                    group: "leather".to_owned(),
                    id: "calf".into(),
                    name: text("小牛皮", "Calf"),
                    hex: None,
                },
                ChosenOption {
                    group: "colour".to_owned(),
                    id: "cognac".into(),
                    name: text("干邑色", "Cognac"),
                    hex: Some("#8a4b2a".to_owned()),
                },
            ],
            size: PairSize {
                left_length_mm: 262,
                right_length_mm: 263,
                left_girth_mm: 248,
                right_girth_mm: 250,
                eu: "42½".to_owned(),
            },
        },
        priority: Priority::Rush,
        promise_at: "2026-11-16T10:00:00.5Z".parse().unwrap(),
        jobs: vec![making(), judging()],
    }
}

fn making() -> ReleasedJob {
    ReleasedJob {
        id: JobId(id(0x1_000)),
        operation: "closing.stitch".into(),
        operation_version: 3,
        name: text("车帮", "Stitch the upper"),
        short: text("车帮", "Stitch"),
        work_centre: "closing".into(),
        position: 0,
        after: Vec::new(),
        standard_time_s: 1_800,
        recording: Recording::StartFinish,
        inspection: false,
        skills: vec!["upper-stitching".into()],
        parameters: vec![Parameter {
            id: "stitch_pitch".into(),
            name: text("针距", "Stitch pitch"),
            unit: "mm".to_owned(),
            target: "3.0".parse().unwrap(),
            min: "2.8".parse().unwrap(),
            max: "3.2".parse().unwrap(),
            decimals: 1,
            required: true,
        }],
        characteristics: Vec::new(),
    }
}

fn judging() -> ReleasedJob {
    let characteristic = |id: &str, kind, unit: &str, limit: Option<&str>, decimals| Characteristic {
        id: id.into(),
        name: text("针距", "Stitch pitch"),
        kind,
        unit: unit.to_owned(),
        min: limit.map(|limit| limit.parse().unwrap()),
        max: limit.map(|limit| limit.parse().unwrap()),
        decimals,
    };
    ReleasedJob {
        id: JobId(id(0x1_001)),
        operation: "closing.inspect".into(),
        position: 1,
        after: vec![JobId(id(0x1_000))],
        recording: Recording::OneScan,
        inspection: true,
        skills: Vec::new(),
        parameters: Vec::new(),
        characteristics: vec![
            characteristic("seams", CharacteristicKind::Attribute, "", None, 0),
            characteristic("stitch_pitch", CharacteristicKind::Measured, "mm", Some("3.0"), 1),
        ],
        ..making()
    }
}
