//! What a person may decide about facts that contradict each other or wait, and what that makes of them. Pure: how a
//! decision is carried out on a pair is in `apply/resolve.rs`.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::action::Action;
use super::apply::{ConflictKind, ParkReason};
use super::work_order::WorkOrder;
use crate::{ActionId, JobId, WorkerId};

/// How long an open item may wait before it is an alarm.
pub const USUAL_ALARM_AFTER: TimeDelta = TimeDelta::hours(24);
/// The same, where somebody may have tampered.
pub const SECURITY_ALARM_AFTER: TimeDelta = TimeDelta::hours(1);

/// What a person decides.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "choice", rename_all = "snake_case")]
pub enum Resolution {
    /// 记给前者: the fact that stood first is credited (of a sign-off by another worker: whoever began).
    CreditFirst,
    /// 记给后者: the fact that was flagged is credited.
    CreditSecond,
    /// 平分: both are credited, half each.
    Split,
    /// 都不算: neither counts, and the job is due again.
    Neither,
    /// 更正时间.
    CorrectTimes {
        /// When it really began.
        started_at: DateTime<Utc>,
        /// When it really ended, if it is over.
        finished_at: Option<DateTime<Utc>>,
    },
    /// 以不合格为准: the failure stands.
    FailureStands,
    /// 以合格为准: the failure is withdrawn.
    PassStands,
    /// 作废: the order stays closed, what was made is thrown away.
    ScrapWork,
    /// 恢复工单: the order goes on, and what was done counts.
    Reinstate,
    /// 部件留用: the order stays closed, what was made is kept for another pair, and the labour is credited.
    ReusePart,
    /// 重做: the fact was made by an outdated routing and does not count; the job is due again.
    Redo,
    /// 认可: it counts as it was recorded.
    Accept,
    /// 改记他人: it counts, as another worker's.
    Reassign {
        /// Whose.
        worker: WorkerId,
    },
    /// 改到别的工序: it counts, for another job of the same pair.
    MapToJob {
        /// Which.
        job: JobId,
    },
    /// 不予采纳: it is kept and counts for nothing.
    Refuse,
    /// 已知悉: what stands, stands; the fact is kept beside it.
    Acknowledge,
}

/// A decision without its particulars.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the variant of Resolution by the same name")]
pub enum ResolutionKind {
    CreditFirst,
    CreditSecond,
    Split,
    Neither,
    CorrectTimes,
    FailureStands,
    PassStands,
    ScrapWork,
    Reinstate,
    ReusePart,
    Redo,
    Accept,
    Reassign,
    MapToJob,
    Refuse,
    Acknowledge,
}

impl Resolution {
    /// Which of them it is.
    pub const fn kind(&self) -> ResolutionKind {
        match self {
            Self::CreditFirst => ResolutionKind::CreditFirst,
            Self::CreditSecond => ResolutionKind::CreditSecond,
            Self::Split => ResolutionKind::Split,
            Self::Neither => ResolutionKind::Neither,
            Self::CorrectTimes { .. } => ResolutionKind::CorrectTimes,
            Self::FailureStands => ResolutionKind::FailureStands,
            Self::PassStands => ResolutionKind::PassStands,
            Self::ScrapWork => ResolutionKind::ScrapWork,
            Self::Reinstate => ResolutionKind::Reinstate,
            Self::ReusePart => ResolutionKind::ReusePart,
            Self::Redo => ResolutionKind::Redo,
            Self::Accept => ResolutionKind::Accept,
            Self::Reassign { .. } => ResolutionKind::Reassign,
            Self::MapToJob { .. } => ResolutionKind::MapToJob,
            Self::Refuse => ResolutionKind::Refuse,
            Self::Acknowledge => ResolutionKind::Acknowledge,
        }
    }
}

impl ResolutionKind {
    /// Whether somebody has to say why: it takes credit away, throws work away, or lets through what a rule stopped.
    pub const fn needs_reason(self) -> bool {
        !matches!(self, Self::CreditFirst | Self::FailureStands | Self::Acknowledge)
    }
}

impl ConflictKind {
    /// What a person may decide about it, the likeliest first.
    pub const fn choices(&self) -> &'static [ResolutionKind] {
        use ResolutionKind as Kind;
        match self {
            Self::SignedTwice { .. } => &[Kind::CreditFirst, Kind::CreditSecond, Kind::Split, Kind::Neither],
            Self::FinishedByAnother { .. } => &[Kind::CreditSecond, Kind::CreditFirst, Kind::Split],
            Self::StartedTwice { .. } => &[Kind::Acknowledge, Kind::CorrectTimes],
            Self::FinishWithoutStart => &[Kind::Accept, Kind::CorrectTimes],
            Self::PassAndFail { .. } => &[Kind::FailureStands, Kind::PassStands],
            Self::OrderClosed => &[Kind::ScrapWork, Kind::ReusePart, Kind::Reinstate],
            Self::RoutingRevised => &[Kind::Accept, Kind::Redo],
            Self::OutOfTurn
            | Self::DisposedTwice
            | Self::UndoTooLate { .. }
            | Self::ReleasedTwice
            | Self::ResolvedTwice { .. }
            | Self::ResolvedTooLate { .. }
            | Self::SameIdentifier
            | Self::WaitedTooLong => &[Kind::Acknowledge],
        }
    }

    /// Whether somebody may have tampered.
    pub const fn is_security(&self) -> bool {
        matches!(self, Self::SameIdentifier)
    }

    /// How long it may stay open before it is an alarm.
    pub const fn alarm_after(&self) -> TimeDelta {
        if self.is_security() { SECURITY_ALARM_AFTER } else { USUAL_ALARM_AFTER }
    }

    /// Whether the decision may take the other fact's count away.
    pub const fn contests_the_other(&self) -> bool {
        matches!(self, Self::SignedTwice { .. } | Self::PassAndFail { .. })
    }
}

