//! Workers: what they are qualified for, and how sure we are who acts.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::code::Code;
use crate::{Language, LocalText, SkillId, WorkCentreId, WorkerId};

/// What a worker may do beside production.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Makes shoes.
    Worker,
    /// Judges them.
    Inspector,
    /// Leads the floor.
    Supervisor,
}

/// How the person was identified when an action was recorded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AuthLevel {
    /// Nobody in particular: an unresolved scan, or the server itself.
    #[default]
    None,
    /// A badge was scanned; a badge can be photographed.
    Badge,
    /// Badge and PIN.
    Pin,
}

impl AuthLevel {
    /// The number stored beside an action.
    pub const fn as_number(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Badge => 1,
            Self::Pin => 2,
        }
    }
}

/// A person who signs. `badge` is a random token that can be revoked, never an employee number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, TS)]
pub struct Worker {
    /// Identifier.
    pub id: WorkerId,
    /// Full name.
    pub name: LocalText,
    /// What colleagues say: 王师傅, Wang.
    pub short: LocalText,
    /// The badge that identifies the worker at a station.
    pub badge: Code,
    /// What the worker may do.
    pub roles: Vec<Role>,
    /// What the worker is qualified for.
    pub skills: Vec<SkillId>,
    /// The language that screens switch to on badge-in.
    pub language: Language,
    /// Where the worker may work; empty means anywhere.
    pub work_centres: Vec<WorkCentreId>,
    /// False once revoked.
    pub active: bool,
}

impl Worker {
    /// Whether the worker has the role.
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the worker may work at a work centre. Whoever leads the floor may anywhere.
    pub fn works_at(&self, work_centre: &WorkCentreId) -> bool {
        self.work_centres.is_empty() || self.work_centres.contains(work_centre) || self.has_role(Role::Supervisor)
    }

    /// The first of the skills that the worker lacks.
    pub fn lacks<'a>(&self, skills: &'a [SkillId]) -> Option<&'a SkillId> {
        skills.iter().find(|skill| !self.skills.contains(skill))
    }
}
