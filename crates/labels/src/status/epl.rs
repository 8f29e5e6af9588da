//! `^ee`: two digits for each thing there is to say, with commas between them, ended by a line end; `00` is well.
//!
//! Source: Zebra EPL2 programmer's manual, Error Report – Immediate; Intermec ESim reference for the form of the answer.

use super::{PrinterStatus, first};

pub(super) const QUERY: &[u8] = b"^ee\n";

/// Longer than any whole answer; more is something else.
const LONGEST_ANSWER_BYTES: usize = 64;

pub(super) fn parse(answer: &[u8]) -> PrinterStatus {
    let Some(text) = std::str::from_utf8(answer).ok().filter(|text| text.len() <= LONGEST_ANSWER_BYTES) else {
        return PrinterStatus::Unintelligible;
    };
    let codes: Option<Vec<u8>> = text.trim_end_matches(['\r', '\n']).split(',').map(code).collect();
    match codes {
        Some(codes) if text.ends_with(['\r', '\n']) => judge(&codes),
        _ if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b',') => PrinterStatus::Incomplete,
        _ => PrinterStatus::Unintelligible,
    }
}

fn code(digits: &str) -> Option<u8> {
    let is_code = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_code { digits.parse().ok() } else { None }
}

fn judge(codes: &[u8]) -> PrinterStatus {
    let says = |code: u8| codes.contains(&code);
    first(
        &[
            (says(11), PrinterStatus::HeadOpen),
            (says(7), PrinterStatus::MediaOut),
            (says(12), PrinterStatus::Paused),
            (codes.iter().any(|&code| code != 0), PrinterStatus::Faulty),
        ],
        PrinterStatus::Ready,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manuals_codes_are_understood() {
        let cases: [(&[u8], PrinterStatus); 8] = [
            (b"00\r\n", PrinterStatus::Ready),
            (b"07\r\n", PrinterStatus::MediaOut),
            (b"11\r\n", PrinterStatus::HeadOpen),
            (b"12\n", PrinterStatus::Paused),
            (b"03\r\n", PrinterStatus::Faulty),
            (b"07,11\r\n", PrinterStatus::HeadOpen),
            (b"0", PrinterStatus::Incomplete),
            (b"07,", PrinterStatus::Incomplete),
        ];
        for (answer, status) in cases {
            assert_eq!(parse(answer), status, "{}", String::from_utf8_lossy(answer));
        }
    }

    #[test]
    fn anything_else_is_unintelligible() {
        let long = [b'0'; LONGEST_ANSWER_BYTES + 1];
        let cases: [&[u8]; 6] = [b"^ee", b"7\r\n", b"\r\n", b"00 \r\n", b"\xFF\r\n", &long];
        for answer in cases {
            assert_eq!(parse(answer), PrinterStatus::Unintelligible, "{}", String::from_utf8_lossy(answer));
        }
    }
}