impl ParkReason {
    /// What a person may decide about a fact that waits for this, the likeliest first. Refusing is always possible:
    /// nothing may wait for ever.
    pub const fn choices(&self) -> &'static [ResolutionKind] {
        use ResolutionKind as Kind;
        match self {
            Self::Authz { .. } => &[Kind::Accept, Kind::Reassign, Kind::Refuse],
            Self::Dependency { .. } => &[Kind::Accept, Kind::Refuse],
            Self::JobVoid | Self::UnknownSubject | Self::Unfit { .. } => &[Kind::MapToJob, Kind::Refuse],
            Self::Nonconformance { .. }
            | Self::Held
            | Self::UnknownWorkOrder
            | Self::BlockedBy { .. }
            | Self::UnknownKind
            | Self::Unreadable
            | Self::BadSignature
            | Self::ServerError
            | Self::JudgingPaused
            | Self::UnresolvedCode => &[Kind::Refuse],
        }
    }

    /// Whether it waits for a person at once. The others heal when what they wait for arrives; they are for a person only
    /// when they have waited longer than [`USUAL_ALARM_AFTER`].
    pub const fn needs_a_person(&self) -> bool {
        !matches!(
            self,
            Self::Dependency { .. } | Self::Nonconformance { .. } | Self::BlockedBy { .. } | Self::JudgingPaused
        )
    }

    /// Whether somebody may have tampered.
    pub const fn is_security(&self) -> bool {
        matches!(self, Self::BadSignature)
    }

    /// How long it may wait before it is an alarm.
    pub const fn alarm_after(&self) -> TimeDelta {
        if self.is_security() { SECURITY_ALARM_AFTER } else { USUAL_ALARM_AFTER }
    }

    /// Whether two reasons are of one kind, whatever they name.
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// What was to be decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "question", rename_all = "snake_case")]
pub enum Question {
    /// Which of two facts counts.
    Conflict {
        /// How they contradict each other.
        between: ConflictKind,
    },
    /// What becomes of a fact that waits.
    Parked {
        /// For what.
        waited_for: ParkReason,
    },
}

/// A decision about a fact of a pair.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Resolved {
    /// The fact.
    pub about: ActionId,
    /// What was to be decided.
    pub question: Question,
    /// The fact that decided.
    pub by: ActionId,
    /// What was decided.
    pub resolution: Resolution,
}

impl Resolved {
    /// Whether it answers a question. Which of two facts came first does not matter: after a restore of the server they may
    /// arrive the other way round.
    pub fn answers(&self, about: ActionId, question: &Question) -> bool {
        match (&self.question, question) {
            (Question::Conflict { between: mine }, Question::Conflict { between: theirs }) => {
                std::mem::discriminant(mine) == std::mem::discriminant(theirs)
                    && ((self.about == about && mine.other() == theirs.other())
                        || (Some(self.about) == theirs.other() && mine.other() == Some(about)))
            }
            (Question::Parked { waited_for: mine }, Question::Parked { waited_for: theirs }) => {
                self.about == about && mine.is_like(theirs)
            }
            _ => false,
        }
    }
}

/// A decision that lets a waiting fact count.
#[derive(Clone, PartialEq, Debug)]
pub struct Decision {
    /// The fact that decided.
    pub by: ActionId,
    /// What the fact waited for then.
    pub waited_for: ParkReason,
    /// What was decided.
    pub resolution: Resolution,
}

impl Decision {
    /// Whether predecessors that are not done are overridden. Rights are overridden by any decision that lets a fact count.
    pub const fn overrides_the_order(&self) -> bool {
        matches!(self.waited_for, ParkReason::Dependency { .. })
    }

    /// The waiting action as it is to be judged now. Its bytes stay as they are; this is only how they are read.
    #[must_use]
    pub fn read(&self, action: &Action, work_order: Option<&WorkOrder>) -> Action {
        let mut read = action.clone();
        match &self.resolution {
            Resolution::Reassign { worker } => read.worker = Some(*worker),
            Resolution::MapToJob { job } => {
                read.job = Some(*job);
                if let Some(found) = work_order.and_then(|work_order| work_order.job(*job)) {
                    read.fact = read.fact.in_round(found.progress.round);
                }
            }
            _ => {}
        }
        read
    }
}

impl WorkOrder {
    /// The decision that stands about a question, if one was made.
    pub fn decided(&self, about: ActionId, question: &Question) -> Option<&Resolved> {
        self.resolved.iter().find(|resolved| resolved.answers(about, question))
    }
}
