//! Label templates: drawn as a draft, tried, and released to every station. A released version never changes; the next one has
//! the next number.

mod findings;
mod picture;
mod release;
mod show;
mod trying;

pub(crate) use self::release::{discard, draft, release};
pub(crate) use self::show::{list, show};
pub(crate) use self::trying::{preview, test_page};

use cordwainer_labels::{LabelKind, LabelTemplate};
use cordwainer_protocol::office::OfficeRefusal;
use serde_json::Value;

use super::fault::OfficeFault;
use crate::store::StoreFault;

/// The resolutions of the printers that a factory has; a template must be good at each of them.
const PRINTERS_DPI: [u16; 2] = [203, 300];
/// The largest sheet that any of them takes: A4, in millimetres.
const SHEET_MM: (f64, f64) = (210.0, 297.0);

/// The kind of a word in a path.
fn kind_of(word: &str) -> Result<LabelKind, OfficeFault> {
    LabelKind::of_word(word).ok_or(OfficeFault::NotFound)
}

/// The same kind on the wire.
fn on_wire(kind: LabelKind) -> Result<cordwainer_protocol::LabelKind, StoreFault> {
    Ok(serde_json::from_value(kind.word().into())?)
}

/// A template as somebody sent it; it may have faults, but it must be one. Its name and version are not the sender's to say.
fn sent(kind: LabelKind, template: &Value) -> Result<LabelTemplate, OfficeRefusal> {
    let mut read: LabelTemplate =
        serde_json::from_value(template.clone()).map_err(|_| OfficeRefusal::LabelUnreadable)?;
    if read.media_mm.width > SHEET_MM.0 || read.media_mm.height > SHEET_MM.1 {
        return Err(OfficeRefusal::LabelUnreadable);
    }
    read.name = kind.template_name(read.media_mm);
    Ok(read)
}

/// The template that ships with the program.
fn shipped(kind: LabelKind) -> Result<LabelTemplate, StoreFault> {
    kind.template().map_err(|fault| StoreFault::Refused(fault.to_string()))
}

/// Laying out a label and packing its picture takes too long for a thread that others wait on.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreFault> + Send + 'static,
) -> Result<T, OfficeFault> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(|_| OfficeFault::Died)??)
}

/// A template as it is kept.
fn document(template: &LabelTemplate) -> Result<Value, StoreFault> {
    Ok(serde_json::to_value(template)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_called_the_same_on_the_wire() {
        for kind in LabelKind::ALL {
            let wire = on_wire(kind).unwrap();
            assert_eq!(serde_json::to_value(wire).unwrap(), kind.word());
        }
    }

    #[test]
    fn whoever_sends_a_template_does_not_say_what_it_is_called() {
        let mut template = document(&shipped(LabelKind::Traveller).unwrap()).unwrap();
        template["name"] = "anything".into();
        template["media_mm"]["width"] = 58.into();
        assert_eq!(sent(LabelKind::Traveller, &template).unwrap().name, "traveller-58x40");
        template["media_mm"]["width"] = 5_000.into();
        assert_eq!(sent(LabelKind::Traveller, &template), Err(OfficeRefusal::LabelUnreadable), "no printer takes it");
        assert_eq!(sent(LabelKind::Traveller, &Value::Null), Err(OfficeRefusal::LabelUnreadable));
    }
}
