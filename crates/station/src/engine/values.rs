//! Parameters as entered, against the standard: what is missing, what is out of tolerance without a reason.

use cordwainer_domain::product::Parameter;
use cordwainer_domain::production::MeasuredValue;
use cordwainer_protocol::station::ValueDraft;
use cordwainer_protocol::{Message, MessageCode, Param};
use rust_decimal::Decimal;

/// Why a sign-off waits.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Lacking {
    pub missing: Vec<Parameter>,
    pub message: Message,
}

/// The values to record, in the standard's order. Parameters that the standard does not know are left out.
///
/// # Errors
/// [`Lacking`] names every parameter that must still be entered, and speaks of the first.
pub(super) fn check(parameters: &[Parameter], drafts: &[ValueDraft]) -> Result<Vec<MeasuredValue>, Lacking> {
    let mut values = Vec::new();
    let mut missing = Vec::new();
    let mut first = None;
    for parameter in parameters {
        let draft = drafts.iter().find(|draft| draft.parameter == parameter.id && !draft.value.trim().is_empty());
        let value = draft.and_then(|draft| Some((draft, draft.value.trim().parse::<Decimal>().ok()?)));
        let fault = match (&value, draft) {
            (Some((draft, value)), _) if is_out(parameter, *value) && reason_of(draft).is_none() => {
                Some(out_of_tolerance(parameter))
            }
            (Some((draft, value)), _) => {
                let reason = reason_of(draft).filter(|_| is_out(parameter, *value));
                values.push(MeasuredValue { parameter: parameter.id.clone(), value: *value, reason });
                None
            }
            // Something unreadable was typed: also an optional value is asked for again rather than dropped.
            (None, Some(_)) => Some(needed(parameter)),
            (None, None) => parameter.required.then(|| needed(parameter)),
        };
        if let Some(message) = fault {
            missing.push(parameter.clone());
            first.get_or_insert(message);
        }
    }
    match first {
        None => Ok(values),
        Some(message) => Err(Lacking { missing, message }),
    }
}

/// What was entered, with what is entered now in its place.
pub(super) fn merge(before: Vec<ValueDraft>, now: &[ValueDraft]) -> Vec<ValueDraft> {
    let mut merged: Vec<ValueDraft> =
        before.into_iter().filter(|draft| now.iter().all(|newer| newer.parameter != draft.parameter)).collect();
    merged.extend_from_slice(now);
    merged
}

fn is_out(parameter: &Parameter, value: Decimal) -> bool {
    value < parameter.min || value > parameter.max
}

fn reason_of(draft: &ValueDraft) -> Option<String> {
    draft.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned)
}

fn needed(parameter: &Parameter) -> Message {
    Message::new(MessageCode::ValueNeeded).with("parameter", Param::Name(parameter.name.clone()))
}

fn out_of_tolerance(parameter: &Parameter) -> Message {
    Message::new(MessageCode::OutOfTolerance)
        .with("parameter", Param::Name(parameter.name.clone()))
        .with("min", Param::Text(parameter.min.to_string()))
        .with("max", Param::Text(parameter.max.to_string()))
        .with("unit", Param::Text(parameter.unit.clone()))
}

#[cfg(test)]
mod tests {
    use cordwainer_domain::LocalText;

    use super::*;

    fn pitch(required: bool) -> Parameter {
        let decimal = |text: &str| text.parse::<Decimal>().expect("a decimal");
        Parameter {
            id: cordwainer_domain::ParameterId("pitch".to_owned()),
            name: LocalText { zh: "针距".to_owned(), en: "Stitch pitch".to_owned() },
            unit: "mm".to_owned(),
            target: decimal("3.0"),
            min: decimal("2.8"),
            max: decimal("3.2"),
            decimals: 1,
            required,
        }
    }

    fn entered(value: &str, reason: Option<&str>) -> ValueDraft {
        let reason = reason.map(str::to_owned);
        ValueDraft { parameter: cordwainer_domain::ParameterId("pitch".to_owned()), value: value.to_owned(), reason }
    }

    #[test]
    fn a_sign_off_waits_for_what_is_missing_unreadable_or_out_of_tolerance_without_a_reason() {
        for (drafts, required, expected) in [
            (vec![], true, Some(MessageCode::ValueNeeded)),
            (vec![], false, None),
            (vec![entered("3.0", None)], true, None),
            (vec![entered("2.8", None)], true, None),
            (vec![entered("3.2", None)], true, None),
            (vec![entered("3.3", None)], true, Some(MessageCode::OutOfTolerance)),
            (vec![entered("3.3", Some(" "))], true, Some(MessageCode::OutOfTolerance)),
            (vec![entered("3.3", Some("thick leather"))], true, None),
            (vec![entered("3.", None)], true, None),
            (vec![entered("3..1", None)], false, Some(MessageCode::ValueNeeded)),
            (vec![entered(" ", None)], true, Some(MessageCode::ValueNeeded)),
        ] {
            let found = check(&[pitch(required)], &drafts).err().map(|lacking| lacking.message.code);
            assert_eq!(found, expected, "{drafts:?}, required: {required}");
        }
    }

    #[test]
    fn a_reason_is_recorded_only_where_the_value_is_out_of_tolerance() {
        let values = check(&[pitch(true)], &[entered("3.0", Some("none needed"))]).expect("within tolerance");
        assert_eq!(values[0].reason, None, "a reason for a good value says nothing");
    }

    #[test]
    fn what_is_entered_now_replaces_what_was_entered_before() {
        let merged = merge(vec![entered("3.9", None)], &[entered("3.0", None)]);
        assert_eq!(merged, vec![entered("3.0", None)], "one draft a parameter");
    }
}
