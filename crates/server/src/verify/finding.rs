//! What does not add up, named so that a person can go and look: which kind of row, which one, and what is wrong with it.

use std::fmt;

use cordwainer_domain::SiteId;
use serde::Serialize;

/// One thing that does not add up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// Site.
    pub site: SiteId,
    /// Kind of row: `audit`, `action`, `verdict`, `places`, `work_order` and so on.
    pub kind: &'static str,
    /// Key of the row.
    pub id: String,
    /// The audit entry that tells of it, if one does.
    pub audit_seq: Option<i64>,
    /// What is wrong.
    pub what: String,
    /// Whether it is a break of a chain, or of the state that follows from the facts.
    #[serde(skip)]
    pub(super) part: Part,
}

/// Which part of the proof fails.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Rows,
    Chain,
    State,
}

impl Finding {
    pub(super) fn row(site: &SiteId, kind: &'static str, id: impl ToString, what: impl Into<String>) -> Self {
        Self { site: site.clone(), kind, id: id.to_string(), audit_seq: None, what: what.into(), part: Part::Rows }
    }

    pub(super) fn chain(site: &SiteId, kind: &'static str, id: impl ToString, what: impl Into<String>) -> Self {
        Self { part: Part::Chain, ..Self::row(site, kind, id, what) }
    }

    pub(super) fn state(site: &SiteId, kind: &'static str, id: impl ToString, what: impl Into<String>) -> Self {
        Self { part: Part::State, ..Self::row(site, kind, id, what) }
    }

    pub(super) fn told_at(self, audit_seq: i64) -> Self {
        Self { audit_seq: Some(audit_seq), ..self }
    }

    /// Where it stands among others: by the audit chain first, which is the order in which things happened.
    pub(super) fn place(&self) -> i64 {
        self.audit_seq.unwrap_or(i64::MAX)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "site {}: {} {}", self.site, self.kind, self.id)?;
        if let Some(seq) = self.audit_seq.filter(|_| self.kind != "audit") {
            write!(f, " (audit entry {seq})")?;
        }
        write!(f, ": {}", self.what)
    }
}
