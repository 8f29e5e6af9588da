//! What there is: every kind with the template that stations print with, and one kind with all that its designer needs.

use std::collections::BTreeMap;

use cordwainer_labels::{LabelKind, LabelTemplate, SampleLength};
use cordwainer_protocol::office::{LabelDesign, LabelField, LabelLine, LabelRelease};

use super::{document, kind_of, on_wire, shipped};
use crate::office::caller::Caller;
use crate::office::fault::OfficeFault;
use crate::store::label::{KeptDraft, KeptRelease};
use crate::store::{Store, StoreFault};

/// Every kind, in the order of the documents.
pub(crate) async fn list(store: &Store, caller: &Caller) -> Result<Vec<LabelLine>, OfficeFault> {
    let (drafts, releases) = store.labels(&caller.site).await?;
    let mut drafts: BTreeMap<String, KeptDraft> = drafts.into_iter().map(|draft| (draft.kind.clone(), draft)).collect();
    let mut lines = Vec::new();
    for kind in LabelKind::ALL {
        // They come newest first.
        let newest = releases.iter().find(|kept| kept.kind == kind.word());
        lines.push(LabelLine {
            kind: on_wire(kind)?,
            template: in_use(kind, newest)?.id(),
            released: newest.map(|kept| kept.release.clone()),
            draft: drafts.remove(kind.word()).map(|draft| draft.mark),
        });
    }
    Ok(lines)
}

/// One kind.
pub(crate) async fn show(store: &Store, caller: &Caller, kind: &str) -> Result<LabelDesign, OfficeFault> {
    let kind = kind_of(kind)?;
    let (drafts, releases) = store.labels(&caller.site).await?;
    let draft = drafts.into_iter().find(|draft| draft.kind == kind.word());
    let of_kind: Vec<&KeptRelease> = releases.iter().filter(|kept| kept.kind == kind.word()).collect();
    let in_use = in_use(kind, of_kind.first().copied())?;
    let releases: Vec<LabelRelease> = of_kind.iter().map(|kept| kept.release.clone()).collect();
    let row_version = draft.as_ref().map_or(0, |draft| draft.row_version);
    let (template, mark) = match draft {
        Some(draft) => (draft.template, Some(draft.mark)),
        None => (document(&in_use)?, None),
    };
    Ok(LabelDesign {
        kind: on_wire(kind)?,
        template,
        shipped: document(&shipped(kind)?)?,
        in_use: in_use.id(),
        draft: mark,
        row_version,
        fields: fields(kind)?,
        releases,
    })
}

/// What stations print with. A version that an earlier program released and this one cannot read is not used by stations either.
fn in_use(kind: LabelKind, newest: Option<&KeptRelease>) -> Result<LabelTemplate, StoreFault> {
    let released = newest.and_then(|kept| serde_json::from_value(kept.template.clone()).ok());
    released.map_or_else(|| shipped(kind), Ok)
}

/// What may be bound, in the order in which the shipped template says it.
fn fields(kind: LabelKind) -> Result<Vec<LabelField>, StoreFault> {
    let refused = |fault: cordwainer_labels::LabelError| StoreFault::Refused(fault.to_string());
    let template = shipped(kind)?;
    let may_lack = template.fields();
    let long = kind.sample(SampleLength::Long).map_err(refused)?;
    let mut fields: Vec<LabelField> = Vec::new();
    for name in template.elements.iter().flat_map(cordwainer_labels::Element::fields) {
        if fields.iter().any(|field| field.name == name) {
            continue;
        }
        let sample = long.get(&name).unwrap_or_default().to_owned();
        fields.push(LabelField { may_lack: may_lack.get(&name).copied().unwrap_or_default(), sample, name });
    }
    Ok(fields)
}
