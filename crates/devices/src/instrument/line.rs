//! The lines that instruments send, each as its maker's manual writes it:
//!
//! * `ST,GS,+  1.234kg`, `US,NT,-  0.250,lb`, `OL,…`: indicators of scales. Tiger TI-02-P manual §7.1 (positions 1–18, a
//!   comma before the unit), Selleton SL-7516 manual "Communication mode" (no comma), A&D EK-L manual §9-2 (`ST,+001234.5  g`,
//!   `QT` for counted pieces).
//! * `S S     100.00 g`, `S D …`, `S I`, `S +`, `S -`, `ES`: Mettler-Toledo, MT-SICS reference manual, commands S and SI.
//! * `+     123.45 g`, `    12.73 g    ?`: Sartorius ED operating instructions "Data output format with 16 characters" (no
//!   unit while it moves; `High`, `Low`, `Err`) and Ohaus RS232 manual, `?` while it moves. Callipers that send a sign, a
//!   number and a unit look the same.
//! * `01A+0000.123`: Mitutoyo QM-Height manual 99MAF600B §6.2.2: `0`, channel, `A`, sign, eight places; no unit.
//! * `GN01,+0016.2345`: Mitutoyo ID-H manual 99MAH016B §4.2.4: the kind of value, the indicator's number, the value; no unit.

use serde::Serialize;

use super::number::decimal;
use super::unit::Unit;

/// What an instrument says about its own reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stability {
    /// It has come to rest.
    Stable,
    /// It still moves: not to be recorded.
    Moving,
    /// This kind of line does not say. A calliper sends when its button is pressed, and somebody held it then.
    NotSaid,
}

/// One reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measurement {
    /// Decimal text with a point, as fine as it was sent: `-0.50`.
    pub value: String,
    /// The unit, where the instrument sends one. Where not, whoever asked for the value must know it.
    pub unit: Option<Unit>,
    /// Whether it had come to rest.
    pub stability: Stability,
    /// Which of several instruments at one box or line sent it, where the line says so.
    pub channel: Option<u8>,
}

/// Why a line is no measurement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstrumentReject {
    /// Bytes that are no text: wrong speed or parity.
    #[error("the line is no text; speed or parity may be set wrongly")]
    NotText,
    /// More on the scale, or further apart, than it can measure.
    #[error("the instrument is beyond its range")]
    OutOfRange,
    /// It cannot answer now, or reports a fault of its own.
    #[error("the instrument cannot give a value now ({0})")]
    NotReady(String),
    /// Where a number should be there is none that can be read in one way only.
    #[error("{0:?} is not a plain decimal number")]
    NotANumber(String),
    /// A unit that is not known here.
    #[error("{0:?} is not a known unit")]
    UnknownUnit(String),
    /// No line of any known instrument.
    #[error("{0:?} is no line of a known instrument")]
    UnknownLine(String),
}

type Read = Result<Measurement, InstrumentReject>;

/// Reads one line, without its end. Nothing is repaired or guessed.
///
/// # Errors
/// Why it is no measurement, in words for the person at the bench.
pub fn read_measurement(line: &[u8]) -> Read {
    let text = std::str::from_utf8(line).map_err(|_| InstrumentReject::NotText)?;
    if text.chars().any(char::is_control) {
        return Err(InstrumentReject::NotText);
    }
    let text = text.trim();
    let headed = text.split_once(',').map(|(head, rest)| (head.trim(), rest));
    match headed {
        Some(("ST" | "QT", rest)) => indicator(rest, Stability::Stable),
        Some(("US", rest)) => indicator(rest, Stability::Moving),
        Some(("OL" | "UL", _)) => Err(InstrumentReject::OutOfRange),
        Some((head, rest)) if addressed(head).is_some() => bare(rest, addressed(head)),
        _ => unheaded(text),
    }
}

/// Behind the state: perhaps gross, net or tare, then the value, then the unit with or without a comma.
fn indicator(rest: &str, stability: Stability) -> Read {
    let value = match rest.split_once(',') {
        Some((kind, value)) if matches!(kind.trim(), "GS" | "NT" | "TR") => value,
        _ => rest,
    };
    let (number, unit) = match value.split_once(',') {
        Some((number, unit)) => (number, unit),
        None => number_and_unit(value),
    };
    measurement(number, unit, stability, None)
}

