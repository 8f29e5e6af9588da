//! Keeping a draft, throwing it away, and releasing it to every station.

use cordwainer_labels::{LabelKind, LabelTemplate, lint_for};
use cordwainer_protocol::office::{KeptLabelDraft, LabelDraft, OfficeRefusal, ReleaseLabel};
use serde_json::json;

use super::{PRINTERS_DPI, document, kind_of, sent, shipped};
use crate::office::caller::Caller;
use crate::office::fault::OfficeFault;
use crate::store::audit::Entry;
use crate::store::db::retried;
use crate::store::writing::Writing;
use crate::store::{Store, StoreFault, label};

/// Longest reason.
const REASON_CHARACTERS_MAX: usize = 200;

/// Keeps a draft, with whatever faults it has.
pub(crate) async fn draft(
    store: &Store,
    caller: &Caller,
    kind: &str,
    wanted: &LabelDraft,
) -> Result<KeptLabelDraft, OfficeFault> {
    let kind = kind_of(kind)?;
    let template = sent(kind, &wanted.template)?;
    let row_version = retried!(try_draft(store, caller, kind, &template, wanted.row_version))?;
    Ok(KeptLabelDraft { row_version })
}

async fn try_draft(
    store: &Store,
    caller: &Caller,
    kind: LabelKind,
    template: &LabelTemplate,
    seen: i64,
) -> Result<i64, OfficeFault> {
    let mut writing = begin(store, caller, kind, seen).await?.0;
    let template = document(template)?;
    let row_version = label::put_draft(&mut writing, kind.word(), &template, caller.account.id).await?;
    // As text: millimetres have fractions, and the chain's canonical form has none.
    note(&mut writing, caller, "label_drafted", kind, json!({ "template": template.to_string() }))?;
    writing.close().await?;
    Ok(row_version)
}

/// Throws a draft away: what stations print with is the beginning again.
pub(crate) async fn discard(store: &Store, caller: &Caller, kind: &str) -> Result<(), OfficeFault> {
    let kind = kind_of(kind)?;
    retried!(try_discard(store, caller, kind))
}

async fn try_discard(store: &Store, caller: &Caller, kind: LabelKind) -> Result<(), OfficeFault> {
    let mut writing = store.writing(&caller.site).await?;
    label::lock_draft(&mut writing.tx, &caller.site, kind.word()).await?.ok_or(OfficeFault::NotFound)?;
    label::delete_draft(&mut writing, kind.word()).await?;
    note(&mut writing, caller, "label_draft_discarded", kind, json!({}))?;
    writing.close().await?;
    Ok(())
}

/// Makes a draft the next version, which every station prints with from its next page of the feed on.
pub(crate) async fn release(
    store: &Store,
    caller: &Caller,
    kind: &str,
    wanted: &ReleaseLabel,
) -> Result<(), OfficeFault> {
    let kind = kind_of(kind)?;
    let reason = wanted.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARACTERS_MAX || reason.chars().any(char::is_control) {
        return Err(OfficeRefusal::Reason.into());
    }
    let version = retried!(try_release(store, caller, kind, reason, wanted.row_version))?;
    tracing::info!(label = kind.word(), version, by = %caller.account.id, "a label template was released");
    Ok(())
}

async fn try_release(
    store: &Store,
    caller: &Caller,
    kind: LabelKind,
    reason: &str,
    seen: i64,
) -> Result<u32, OfficeFault> {
    let (mut writing, draft) = begin(store, caller, kind, seen).await?;
    let mut template = sent(kind, &draft.ok_or(OfficeRefusal::ChangedMeanwhile)?)?;
    for dots_per_inch in PRINTERS_DPI {
        let found = lint_for(kind, &template, dots_per_inch).map_err(|fault| StoreFault::Refused(fault.to_string()))?;
        if found.iter().any(|warning| warning.concern.forbids_release()) {
            return Err(OfficeRefusal::LabelFaulty.into());
        }
    }
    let newest = label::newest_version(&mut writing.tx, &caller.site, kind.word()).await?;
    template.version = newest.unwrap_or_default().max(shipped(kind)?.version) + 1;
    let version = template.version;
    let template = document(&template)?;
    label::add_release(&mut writing, kind.word(), version, &template, (caller.account.id, reason)).await?;
    label::delete_draft(&mut writing, kind.word()).await?;
    let what = json!({ "version": version, "reason": reason, "template": template.to_string() });
    note(&mut writing, caller, "label_released", kind, what)?;
    writing.close().await?;
    Ok(version)
}

/// Begins a change of the draft that the person saw, and of no other.
async fn begin(
    store: &Store,
    caller: &Caller,
    kind: LabelKind,
    seen: i64,
) -> Result<(Writing, Option<serde_json::Value>), OfficeFault> {
    let mut writing = store.writing(&caller.site).await?;
    let kept = label::lock_draft(&mut writing.tx, &caller.site, kind.word()).await?;
    let (draft, row_version) = kept.map_or((None, 0), |(draft, row_version)| (Some(draft), row_version));
    if row_version == seen { Ok((writing, draft)) } else { Err(OfficeRefusal::ChangedMeanwhile.into()) }
}

fn note(
    writing: &mut Writing,
    caller: &Caller,
    what: &'static str,
    kind: LabelKind,
    mut said: serde_json::Value,
) -> Result<(), StoreFault> {
    said["by"] = json!(caller.account.id);
    writing.note(Entry::new(what, kind.word(), &said)?);
    Ok(())
}
