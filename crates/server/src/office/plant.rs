//! What can be chosen: work centres and qualifications.

use cordwainer_domain::LocalText;
use cordwainer_protocol::office::{OfficeRefusal, Plant, PlantName};

use super::caller::Caller;
use super::fault::OfficeFault;
use crate::store::Store;

/// Longest name in either language.
const NAME_CHARACTERS_MAX: usize = 80;

/// The names of the caller's site.
pub(crate) async fn names(store: &Store, caller: &Caller) -> Result<Plant, OfficeFault> {
    let work_centres = store.work_centres(&caller.site).await?;
    let skills = store.skills(&caller.site).await?;
    Ok(Plant {
        work_centres: work_centres.into_iter().map(|row| PlantName { id: row.id.0, name: row.name }).collect(),
        skills: skills.into_iter().map(|row| PlantName { id: row.id.0, name: row.name }).collect(),
    })
}

/// A name as somebody typed it: what is missing in one language is said as in the other.
pub(crate) fn name_of(typed: &LocalText) -> Result<LocalText, OfficeRefusal> {
    let (zh, en) = (typed.zh.trim(), typed.en.trim());
    let name = LocalText {
        zh: if zh.is_empty() { en } else { zh }.to_owned(),
        en: if en.is_empty() { zh } else { en }.to_owned(),
    };
    let fits = |text: &str| !text.is_empty() && text.chars().count() <= NAME_CHARACTERS_MAX;
    let plain = |text: &str| !text.chars().any(char::is_control);
    if fits(&name.zh) && fits(&name.en) && plain(&name.zh) && plain(&name.en) {
        Ok(name)
    } else {
        Err(OfficeRefusal::Name)
    }
}
