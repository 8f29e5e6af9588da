//! A template that is being drawn, tried: the label dot for dot with what is wrong with it, and a page to print.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cordwainer_labels::{LabelError, SampleLength, pdf, preview as drawn, resolve};
use cordwainer_protocol::office::{LabelPreview, LabelTestPage, OfficeRefusal, TriedLabel};

use super::{PRINTERS_DPI, aside, findings, kind_of, picture, sent};
use crate::office::fault::OfficeFault;
use crate::store::StoreFault;

/// The label as a printer would print it.
pub(crate) async fn preview(kind: &str, tried: &TriedLabel) -> Result<LabelPreview, OfficeFault> {
    let kind = kind_of(kind)?;
    let template = sent(kind, &tried.template)?;
    let (dots_per_inch, length) = setting(tried)?;
    aside(move || {
        let data = kind.sample(length).map_err(refused)?;
        let raster = drawn(&template, &data, dots_per_inch).ok();
        let png = raster.map(|raster| picture::png(&raster)).transpose()?;
        let findings = findings::of(kind, &template, &PRINTERS_DPI).map_err(refused)?;
        Ok(LabelPreview { png_base64: png.map(|png| STANDARD.encode(png)), findings })
    })
    .await
}

/// A page of the label's own size, to print on any printer or to look at.
pub(crate) async fn test_page(kind: &str, tried: &TriedLabel) -> Result<LabelTestPage, OfficeFault> {
    let kind = kind_of(kind)?;
    let template = sent(kind, &tried.template)?;
    let (dots_per_inch, length) = setting(tried)?;
    if !template.faults().is_empty() {
        return Err(OfficeRefusal::LabelFaulty.into());
    }
    let file_name = format!("{}.pdf", template.name);
    let page = aside(move || {
        let data = kind.sample(length).map_err(refused)?;
        let layout = match resolve(&template, &data, dots_per_inch) {
            Ok(layout) => layout,
            Err(_) => return Ok(None),
        };
        pdf::encode(&template.name, &[layout]).map(Some).map_err(refused)
    });
    let page = page.await?.ok_or(OfficeRefusal::LabelFaulty)?;
    Ok(LabelTestPage { file_name, pdf_base64: STANDARD.encode(page) })
}

fn setting(tried: &TriedLabel) -> Result<(u16, SampleLength), OfficeRefusal> {
    let length = if tried.long { SampleLength::Long } else { SampleLength::Short };
    // Others would be dots of no printer of ours, or a picture of any size.
    if PRINTERS_DPI.contains(&tried.dots_per_inch) {
        Ok((tried.dots_per_inch, length))
    } else {
        Err(OfficeRefusal::Unknown)
    }
}

fn refused(fault: LabelError) -> StoreFault {
    StoreFault::Refused(fault.to_string())
}
