//! The words of a refusal: who, what, where, and with its own tone.

use cordwainer_devices::scanner::AimId;
use cordwainer_domain::code::gs1::Gs1Fault;
use cordwainer_domain::code::{CodeFault, NoMeaning};
use cordwainer_domain::people::Role;
use cordwainer_domain::production::{AuthzProblem, Job, Refusal, Standing, WorkOrder};
use cordwainer_domain::{JobId, LocalText, NonconformanceId};
use cordwainer_protocol::station::{AnswerKind, Tone};
use cordwainer_protocol::{Message, MessageCode, Param};

use super::super::say::Say;
use super::heads::{Names, standing_word};

/// Why a text means nothing here.
pub(crate) fn of_no_meaning(none: &NoMeaning, text: &str, aim: Option<AimId>) -> Say {
    let unknown = |code| Say::new(AnswerKind::Unknown, code, Tone::UnknownCode).text("text", text);
    match none {
        NoMeaning::Fault(CodeFault::Oversize) => {
            Say::new(AnswerKind::Unknown, MessageCode::CodeOversize, Tone::UnknownCode)
        }
        NoMeaning::Fault(CodeFault::Empty) => unknown(MessageCode::CodeEmpty),
        NoMeaning::Fault(CodeFault::WrongLength) => unknown(MessageCode::CodeTorn),
        NoMeaning::Fault(CodeFault::BadCheck) => unknown(MessageCode::CodeMisread),
        NoMeaning::Fault(CodeFault::Foreign) | NoMeaning::Gs1(Gs1Fault::Empty | Gs1Fault::NoLink) => {
            match aim.map(AimId::symbology).filter(|symbology| !symbology.is_ours()) {
                Some(symbology) => unknown(MessageCode::CodeForeignSymbol).text("symbology", symbology.name()),
                None => unknown(MessageCode::CodeForeign),
            }
        }
        NoMeaning::Gs1(Gs1Fault::UnknownIdentifier { found }) => {
            unknown(MessageCode::FieldUnknown).text("field", found.as_str())
        }
        NoMeaning::Gs1(Gs1Fault::Contradiction { first, second, .. }) => two_things(first, second),
        NoMeaning::Gs1(fault) => unknown(MessageCode::FieldMisread).text("field", fault.ai().unwrap_or_default()),
        NoMeaning::Unnamed(_) | NoMeaning::UnnamedTag(_) => unknown(MessageCode::CodeUnnamed),
        NoMeaning::NoTag => unknown(MessageCode::CodeNoTag),
        NoMeaning::TwoThings(one, other) => two_things(one.as_str(), other.as_str()),
    }
}

fn two_things(first: &str, second: &str) -> Say {
    Say::new(AnswerKind::Unknown, MessageCode::CodeTwoThings, Tone::UnknownCode)
        .text("first", first)
        .text("second", second)
}

/// Why a worker may not do it.
pub(crate) fn of_authz(names: &Names<'_>, problem: &AuthzProblem) -> Say {
    match problem {
        AuthzProblem::NoWorker => Say::refused(MessageCode::BadgeNeeded, Tone::Question),
        AuthzProblem::UnknownWorker => Say::refused(MessageCode::BadgeUnknown, Tone::Failure).text("badge", "—"),
        AuthzProblem::Revoked => Say::refused(MessageCode::BadgeRevoked, Tone::Failure),
        AuthzProblem::SkillMissing { skill } => {
            Say::refused(MessageCode::SkillMissing, Tone::Failure).name("skill", names.skill(skill))
        }
        AuthzProblem::RoleMissing { role } => {
            Say::refused(MessageCode::RoleMissing, Tone::Failure).text("role", role_word(*role))
        }
        AuthzProblem::PinNeeded => Say::refused(MessageCode::PinRequired, Tone::Question),
        AuthzProblem::NotTheirLine { work_centre } => Say::refused(MessageCode::NotYourLine, Tone::WrongStation)
            .name("work_centre", names.work_centre(work_centre)),
        AuthzProblem::WrongWorkstation => Say::refused(MessageCode::NotAtThisWorkstation, Tone::WrongStation),
        AuthzProblem::GrantExpired => Say::refused(MessageCode::GrantExpired, Tone::Failure),
    }
}

/// The word for a role, as the catalogue of the screens keys it.
pub(crate) const fn role_word(role: Role) -> &'static str {
    match role {
        Role::Worker => "worker",
        Role::Inspector => "inspector",
        Role::Supervisor => "supervisor",
    }
}