/// `GN01`: normal, largest, smallest value or run-out of indicator 1.
fn addressed(head: &str) -> Option<u8> {
    let (kind, number) = head.split_at_checked(2)?;
    let two_digits = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    if matches!(kind, "GN" | "GX" | "GM" | "GW") && two_digits { number.parse().ok() } else { None }
}

fn unheaded(text: &str) -> Read {
    if let Some(answer) = text.strip_prefix("S ") {
        return sics(answer);
    }
    match text {
        "" => return Err(InstrumentReject::UnknownLine(String::new())),
        "High" | "Low" | "HELP" => return Err(InstrumentReject::OutOfRange),
        "ES" | "ET" | "EL" => return Err(InstrumentReject::NotReady(text.to_owned())),
        _ if text.starts_with("Err") || text.ends_with("ERR") => {
            return Err(InstrumentReject::NotReady(text.to_owned()));
        }
        _ => {}
    }
    match text.as_bytes() {
        &[b'0', channel @ b'1'..=b'9', b'A', b'+' | b'-', ..] => bare(&text[3..], Some(channel - b'0')),
        _ => bare(text, None),
    }
}

/// What stands behind the `S ` of a Mettler-Toledo answer.
fn sics(answer: &str) -> Read {
    let (state, value) = answer.split_at_checked(1).unwrap_or((answer, ""));
    let stability = match (state, value.trim()) {
        ("+" | "-", "") => return Err(InstrumentReject::OutOfRange),
        ("I", "") => return Err(InstrumentReject::NotReady("S I".to_owned())),
        ("S", _) => Stability::Stable,
        ("D", _) => Stability::Moving,
        _ => return Err(InstrumentReject::UnknownLine(format!("S {answer}"))),
    };
    let (number, unit) = number_and_unit(value);
    measurement(number, unit, stability, None)
}

/// A number with or without a unit, and a question mark while it moves.
fn bare(text: &str, channel: Option<u8>) -> Read {
    let text = text.trim();
    let begins_a_number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    if !begins_a_number {
        return Err(InstrumentReject::UnknownLine(text.to_owned()));
    }
    let (text, stability) = match text.strip_suffix('?') {
        Some(moving) => (moving, Stability::Moving),
        None => (text, Stability::NotSaid),
    };
    let (number, unit) = number_and_unit(text);
    measurement(number, unit, stability, channel)
}

/// Cuts where the digits end.
fn number_and_unit(text: &str) -> (&str, &str) {
    let end = text.rfind(|c: char| c.is_ascii_digit() || c == '.').map_or(0, |last| last + 1);
    text.split_at(end)
}

