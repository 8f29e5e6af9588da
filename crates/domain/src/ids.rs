//! Identifiers. Two kinds of thing are two types, so that a job can never be passed where a work order is meant.
//!
//! What happens (work orders, jobs, actions) is named by UUID, made at the edges. What a factory defines (operations, work
//! centres) is named by a short key that a person chose and can read in a data file.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

macro_rules! key_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub String);

        impl $name {
            /// The key as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

uuid_id! {
    /// A person's login for the office.
    AccountId;
    /// A recorded fact; the global idempotency key of the sync protocol.
    ActionId;
    /// A disagreement between two facts that a supervisor must close.
    ConflictId;
    /// A signed permission for a worker to act at stations that may be offline.
    GrantId;
    /// One operation of one work order.
    JobId;
    /// A failed inspection that awaits, or has had, a disposition.
    NonconformanceId;
    /// An enrolled installation of the app.
    StationId;
    /// One pair (or one repair) to be made.
    WorkOrderId;
    /// A person who signs.
    WorkerId;
}

key_id! {
    /// A thing an inspector checks.
    CharacteristicId;
    /// The customer's order as the office knows it, such as `SO-2611-018`.
    CustomerOrderNumber;
    /// A kind of defect.
    DefectId;
    /// A reusable standard: `closing.stitch`.
    OperationId;
    /// A value of an option group: a leather, a colour.
    OptionId;
    /// A process parameter of an operation: `stitch_pitch`.
    ParameterId;
    /// A directed acyclic graph of operations: `goodyear`.
    RoutingId;
    /// A factory site; every row of the server carries one.
    SiteId;
    /// Something a worker is qualified for.
    SkillId;
    /// A style: oxford, derby.
    StyleId;
    /// A group of workstations that do the same work: `lasting`.
    WorkCentreId;
    /// A place where work is done: `last-1`.
    WorkstationId;
}
