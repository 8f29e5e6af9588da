//! The application identifiers that a shoe factory meets: its own goods, its suppliers' cartons, its lasts and people.
//!
//! Long tables of the standard are left out on purpose: what is not here is refused by its number, and one line adds it.

use super::Gs1Fault;
use super::check_digit::is_checked;

/// What a value is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// So many digits.
    Digits {
        /// At least.
        least: usize,
        /// At most.
        most: usize,
    },
    /// So many characters at most of GS1's set 82: letters, digits and twenty signs, no blank.
    Text {
        /// At most.
        most: usize,
    },
}

/// What is checked beyond length and characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
    /// Nothing.
    None,
    /// The last digit checks the others.
    Digit,
    /// Fourteen digits with their check digit, then the piece and the total, two digits each: 0102 is the left shoe of a pair.
    Piece,
    /// Year, month, day, two digits each; day 00 is the whole month.
    Date,
}

/// An application identifier: what a value behind it is.
#[derive(PartialEq, Eq, Debug)]
pub struct ApplicationIdentifier {
    /// Its digits.
    pub digits: &'static str,
    /// The standard's data title.
    pub title: &'static str,
    /// What its value is made of.
    pub format: Format,
    /// What is checked beyond that.
    pub check: Check,
    /// Whether decoders know the length from the first two digits, so that no separator follows.
    pub predefined_length: bool,
    /// The identifier without which this one means nothing.
    pub only_with: Option<&'static str>,
    /// Where this is a key: the identifiers that say more exactly which thing is meant, in the order of a link's path.
    pub qualifiers: Option<&'static [&'static str]>,
}

const fn digits(count: usize) -> Format {
    Format::Digits { least: count, most: count }
}

const fn plain(digits: &'static str, title: &'static str, format: Format) -> ApplicationIdentifier {
    ApplicationIdentifier {
        digits,
        title,
        format,
        check: Check::None,
        predefined_length: false,
        only_with: None,
        qualifiers: None,
    }
}

impl ApplicationIdentifier {
    const fn checked(mut self, check: Check) -> Self {
        self.check = check;
        self
    }

    const fn of_predefined_length(mut self) -> Self {
        self.predefined_length = true;
        self
    }

    const fn key(mut self, qualifiers: &'static [&'static str]) -> Self {
        self.qualifiers = Some(qualifiers);
        self
    }

    const fn only_with(mut self, key: &'static str) -> Self {
        self.only_with = Some(key);
        self
    }

    /// Every identifier that is known.
    pub const ALL: &[Self] = &[
        plain("00", "SSCC", digits(18)).checked(Check::Digit).of_predefined_length().key(&[]),
        plain("01", "GTIN", digits(14)).checked(Check::Digit).of_predefined_length().key(&["22", "10", "21"]),
        plain("02", "CONTENT", digits(14)).checked(Check::Digit).of_predefined_length(),
        plain("10", "BATCH/LOT", Format::Text { most: 20 }),
        plain("11", "PROD DATE", digits(6)).checked(Check::Date).of_predefined_length(),
        plain("17", "USE BY OR EXPIRY", digits(6)).checked(Check::Date).of_predefined_length(),
        plain("21", "SERIAL", Format::Text { most: 20 }),
        plain("22", "CPV", Format::Text { most: 20 }),
        plain("240", "ADDITIONAL ID", Format::Text { most: 30 }),
        plain("241", "CUST. PART No.", Format::Text { most: 30 }),
        plain("242", "MTO VARIANT", Format::Digits { least: 1, most: 6 }),
        plain("254", "GLN EXTENSION COMPONENT", Format::Text { most: 20 }).only_with("414"),
        plain("30", "VAR. COUNT", Format::Digits { least: 1, most: 8 }),
        plain("37", "COUNT", Format::Digits { least: 1, most: 8 }),
        plain("400", "ORDER NUMBER", Format::Text { most: 30 }),
        plain("414", "LOC No.", digits(13)).checked(Check::Digit).of_predefined_length().key(&["254"]),
        plain("8004", "GIAI", Format::Text { most: 30 }).key(&[]),
        plain("8006", "ITIP", digits(18)).checked(Check::Piece).key(&["22", "10", "21"]),
        plain("8018", "GSRN - RECIPIENT", digits(18)).checked(Check::Digit).key(&["8019"]),
        plain("8019", "SRIN", Format::Digits { least: 1, most: 10 }).only_with("8018"),
        plain("91", "INTERNAL", Format::Text { most: 90 }),
        plain("92", "INTERNAL", Format::Text { most: 90 }),
        plain("93", "INTERNAL", Format::Text { most: 90 }),
        plain("94", "INTERNAL", Format::Text { most: 90 }),
        plain("95", "INTERNAL", Format::Text { most: 90 }),
        plain("96", "INTERNAL", Format::Text { most: 90 }),
        plain("97", "INTERNAL", Format::Text { most: 90 }),
        plain("98", "INTERNAL", Format::Text { most: 90 }),
        plain("99", "INTERNAL", Format::Text { most: 90 }),
    ];

    /// The identifier of exactly these digits.
    pub fn find(digits: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|ai| ai.digits == digits)
    }

    /// The identifier with which a text begins. No identifier begins with another one, so there is one at most.
    pub(super) fn at_the_front_of(text: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|ai| text.starts_with(ai.digits))
    }

    /// Whether values are what the factory agreed on with itself.
    pub fn is_internal(&self) -> bool {
        self.title == "INTERNAL"
    }

    /// The characters that a value has at most, which is how many it has where the length is predefined.
    pub(super) const fn most(&self) -> usize {
        match self.format {
            Format::Digits { most, .. } | Format::Text { most } => most,
        }
    }

    /// Refuses a value that is not what it should be.
    pub(super) fn must_fit(&self, value: &str) -> Result<(), Gs1Fault> {
        let ai = self.digits;
        let (least, is_good): (usize, fn(u8) -> bool) = match self.format {
            Format::Digits { least, .. } => (least, |byte| byte.is_ascii_digit()),
            Format::Text { .. } => (1, is_in_set_82),
        };
        if !value.bytes().all(is_good) {
            return Err(Gs1Fault::BadCharacter { ai });
        }
        if !(least..=self.most()).contains(&value.len()) {
            return Err(Gs1Fault::WrongLength { ai });
        }
        match self.check {
            Check::Digit if !is_checked(value) => Err(Gs1Fault::BadCheckDigit { ai }),
            Check::Piece if !is_checked(&value[..14]) => Err(Gs1Fault::BadCheckDigit { ai }),
            Check::Piece if !is_piece(&value[14..16], &value[16..]) => Err(Gs1Fault::BadPiece { ai }),
            Check::Date if !is_date(&value[2..4], &value[4..]) => Err(Gs1Fault::BadDate { ai }),
            _ => Ok(()),
        }
    }
}

/// GS1 General Specifications, figure 7.11-1.
fn is_in_set_82(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!\"%&'()*+,-./:;<=>?_".contains(&byte)
}

/// Two-digit texts compare like the numbers.
fn is_piece(piece: &str, total: &str) -> bool {
    piece != "00" && piece <= total
}

fn is_date(month: &str, day: &str) -> bool {
    let last_day = match month {
        "02" => "29",
        "04" | "06" | "09" | "11" => "30",
        _ => "31",
    };
    ("01"..="12").contains(&month) && day <= last_day
}