fn measurement(number: &str, unit: &str, stability: Stability, channel: Option<u8>) -> Read {
    let value = decimal(number).ok_or_else(|| InstrumentReject::NotANumber(number.trim().to_owned()))?;
    let unit = match unit.trim() {
        "" => None,
        word => Some(Unit::sent_as(word).ok_or_else(|| InstrumentReject::UnknownUnit(word.to_owned()))?),
    };
    Ok(Measurement { value, unit, stability, channel })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn measured(value: &str, unit: Option<Unit>, stability: Stability, channel: Option<u8>) -> Read {
        Ok(Measurement { value: value.to_owned(), unit, stability, channel })
    }

    #[test]
    fn every_known_instrument_is_read_as_its_manual_writes_it() {
        use Stability::{Moving, NotSaid, Stable};
        for (line, value, unit, stability, channel) in [
            ("ST,GS,+  1.234kg", "1.234", Some(Unit::Kilogram), Stable, None),
            ("ST,GS,+  1.234 kg", "1.234", Some(Unit::Kilogram), Stable, None),
            ("US,NT,-  0.250,lb", "-0.250", Some(Unit::Pound), Moving, None),
            ("ST,NT,   0.250,oz", "0.250", Some(Unit::Ounce), Stable, None),
            ("ST,+001234.5  g", "1234.5", Some(Unit::Gram), Stable, None),
            ("QT,+00012345 PC", "12345", Some(Unit::Piece), Stable, None),
            ("ST,+000123.4  %", "123.4", Some(Unit::Percent), Stable, None),
            ("S S     100.00 g", "100.00", Some(Unit::Gram), Stable, None),
            ("S D      -1.23 mg", "-1.23", Some(Unit::Milligram), Moving, None),
            ("+     123.45 g  ", "123.45", Some(Unit::Gram), NotSaid, None),
            ("-      12.30", "-12.30", None, NotSaid, None),
            ("       12.73 g    ?", "12.73", Some(Unit::Gram), Moving, None),
            ("+0012.34 mm", "12.34", Some(Unit::Millimetre), NotSaid, None),
            ("+00.4855 in", "0.4855", Some(Unit::Inch), NotSaid, None),
            ("1250 µm", "1250", Some(Unit::Micrometre), NotSaid, None),
            ("01A+00012.34", "12.34", None, NotSaid, Some(1)),
            ("04A-000.1234", "-0.1234", None, NotSaid, Some(4)),
            ("GN07,+0016.2345", "16.2345", None, NotSaid, Some(7)),
        ] {
            assert_eq!(read_measurement(line.as_bytes()), measured(value, unit, stability, channel), "for {line:?}");
        }
    }

    #[test]
    fn what_is_no_measurement_is_refused_in_words() {
        use InstrumentReject::{NotANumber, NotReady, NotText, OutOfRange, UnknownLine, UnknownUnit};
        for (line, why) in [
            (&b"OL,+9999999.9  g"[..], OutOfRange),
            (b"S +", OutOfRange),
            (b"S -", OutOfRange),
            (b"   High   ", OutOfRange),
            (b"S I", NotReady("S I".to_owned())),
            (b"ES", NotReady("ES".to_owned())),
            (b"Err  054", NotReady("Err  054".to_owned())),
            (b"+1,250 kg", NotANumber("+1,250".to_owned())),
            (b"ST,GS,+1,250 kg", UnknownUnit("250 kg".to_owned())),
            (b"ST,GS,+ ----- kg", NotANumber(String::new())),
            (b"12 34 mm", NotANumber("12 34".to_owned())),
            (b"ST,GS,+1.2 tl", UnknownUnit("tl".to_owned())),
            (b"1.2 G", UnknownUnit("G".to_owned())),
            (b"W0000001X", UnknownLine("W0000001X".to_owned())),
            (b"S X 1.0 g", UnknownLine("S X 1.0 g".to_owned())),
            (b"S", UnknownLine("S".to_owned())),
            (b"", UnknownLine(String::new())),
            (b"\xcb\x54\x2c", NotText),
            (b"1.2\x00 g", NotText),
        ] {
            assert_eq!(read_measurement(line), Err(why), "for {line:?}");
        }
        let said = read_measurement(b"1.2 G").expect_err("a wrong unit").to_string();
        assert_eq!(said, "\"G\" is not a known unit", "in words that can be shown");
    }

    proptest! {
        #[test]
        fn the_value_survives_every_padding(whole in 0_u32..1_000_000, fraction in "[0-9]{0,4}", negative: bool, width in 0_usize..5) {
            let point = if fraction.is_empty() { "" } else { "." };
            let digits = format!("{whole}{point}{fraction}");
            let is_zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
            let (sign, minus) = if negative { ("-", if is_zero { "" } else { "-" }) } else { ("+", "") };
            let (blanks, zeros) = (" ".repeat(width), "0".repeat(width));
            let lines = [
                format!("ST,GS,{sign}{blanks}{digits} kg"), format!("US,NT,{sign}{digits},g"), format!("S S {blanks}{}{digits} g", minus),
                format!("{sign}{zeros}{digits} mm"), format!("01A{sign}{zeros}{digits}"), format!("GX12,{sign}{zeros}{digits}"),
            ];
            for line in lines {
                let read = read_measurement(line.as_bytes());
                prop_assert_eq!(read.map(|read| read.value), Ok(format!("{minus}{digits}")), "for {}", line);
            }
        }

        #[test]
        fn rubbish_gives_a_reason_or_a_number_that_was_in_it(line in proptest::collection::vec(prop_oneof![any::<u8>(), proptest::sample::select(b"ST,GS +-.0129kgmA".to_vec())], 0..40)) {
            if let Ok(read) = read_measurement(&line) {
                let text = String::from_utf8_lossy(&line);
                let digits = read.value.trim_start_matches(['-', '0', '.']);
                prop_assert!(text.contains(digits), "{text:?} became {}", read.value);
                prop_assert!(read.value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.')), "plain: {}", read.value);
            }
        }
    }
}