/// Why the traveller does nothing here.
pub(crate) fn of_refusal(names: &Names<'_>, work_order: &WorkOrder, refusal: &Refusal) -> Say {
    let say = match refusal {
        Refusal::BadgeNeeded => Say::refused(MessageCode::BadgeNeeded, Tone::Question),
        Refusal::Authz { problem } => of_authz(names, problem),
        Refusal::PredecessorOpen { predecessor, standing, workstation, worker, .. } => {
            // Where nobody works on it yet, the place is where it will be done.
            let place = workstation.as_ref().map_or_else(
                || work_order.job(*predecessor).map(|job| names.work_centre(&job.spec.work_centre)).unwrap_or_default(),
                |workstation| names.workstation(workstation),
            );
            Say::refused(MessageCode::PredecessorOpen, Tone::NotYourTurn)
                .name("operation", operation(work_order, *predecessor))
                .text("standing", standing_word(standing))
                .name("workstation", place)
                .name("worker", names.short(*worker))
        }
        Refusal::Blocked { nonconformance } => Say::refused(MessageCode::BlockedByNonconformance, Tone::NotYourTurn)
            .name("defect", first_defect(names, work_order, *nonconformance)),
        Refusal::OtherWorker { job, worker, workstation, since } => {
            Say::refused(MessageCode::OtherWorker, Tone::NotYourTurn)
                .name("operation", operation(work_order, *job))
                .name("worker", names.short(*worker))
                .name("workstation", names.workstation(workstation))
                .instant("since", *since)
        }
        Refusal::AlreadyDone { job, worker, at } => Say::refused(MessageCode::AlreadyDone, Tone::NotYourTurn)
            .name("operation", operation(work_order, *job))
            .name("worker", names.short(*worker))
            .instant("at", *at),
        Refusal::WrongWorkCentre { next } => {
            let say = Say::refused(MessageCode::WrongWorkCentre, Tone::WrongStation);
            match next {
                Some(next) => say.name("work_centre", names.work_centre(next)),
                None => say.name("work_centre", LocalText { zh: "—".to_owned(), en: "—".to_owned() }),
            }
        }
        Refusal::Held { job } => {
            Say::refused(MessageCode::JobHeld, Tone::NotYourTurn).name("operation", operation(work_order, *job))
        }
        Refusal::OrderClosed => {
            Say::refused(MessageCode::OrderClosed, Tone::Failure).text("number", &work_order.number)
        }
        Refusal::Complete => {
            Say::refused(MessageCode::PairComplete, Tone::NotYourTurn).text("number", &work_order.number)
        }
    };
    let job = job_of(refusal).and_then(|id| work_order.job(id)).map(|job| names.job(work_order, job));
    Say { pair: Some(names.pair(work_order)), job, ..say }
}

/// Why a job that stands like this cannot begin; `None` if it can, or has.
pub(crate) fn of_standing(names: &Names<'_>, work_order: &WorkOrder, job: &Job) -> Option<Message> {
    let refusal = match work_order.standing(job) {
        Standing::Waiting { for_jobs } => {
            let before = for_jobs
                .iter()
                .filter_map(|id| work_order.job(*id))
                .min_by_key(|before| matches!(work_order.standing(before), Standing::Waiting { .. }))?;
            Refusal::PredecessorOpen {
                job: job.spec.id,
                predecessor: before.spec.id,
                standing: work_order.standing(before),
                workstation: before.run().map(|run| run.workstation.clone()),
                worker: before.run().and_then(|run| run.worker),
            }
        }
        Standing::Blocked { nonconformance } => {
            let defect = Param::Name(first_defect(names, work_order, nonconformance));
            return Some(Message::new(MessageCode::BlockedByNonconformance).with("defect", defect));
        }
        Standing::Held => Refusal::Held { job: job.spec.id },
        _ => return None,
    };
    Some(of_refusal(names, work_order, &refusal).message)
}

fn operation(work_order: &WorkOrder, job: JobId) -> LocalText {
    work_order.job(job).map(|job| job.spec.name.clone()).unwrap_or_default()
}

fn first_defect(names: &Names<'_>, work_order: &WorkOrder, id: NonconformanceId) -> LocalText {
    let finding = work_order.nonconformance(id).and_then(|found| found.findings.first());
    finding.map(|finding| names.defect(&finding.defect)).unwrap_or_default()
}

fn job_of(refusal: &Refusal) -> Option<JobId> {
    match refusal {
        Refusal::PredecessorOpen { job, .. }
        | Refusal::OtherWorker { job, .. }
        | Refusal::AlreadyDone { job, .. }
        | Refusal::Held { job } => Some(*job),
        _ => None,
    }
}
