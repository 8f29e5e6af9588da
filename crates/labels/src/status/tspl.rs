//! `ESC !?`: one byte, one bit for each trouble.
//!
//! Source: Gprinter and TSC programming manuals, status polling. Every byte is some answer, so that noise on the line
//! cannot be told from troubles; only a second byte can.

use super::{PrinterStatus, first};

pub(super) const QUERY: &[u8] = b"\x1B!?";

pub(super) fn parse(answer: &[u8]) -> PrinterStatus {
    let &[bits] = answer else { return PrinterStatus::Unintelligible };
    let has = |bit: u8| bits & (1 << bit) != 0;
    first(
        &[
            (has(0) || has(6), PrinterStatus::HeadOpen),
            (has(1), PrinterStatus::Jammed),
            (has(2), PrinterStatus::MediaOut),
            (has(3), PrinterStatus::RibbonOut),
            (has(7), PrinterStatus::OutOfTemperature),
            (has(4), PrinterStatus::Paused),
            (has(5), PrinterStatus::Busy),
        ],
        PrinterStatus::Ready,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manuals_table_is_understood() {
        let cases = [
            (0x00, PrinterStatus::Ready),
            (0x01, PrinterStatus::HeadOpen),
            (0x02, PrinterStatus::Jammed),
            (0x03, PrinterStatus::HeadOpen),
            (0x04, PrinterStatus::MediaOut),
            (0x05, PrinterStatus::HeadOpen),
            (0x08, PrinterStatus::RibbonOut),
            (0x0A, PrinterStatus::Jammed),
            (0x0C, PrinterStatus::MediaOut),
            (0x10, PrinterStatus::Paused),
            (0x20, PrinterStatus::Busy),
            (0x40, PrinterStatus::HeadOpen),
            (0x80, PrinterStatus::OutOfTemperature),
        ];
        for (byte, status) in cases {
            assert_eq!(parse(&[byte]), status, "{byte:02X}");
        }
    }

    #[test]
    fn more_than_one_byte_is_unintelligible() {
        assert_eq!(parse(b"\x00\x00"), PrinterStatus::Unintelligible);
    }
}
