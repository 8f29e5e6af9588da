//! What each role of the office may do: one table, read by the server before every verb and by screens to hide what is not
//! for their reader. Whatever is not in the table is denied.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a person is in the office. One account may have several.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OfficeRole {
    /// Keeps accounts, workers, workstations and stations.
    Administrator,
    /// Leads the floor.
    Supervisor,
    /// Plans the work.
    Planner,
    /// Speaks with customers.
    Sales,
    /// Keeps the stock.
    Warehouse,
    /// Answers for quality.
    Quality,
    /// Keeps the books.
    Finance,
    /// Looks at everything, changes nothing.
    Auditor,
}

impl OfficeRole {
    /// Every role, in the order of the documents.
    pub const ALL: [Self; 8] = [
        Self::Administrator,
        Self::Supervisor,
        Self::Planner,
        Self::Sales,
        Self::Warehouse,
        Self::Quality,
        Self::Finance,
        Self::Auditor,
    ];

    /// The role as stored and as the command line says it.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Supervisor => "supervisor",
            Self::Planner => "planner",
            Self::Sales => "sales",
            Self::Warehouse => "warehouse",
            Self::Quality => "quality",
            Self::Finance => "finance",
            Self::Auditor => "auditor",
        }
    }

    /// The role of a key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }
}

/// One thing that somebody may do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// See accounts and their roles.
    SeeAccounts,
    /// Make, change, disable and reset accounts.
    KeepAccounts,
    /// See workers, their roles and qualifications.
    SeeWorkers,
    /// Take workers on, change what they may do, and end it.
    KeepWorkers,
    /// Give a worker a new badge or a new PIN.
    IssueBadges,
    /// See workstations and stations, and how each station does.
    SeeStations,
    /// Add, change and retire workstations; enrol and revoke stations.
    KeepStations,
    /// See conflicts and parked facts.
    SeeConflicts,
    /// Decide them.
    ResolveConflicts,
    /// See alarms.
    SeeAlarms,
    /// Close them.
    CloseAlarms,
    /// See label templates.
    SeeLabels,
    /// Draw label templates and release them.
    KeepLabels,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 13] = [
        Self::SeeAccounts,
        Self::KeepAccounts,
        Self::SeeWorkers,
        Self::KeepWorkers,
        Self::IssueBadges,
        Self::SeeStations,
        Self::KeepStations,
        Self::SeeConflicts,
        Self::ResolveConflicts,
        Self::SeeAlarms,
        Self::CloseAlarms,
        Self::SeeLabels,
        Self::KeepLabels,
    ];
}

/// The table.
pub const fn rights_of(role: OfficeRole) -> &'static [Right] {
    use Right::{
        CloseAlarms, IssueBadges, KeepAccounts, KeepLabels, KeepStations, KeepWorkers, ResolveConflicts, SeeAccounts,
        SeeAlarms, SeeConflicts, SeeLabels, SeeStations, SeeWorkers,
    };
    match role {
        // An administrator keeps people and machines, and does not decide what happened on the floor. An alarm is about a
        // machine or the database, so that either may be the one who puts it right.
        OfficeRole::Administrator => &[
            SeeAccounts,
            KeepAccounts,
            SeeWorkers,
            KeepWorkers,
            IssueBadges,
            SeeStations,
            KeepStations,
            SeeAlarms,
            CloseAlarms,
            SeeLabels,
            KeepLabels,
        ],
        OfficeRole::Supervisor => {
            &[SeeWorkers, IssueBadges, SeeStations, SeeConflicts, ResolveConflicts, SeeAlarms, CloseAlarms, SeeLabels]
        }
        OfficeRole::Planner => &[SeeWorkers, SeeStations],
        // Certificate and composition say what the factory answers for.
        OfficeRole::Quality => &[SeeWorkers, SeeStations, SeeConflicts, SeeLabels, KeepLabels],
        OfficeRole::Auditor => &[SeeAccounts, SeeWorkers, SeeStations, SeeConflicts, SeeAlarms, SeeLabels],
        OfficeRole::Warehouse => &[SeeLabels],
        OfficeRole::Sales | OfficeRole::Finance => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::{OfficeRole, Right, rights_of};

    #[test]
    fn every_right_is_somebodys_and_every_role_has_its_key() {
        for right in Right::ALL {
            let holders = OfficeRole::ALL.into_iter().filter(|role| rights_of(*role).contains(&right));
            assert!(holders.count() > 0, "{right:?} would lock everybody out");
        }
        for role in OfficeRole::ALL {
            assert_eq!(OfficeRole::from_key(role.key()), Some(role), "{role:?} is found by its key");
            let wire = serde_json::to_value(role).unwrap();
            assert_eq!(wire, role.key(), "and is called the same on the wire");
        }
    }

    #[test]
    fn whoever_only_looks_changes_nothing() {
        use Right::{CloseAlarms, IssueBadges, KeepAccounts, KeepLabels, KeepStations, KeepWorkers, ResolveConflicts};
        for right in [IssueBadges, KeepAccounts, KeepStations, KeepWorkers, ResolveConflicts, CloseAlarms, KeepLabels] {
            assert!(!rights_of(OfficeRole::Auditor).contains(&right), "an auditor has no {right:?}");
        }
        let decides = |role| rights_of(role).contains(&ResolveConflicts);
        assert!(!decides(OfficeRole::Administrator), "who keeps the accounts does not decide what happened");
    }
}
