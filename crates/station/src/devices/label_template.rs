//! Which template a label is printed with: the one that the factory released, or the one that ships with the program.

use std::collections::BTreeMap;

use cordwainer_labels::{LabelError, LabelKind, LabelTemplate};
use serde_json::Value;

/// The template of a kind. A released one that this program cannot read is of a later program: the one that ships is better than
/// no label.
///
/// # Errors
/// Never for the files of this build; see [`LabelKind::template`].
pub(crate) fn of_kind(kind: LabelKind, released: &BTreeMap<String, Value>) -> Result<LabelTemplate, LabelError> {
    let Some(template) = released.get(kind.word()) else { return kind.template() };
    LabelTemplate::parse(&template.to_string()).or_else(|fault| {
        tracing::warn!(kind = kind.word(), %fault, "a released label template cannot be read");
        kind.template()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_released_is_used_and_what_cannot_be_read_is_not() {
        let kind = LabelKind::Traveller;
        let shipped = kind.template().unwrap();
        assert_eq!(of_kind(kind, &BTreeMap::new()).unwrap(), shipped, "nothing was released");
        let mut template = serde_json::to_value(&shipped).unwrap();
        template["version"] = json!(7);
        let released = BTreeMap::from([(kind.word().to_owned(), template.clone())]);
        assert_eq!(of_kind(kind, &released).unwrap().id(), "traveller-60x40@7");
        template["hologram"] = json!(true);
        let newer = BTreeMap::from([(kind.word().to_owned(), template)]);
        assert_eq!(of_kind(kind, &newer).unwrap(), shipped, "of a later program");
    }
}
