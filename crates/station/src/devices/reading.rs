//! From an instrument's line to a reading that a screen can put into a value. Pure.
//!
//! A reading is said in every unit in which it can be said exactly, so that the screen picks and never reckons. An inch is
//! exactly 25.4 mm and a pound exactly 453.59237 g (international yard and pound agreement, 1959); the way back would have to
//! be rounded, so it is not gone.

use cordwainer_devices::instrument::{InstrumentReject, Measurement, Stability, Unit, read_measurement};
use cordwainer_protocol::station::{Measured, MeasuredValueIn};
use cordwainer_protocol::{Message, MessageCode, Param};
use rust_decimal::Decimal;

/// In micrometres.
const LENGTHS: [(Unit, i128); 4] =
    [(Unit::Micrometre, 1), (Unit::Millimetre, 1_000), (Unit::Centimetre, 10_000), (Unit::Inch, 25_400)];
/// In nanograms.
const MASSES: [(Unit, i128); 5] = [
    (Unit::Milligram, 1_000_000),
    (Unit::Gram, 1_000_000_000),
    (Unit::Kilogram, 1_000_000_000_000),
    (Unit::Pound, 453_592_370_000),
    (Unit::Ounce, 28_349_523_125),
];

/// Reads a line of the instrument at `path`, whose display shows `shown_unit` if it sends bare numbers.
pub(super) fn measured(path: &str, line: &[u8], shown_unit: Option<Unit>) -> Measured {
    match values(path, line, shown_unit) {
        Ok(values) => Measured { instrument: path.to_owned(), values, refused: None },
        Err(refused) => Measured { instrument: path.to_owned(), values: Vec::new(), refused: Some(refused) },
    }
}

/// A line that was cut off, or is no text.
pub(super) fn unreadable(path: &str, shown: &str) -> Measured {
    let refused = said(MessageCode::ReadingUnreadable, path).with("text", Param::Text(shown.to_owned()));
    Measured { instrument: path.to_owned(), values: Vec::new(), refused: Some(refused) }
}

fn values(path: &str, line: &[u8], shown_unit: Option<Unit>) -> Result<Vec<MeasuredValueIn>, Message> {
    let measurement = read_measurement(line).map_err(|reject| refusal(path, line, &reject))?;
    let Measurement { value, unit, stability, .. } = measurement;
    if stability == Stability::Moving {
        return Err(said(MessageCode::ReadingMoving, path));
    }
    let unit = unit
        .or(shown_unit)
        .ok_or_else(|| said(MessageCode::ReadingWithoutUnit, path).with("value", Param::Text(value.clone())))?;
    Ok(in_units(value, unit))
}

fn refusal(path: &str, line: &[u8], reject: &InstrumentReject) -> Message {
    match reject {
        InstrumentReject::OutOfRange => said(MessageCode::ReadingOutOfRange, path),
        InstrumentReject::NotReady(_) => said(MessageCode::ReadingMoving, path),
        InstrumentReject::NotText
        | InstrumentReject::NotANumber(_)
        | InstrumentReject::UnknownUnit(_)
        | InstrumentReject::UnknownLine(_) => {
            let text = String::from_utf8_lossy(line).trim().to_owned();
            said(MessageCode::ReadingUnreadable, path).with("text", Param::Text(text))
        }
    }
}

fn said(code: MessageCode, path: &str) -> Message {
    Message::new(code).with("path", Param::Text(path.to_owned()))
}

/// The value as it was sent, then in every metric unit of its dimension.
fn in_units(value: String, unit: Unit) -> Vec<MeasuredValueIn> {
    let family: &[(Unit, i128)] = if MASSES.iter().any(|(one, _)| *one == unit) { &MASSES } else { &LENGTHS };
    let steps = family.iter().find(|(one, _)| *one == unit).map(|(_, steps)| *steps);
    let number: Option<Decimal> = value.parse().ok();
    let mut all = vec![MeasuredValueIn { unit: unit.word().to_owned(), value }];
    let (Some(steps), Some(number)) = (steps, number) else { return all };
    for (other, of_other) in family.iter().filter(|(other, _)| *other != unit && is_metric(*other)) {
        let exact =
            number.checked_mul(Decimal::from(steps)).and_then(|steps| steps.checked_div(Decimal::from(*of_other)));
        if let Some(exact) = exact {
            all.push(MeasuredValueIn { unit: other.word().to_owned(), value: exact.normalize().to_string() });
        }
    }
    all
}

/// Their steps are powers of ten, so that dividing by them only moves the point.
const fn is_metric(unit: Unit) -> bool {
    !matches!(unit, Unit::Inch | Unit::Pound | Unit::Ounce)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str, shown: Option<Unit>) -> Result<Vec<(String, String)>, MessageCode> {
        let measured = measured("COM3", line.as_bytes(), shown);
        match measured.refused {
            Some(refused) => Err(refused.code),
            None => Ok(measured.values.into_iter().map(|said| (said.unit, said.value)).collect()),
        }
    }

    #[test]
    fn a_reading_is_said_in_every_unit_in_which_it_can_be_said_exactly() {
        for (line, expected) in [
            ("ST,GS,+  1.230kg", &[("kg", "1.230"), ("mg", "1230000"), ("g", "1230")][..]),
            ("   12.73 mm", &[("mm", "12.73"), ("µm", "12730"), ("cm", "1.273")]),
            ("0.0005 in", &[("in", "0.0005"), ("µm", "12.7"), ("mm", "0.0127"), ("cm", "0.00127")]),
            ("1 lb", &[("lb", "1"), ("mg", "453592.37"), ("g", "453.59237"), ("kg", "0.45359237")]),
            ("-0.50 mm", &[("mm", "-0.50"), ("µm", "-500"), ("cm", "-0.05")]),
            ("QT,+000012  PC", &[("pcs", "12")]),
        ] {
            let expected = expected.iter().map(|(unit, value)| ((*unit).to_owned(), (*value).to_owned())).collect();
            assert_eq!(read(line, None), Ok(expected), "{line}");
        }
    }

    #[test]
    fn a_bare_number_takes_the_unit_of_the_display_if_somebody_has_said_it() {
        let calliper = "01A+00012.34";
        assert_eq!(read(calliper, None), Err(MessageCode::ReadingWithoutUnit), "a unit is never made up");
        let said = read(calliper, Some(Unit::Millimetre)).expect("the display shows millimetres");
        assert_eq!(said[0], ("mm".to_owned(), "12.34".to_owned()));
        let sent = read("12.34 cm", Some(Unit::Millimetre)).expect("the instrument knows best");
        assert_eq!(sent[0], ("cm".to_owned(), "12.34".to_owned()), "a unit that is sent counts");
    }

    #[test]
    fn what_is_no_value_is_refused_in_words() {
        for (line, code) in [
            ("US,GS,+  1.230kg", MessageCode::ReadingMoving),
            ("S I", MessageCode::ReadingMoving),
            ("OL,GS,+  9.999kg", MessageCode::ReadingOutOfRange),
            ("W0000001X", MessageCode::ReadingUnreadable),
            ("+1,250 kg", MessageCode::ReadingUnreadable),
        ] {
            assert_eq!(read(line, None), Err(code), "{line}");
        }
        let cut = unreadable("COM3", "ST,G").refused.map(|refused| refused.code);
        assert_eq!(cut, Some(MessageCode::ReadingUnreadable), "a line that was cut off");
    }
}
