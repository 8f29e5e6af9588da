//! What may be scanned, and what must not get through.

use std::collections::BTreeSet;

use cordwainer_domain::code::{
    BASE_32, CODE_LENGTH, Code, CodeFault, CodeType, Command, LONGEST_SCAN, check_character, command_code,
};
use proptest::prelude::*;

const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A spread of valid codes of every type.
fn samples() -> Vec<Code> {
    CodeType::ALL
        .into_iter()
        .flat_map(|kind| [0, 1, 31, 32, 999_983, (1 << 35) - 1].map(|number| Code::from_number(kind, number).unwrap()))
        .collect()
}

fn with(code: &Code, place: usize, character: u8) -> String {
    let mut bytes = code.as_str().as_bytes().to_vec();
    bytes[place] = character;
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_check_character_is_that_of_the_published_examples() {
    // GRid standard 2.1, and the ISAN user guide: identifiers whose check characters are MOD 37,36 by ISO/IEC 7064.
    for (stem, check) in [
        ("A12425GABC1234002", 'M'),
        ("B159D8FA01240000", 'K'),
        ("00000000D07A0090", 'Q'),
        ("00000000D07A009000000000", 'X'),
        ("00003BAB93520000", 'G'),
        ("188166C734200000", '3'),
    ] {
        assert_eq!(check_character(stem), Some(check), "{stem}");
    }
}

#[test]
fn every_single_misread_character_is_caught() {
    for code in samples() {
        for place in 0..CODE_LENGTH {
            for character in ALPHABET.iter().filter(|character| **character != code.as_str().as_bytes()[place]) {
                let misread = with(&code, place, *character);
                assert!(Code::parse(&misread).is_err(), "{misread} differs from {code} at {place}");
            }
        }
    }
}

#[test]
fn swapped_neighbours_are_caught_but_for_the_pairs_that_the_standard_lets_through() {
    let (mut swapped, mut missed) = (0, 0);
    for number in 0..2_000 {
        // Numbers spread over the whole range by a multiplier without a pattern.
        let code = Code::from_number(CodeType::WorkOrder, number * 9_973_213_457 % (1 << 35)).unwrap();
        for place in 1..CODE_LENGTH - 1 {
            let mut bytes = code.as_str().as_bytes().to_vec();
            if bytes[place] == bytes[place + 1] {
                continue;
            }
            bytes.swap(place, place + 1);
            swapped += 1;
            missed += usize::from(Code::parse(&String::from_utf8(bytes).unwrap()).is_ok());
        }
    }
    assert!(swapped > 10_000, "the samples must have neighbours that differ: {swapped}");
    assert!(missed * 200 <= swapped, "{missed} of {swapped} swaps got through; the standard lets about one of 600");
}

#[test]
fn dropped_and_added_characters_are_caught_by_the_length() {
    for code in samples() {
        for place in 0..CODE_LENGTH {
            let mut short = code.as_str().to_owned();
            short.remove(place);
            assert!(Code::parse(&short).is_err(), "{short} lacks a character of {code}");
            for added in ['0', 'A', 'Z'] {
                let mut long = code.as_str().to_owned();
                long.insert(place, added);
                assert!(Code::parse(&long).is_err(), "{long} has one more than {code}");
            }
        }
        let twice = format!("{code}{code}");
        assert_eq!(Code::parse(&twice), Err(CodeFault::Foreign), "two scans run into one");
    }
}

#[test]
fn what_is_not_ours_is_refused_with_its_reason() {
    let oversize = "W".repeat(LONGEST_SCAN + 1);
    let blank = " ".repeat(10_000);
    let valid = Code::from_number(CodeType::WorkOrder, 1).unwrap();
    let lower = valid.as_str().to_lowercase();
    let escaped = format!("{valid}\u{1b}[A");
    let stx = format!("\u{2}{valid}\u{3}");
    let inner_blank = format!("{} {}", &valid.as_str()[..4], &valid.as_str()[4..]);
    let cases: [(&str, &str, CodeFault); 19] = [
        ("nothing", "", CodeFault::Empty),
        ("blanks", &blank, CodeFault::Empty),
        ("ten kilobytes", &oversize, CodeFault::Oversize),
        ("an EAN-13", "6901234567892", CodeFault::Foreign),
        ("a UPC", "036000291452", CodeFault::Foreign),
        ("a web address", "HTTPS://EXAMPLE.COM/W0000001", CodeFault::Foreign),
        ("a GS1 element string", "(01)06901234567892", CodeFault::Foreign),
        ("an ISBN of a Bookland letter", "X123456789", CodeFault::Foreign),
        ("lower case", &lower, CodeFault::Foreign),
        ("a control key inside", &escaped, CodeFault::Foreign),
        ("framing that was not taken off", &stx, CodeFault::Foreign),
        ("a blank inside", &inner_blank, CodeFault::Foreign),
        ("hanzi", "完成", CodeFault::Foreign),
        ("a letter of ours and hanzi", "W完成完成完成", CodeFault::Foreign),
        ("full-width digits", "W０００００００", CodeFault::Foreign),
        ("a torn label", "W0000", CodeFault::WrongLength),
        ("one letter", "W", CodeFault::WrongLength),
        ("letters that base 32 lacks", "WILOU0000", CodeFault::BadCheck),
        ("a path", "../../etc/passwd", CodeFault::Foreign),
    ];
    for (name, scanned, fault) in cases {
        assert_eq!(Code::parse(scanned), Err(fault), "{name}");
    }
}

#[test]
fn blanks_and_line_ends_around_a_code_are_no_part_of_it() {
    let code = Code::from_number(CodeType::Badge, 42).unwrap();
    for framed in [format!("{code}\r\n"), format!(" {code}\t"), format!("\n{code}")] {
        assert_eq!(Code::parse(&framed), Ok(code.clone()), "{framed:?}");
    }
}

#[test]
fn letters_and_commands_are_told_apart() {
    let letters: BTreeSet<char> = CodeType::ALL.into_iter().map(CodeType::letter).collect();
    assert_eq!(letters.len(), CodeType::ALL.len(), "a letter names one type");
    assert!(letters.iter().all(char::is_ascii_uppercase), "no retail code begins with a letter");
    let mut seen = BTreeSet::new();
    for (command, body) in Command::CARDS {
        let card = command_code(command).unwrap();
        assert_eq!((card.kind(), card.body()), (CodeType::Command, body), "{command:?} is printed as the table says");
        assert_eq!(Command::read(&Code::parse(card.as_str()).unwrap()), Some(command), "{command:?} reads back");
        assert!(seen.insert(card.clone()), "{card} is on two cards");
    }
    let commands: BTreeSet<String> = Command::CARDS.iter().map(|(command, _)| format!("{command:?}")).collect();
    assert_eq!(commands.len(), Command::CARDS.len(), "each command has one card");
    let unknown = Code::from_body(CodeType::Command, "ZZZZZZZ").unwrap();
    assert_eq!(Command::read(&unknown), None, "a card of a later version does nothing here");
    let badge = Code::from_body(CodeType::Badge, "0000001").unwrap();
    assert_eq!(Command::read(&badge), None, "a badge is never a command");
}

#[test]
fn printed_command_cards_outlive_software() {
    let cards: Vec<String> =
        Command::CARDS.iter().map(|(command, _)| command_code(*command).unwrap().to_string()).collect();
    let printed = [
        "C0000001Y",
        "C0000002W",
        "C0000003U",
        "C0000004S",
        "C0000005Q",
        "C0000006O",
        "C0000007M",
        "C0000008K",
        "C0000009I",
        "C000000AG",
        "C000000BE",
        "C000000CC",
        "C000000DA",
        "C000000E8",
    ];
    assert_eq!(cards, printed, "cards on the walls must keep their meaning");
}

#[test]
fn makers_of_codes_refuse_what_would_not_read() {
    assert_eq!(Code::from_body(CodeType::Badge, "123456"), Err(CodeFault::WrongLength), "six");
    assert_eq!(Code::from_body(CodeType::Badge, "12345678"), Err(CodeFault::WrongLength), "eight");
    assert_eq!(Code::from_body(CodeType::Badge, "123456I"), Err(CodeFault::Foreign), "I is no digit of base 32");
    assert_eq!(
        Code::from_body(CodeType::Badge, "皮革a"),
        Err(CodeFault::Foreign),
        "seven bytes, three of them hanzi each"
    );
    assert_eq!(Code::from_number(CodeType::Badge, 1 << 35), Err(CodeFault::WrongLength), "one too many");
    assert_eq!(Code::from_stem("X0000001"), Err(CodeFault::Foreign), "no type has X");
    assert_eq!(Code::from_stem(""), Err(CodeFault::Foreign), "nothing");
    assert_eq!(Code::from_stem("皮000000"), Err(CodeFault::Foreign), "no letter at all");
    assert!(Code::from_stem("W0000001").is_ok_and(|code| code.kind() == CodeType::WorkOrder), "a stem gets its check");
    let forged: Result<Code, _> = serde_json::from_str("\"W00000010\"");
    assert!(
        forged.is_err() || Code::from_stem("W0000001").unwrap().as_str() == "W00000010",
        "a wire text is checked too"
    );
}

#[test]
fn a_quantity_says_its_number_and_nothing_else_does() {
    let quantity = Code::from_body(CodeType::Quantity, "0000012").unwrap();
    assert_eq!(quantity.quantity(), Some(12), "twelve");
    assert_eq!(Code::from_body(CodeType::Quantity, "000000A").unwrap().quantity(), None, "not decimal");
    assert_eq!(Code::from_body(CodeType::Badge, "0000012").unwrap().quantity(), None, "a badge is no number");
}

proptest! {
    #[test]
    fn every_number_of_every_type_reads_back(kind in prop::sample::select(&CodeType::ALL[..]), number in 0..1_u64 << 35) {
        let code = Code::from_number(kind, number).unwrap();
        prop_assert_eq!(code.as_str().len(), CODE_LENGTH, "fixed length");
        prop_assert!(code.body().bytes().all(|byte| BASE_32.contains(&byte)), "base 32");
        prop_assert_eq!(&Code::parse(code.as_str()), &Ok(code.clone()), "scanned");
        prop_assert_eq!(&Code::from_stem(&code.as_str()[..8]), &Ok(code.clone()), "from its stem");
        prop_assert_eq!(&serde_json::from_value::<Code>(serde_json::to_value(&code).unwrap()).unwrap(), &code, "stored");
        prop_assert_eq!(code.kind(), kind, "typed");
        if number > 0 {
            prop_assert_ne!(code, Code::from_number(kind, number - 1).unwrap(), "another number, another code");
        }
    }

    #[test]
    fn no_text_at_all_makes_the_reader_stumble(text in ".{0,600}") {
        if let Ok(code) = Code::parse(&text) {
            prop_assert_eq!(code.as_str(), text.trim(), "nothing is ever repaired");
        }
    }
}
