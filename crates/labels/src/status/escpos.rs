//! `DLE EOT 1` to `4`: printer, cause of being off line, cause of an error, paper. One byte each.
//!
//! Source: Epson ESC/POS command reference, Transmit real-time status.

use super::{PrinterStatus, first};

/// All four questions at once.
pub(super) const QUERY: &[u8] = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04";

/// Bits 0, 1, 4 and 7 of every answer are always 0, 1, 1 and 0: anything else is no answer.
const FIXED_MASK: u8 = 0b1001_0011;
const FIXED_BITS: u8 = 0b0001_0010;

pub(super) fn parse(answer: &[u8]) -> PrinterStatus {
    if answer.len() > 4 || answer.iter().any(|byte| byte & FIXED_MASK != FIXED_BITS) {
        return PrinterStatus::Unintelligible;
    }
    let &[printer, cause, error, paper] = answer else { return PrinterStatus::Incomplete };
    first(
        &[
            (cause & 0x04 != 0, PrinterStatus::HeadOpen),
            (error & 0x08 != 0, PrinterStatus::Jammed),
            (cause & 0x20 != 0 || paper & 0x60 != 0, PrinterStatus::MediaOut),
            (error & 0x20 != 0, PrinterStatus::Faulty),
            // The head is too hot, and goes on when it has cooled.
            (error & 0x40 != 0, PrinterStatus::OutOfTemperature),
            (cause & 0x40 != 0, PrinterStatus::Faulty),
            // Somebody holds the feed button.
            (cause & 0x08 != 0, PrinterStatus::Busy),
            (printer & 0x08 != 0, PrinterStatus::Paused),
        ],
        PrinterStatus::Ready,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bit_of_the_reference_is_understood() {
        let cases = [
            ([0x12, 0x12, 0x12, 0x12], PrinterStatus::Ready),
            ([0x16, 0x12, 0x12, 0x12], PrinterStatus::Ready), // the cash drawer
            ([0x12, 0x12, 0x12, 0x1E], PrinterStatus::Ready), // the roll nears its end
            ([0x1A, 0x12, 0x12, 0x12], PrinterStatus::Paused),
            ([0x1A, 0x16, 0x12, 0x12], PrinterStatus::HeadOpen),
            ([0x1A, 0x1A, 0x12, 0x12], PrinterStatus::Busy),
            ([0x1A, 0x32, 0x12, 0x12], PrinterStatus::MediaOut),
            ([0x12, 0x12, 0x12, 0x72], PrinterStatus::MediaOut),
            ([0x1A, 0x52, 0x1A, 0x12], PrinterStatus::Jammed),
            ([0x1A, 0x52, 0x32, 0x12], PrinterStatus::Faulty),
            ([0x1A, 0x52, 0x52, 0x12], PrinterStatus::OutOfTemperature),
            ([0x1A, 0x52, 0x12, 0x12], PrinterStatus::Faulty),
        ];
        for (bytes, status) in cases {
            assert_eq!(parse(&bytes), status, "{bytes:02X?}");
        }
    }

    #[test]
    fn fewer_bytes_are_incomplete_and_other_bytes_unintelligible() {
        for length in 1..4 {
            assert_eq!(parse(&[0x12; 4][..length]), PrinterStatus::Incomplete, "{length} of 4");
        }
        let cases: [&[u8]; 4] = [&[0x12; 5], &[0x00], &[0x12, 0x12, 0x12, 0x92], b"OK\r\n"];
        for answer in cases {
            assert_eq!(parse(answer), PrinterStatus::Unintelligible, "{answer:02X?}");
        }
    }
}
