//! `~HS`: three lines of numbers, each between STX and ETX.
//!
//! Source: Zebra ZPL II programming guide, Host Status Return.

use super::{PrinterStatus, first};

pub(super) const QUERY: &[u8] = b"~HS";

/// Numbers on each of the three lines.
const FIELDS: [usize; 3] = [12, 11, 2];
/// Longer than any whole answer; more is something else.
const LONGEST_ANSWER_BYTES: usize = 256;

pub(super) fn parse(answer: &[u8]) -> PrinterStatus {
    let Ok(text) = std::str::from_utf8(answer) else { return PrinterStatus::Unintelligible };
    if answer.len() > LONGEST_ANSWER_BYTES {
        return PrinterStatus::Unintelligible;
    }
    let mut rest = text;
    let mut lines = Vec::with_capacity(FIELDS.len());
    for count in FIELDS {
        match line(rest, count) {
            Line::Whole { numbers, after } => {
                lines.push(numbers);
                rest = after;
            }
            Line::Begun => return PrinterStatus::Incomplete,
            Line::Wrong => return PrinterStatus::Unintelligible,
        }
    }
    if rest.is_empty() { judge(&lines[0], &lines[1]) } else { PrinterStatus::Unintelligible }
}

enum Line<'a> {
    Whole { numbers: Vec<u32>, after: &'a str },
    Begun,
    Wrong,
}

/// One line and the CR LF behind it, which may still be under way.
fn line(text: &str, count: usize) -> Line<'_> {
    let Some(inner) = text.strip_prefix('\x02') else {
        return if text.is_empty() { Line::Begun } else { Line::Wrong };
    };
    let Some((fields, after)) = inner.split_once('\x03') else {
        let may_go_on = inner.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
        return if may_go_on { Line::Begun } else { Line::Wrong };
    };
    let number = |field: &str| field.parse().ok().filter(|_| field.bytes().all(|byte| byte.is_ascii_digit()));
    let numbers: Option<Vec<u32>> = fields.split(',').map(number).collect();
    match numbers.filter(|numbers| numbers.len() == count) {
        Some(numbers) => Line::Whole { numbers, after: after.trim_start_matches(['\r', '\n']) },
        None => Line::Wrong,
    }
}

/// Letters are those of the guide: string 1 is a to l, string 2 is m to w.
fn judge(string_1: &[u32], string_2: &[u32]) -> PrinterStatus {
    let (paper_out, paused, formats, is_full, is_partial) =
        (string_1[1], string_1[2], string_1[4], string_1[5], string_1[7]);
    let (ram_lost, too_cold, too_hot) = (string_1[9], string_1[10], string_1[11]);
    let (head_up, ribbon_out, labels_left) = (string_2[2], string_2[3], string_2[8]);
    first(
        &[
            (head_up != 0, PrinterStatus::HeadOpen),
            (paper_out != 0, PrinterStatus::MediaOut),
            (ribbon_out != 0, PrinterStatus::RibbonOut),
            (ram_lost != 0, PrinterStatus::Faulty),
            (too_cold + too_hot != 0, PrinterStatus::OutOfTemperature),
            (paused != 0, PrinterStatus::Paused),
            ([formats, is_full, is_partial, labels_left].iter().any(|&left| left != 0), PrinterStatus::Busy),
        ],
        PrinterStatus::Ready,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(string_1: &str, string_2: &str) -> Vec<u8> {
        format!("\x02{string_1}\x03\r\n\x02{string_2}\x03\r\n\x021234,0\x03\r\n").into_bytes()
    }

    const WELL_1: &str = "030,0,0,0320,000,0,0,0,000,0,0,0";
    const WELL_2: &str = "000,0,0,0,0,2,4,0,00000000,1,000";

    #[test]
    fn each_flag_of_the_guide_is_understood() {
        let cases = [
            (WELL_1, WELL_2, PrinterStatus::Ready),
            ("030,1,0,0320,000,0,0,0,000,0,0,0", WELL_2, PrinterStatus::MediaOut),
            ("030,0,1,0320,000,0,0,0,000,0,0,0", WELL_2, PrinterStatus::Paused),
            ("030,0,0,0320,003,0,0,0,000,0,0,0", WELL_2, PrinterStatus::Busy),
            ("030,0,0,0320,000,1,0,0,000,0,0,0", WELL_2, PrinterStatus::Busy),
            ("030,0,0,0320,000,0,0,1,000,0,0,0", WELL_2, PrinterStatus::Busy),
            ("030,0,0,0320,000,0,0,0,000,1,0,0", WELL_2, PrinterStatus::Faulty),
            ("030,0,0,0320,000,0,0,0,000,0,1,0", WELL_2, PrinterStatus::OutOfTemperature),
            ("030,0,0,0320,000,0,0,0,000,0,0,1", WELL_2, PrinterStatus::OutOfTemperature),
            (WELL_1, "000,0,1,0,0,2,4,0,00000000,1,000", PrinterStatus::HeadOpen),
            (WELL_1, "000,0,0,1,1,2,4,0,00000000,1,000", PrinterStatus::RibbonOut),
            (WELL_1, "000,0,0,0,0,2,4,0,00000007,1,000", PrinterStatus::Busy),
            // An open head pauses, too; the head is what a hand must see to.
            ("030,1,1,0320,000,0,0,0,000,0,0,0", "000,0,1,0,0,2,4,0,00000000,1,000", PrinterStatus::HeadOpen),
        ];
        for (string_1, string_2, status) in cases {
            assert_eq!(parse(&answer(string_1, string_2)), status, "{string_1} / {string_2}");
        }
    }

    #[test]
    fn a_part_of_an_answer_is_incomplete() {
        let whole = answer(WELL_1, WELL_2);
        // Without its last CR LF the answer is whole already.
        for end in 1..whole.len() - 2 {
            assert_eq!(parse(&whole[..end]), PrinterStatus::Incomplete, "cut at {end}");
        }
    }

    #[test]
    fn anything_else_is_unintelligible() {
        let doubled = answer(WELL_1, WELL_2).repeat(2);
        let long = vec![b'0'; LONGEST_ANSWER_BYTES + 1];
        let cases: [&[u8]; 6] = [b"~HS", b"\x02hello", b"\x021,2\x03\r\n", b"\xFF\xFE", &doubled, &long];
        for answer in cases {
            assert_eq!(parse(answer), PrinterStatus::Unintelligible, "{}", String::from_utf8_lossy(answer));
        }
        assert_eq!(
            parse(&super::tests::answer("+30,0,0,0320,000,0,0,0,000,0,0,0", WELL_2)),
            PrinterStatus::Unintelligible
        );
    }
}
