//! GS1 data: what is read, what is refused and by which name.

use cordwainer_domain::code::gs1::{ApplicationIdentifier, Check, Format, Gs1Data, Gs1Fault, SEPARATOR, check_digit};
use proptest::prelude::*;

/// Ninety characters of set 82.
const TEXT: &str = "[A-Za-z0-9!\"%&'()*+,./:;<=>?_-]{90}";

fn ai(digits: &str) -> &'static ApplicationIdentifier {
    ApplicationIdentifier::find(digits).expect("in the table")
}

/// A good value of an identifier, made of digits and a text that are there in plenty.
fn value_of(ai: &ApplicationIdentifier, digits: &str, text: &str, length: usize) -> String {
    let checked = |stem: &str| format!("{stem}{}", check_digit(stem).expect("digits"));
    match (ai.check, ai.format) {
        (Check::Digit, Format::Digits { most, .. }) => checked(&digits[..most - 1]),
        (Check::Piece, _) => format!("{}0102", checked(&digits[..13])),
        (Check::Date, _) => format!("{}0229", &digits[..2]),
        (_, Format::Digits { least, most }) => digits[..least + length % (most - least + 1)].to_owned(),
        (_, Format::Text { most }) => text[..1 + length % most].to_owned(),
    }
}

/// Some elements, each identifier once, and none without what it needs.
fn data() -> impl Strategy<Value = Gs1Data> {
    let all = ApplicationIdentifier::ALL.len();
    let one = (0..all, "[0-9]{20}", TEXT, 0_usize..90);
    proptest::collection::vec(one, 1..6).prop_filter_map("an identifier needs another one", |parts| {
        let mut seen = std::collections::BTreeSet::new();
        let elements: Vec<(&str, String)> = parts
            .iter()
            .map(|(place, digits, text, length)| (&ApplicationIdentifier::ALL[*place], digits, text, *length))
            .filter(|(ai, ..)| seen.insert(ai.digits))
            .map(|(ai, digits, text, length)| (ai.digits, value_of(ai, digits, text, length)))
            .collect();
        Gs1Data::new(elements.iter().map(|(ai, value)| (*ai, value.as_str()))).ok()
    })
}

#[test]
fn element_strings_are_read_as_the_standard_writes_them() {
    for (text, shown) in [
        ("0109506000134352", "(01)09506000134352"),
        ("010950600013435221A7\u{1d}10L-1", "(01)09506000134352(21)A7(10)L-1"),
        ("010950600013435210L-1\u{1d}21A7", "(01)09506000134352(10)L-1(21)A7"),
        ("0109506000134352\u{1d}21A7", "(01)09506000134352(21)A7"),
        ("0109506000134352242117", "(01)09506000134352(242)117"),
        ("8006095060001343520102\u{1d}21A7", "(8006)095060001343520102(21)A7"),
        ("4149506000134376254B2", "(414)9506000134376(254)B2"),
        ("400WO-0117", "(400)WO-0117"),
        ("8004950600LAST/0142", "(8004)950600LAST/0142"),
        ("8018376104250021234569\u{1d}80197", "(8018)376104250021234569(8019)7"),
        ("91W0000001X\u{1d}99any", "(91)W0000001X(99)any"),
        ("17270200", "(17)270200"),
    ] {
        let read = Gs1Data::parse_element_string(text);
        assert_eq!(read.as_ref().map(ToString::to_string).unwrap_or_default(), shown, "{text:?}: {read:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused_by_the_name_of_its_identifier() {
    let unknown = |found: &str| Gs1Fault::UnknownIdentifier { found: found.to_owned() };
    for (text, fault) in [
        ("", Gs1Fault::Empty),
        ("W0000001X", unknown("W000")),
        ("鞋01", unknown("鞋01")),
        ("0109506000134352鞋", unknown("鞋")),
        ("0109506000134353", Gs1Fault::BadCheckDigit { ai: "01" }),
        ("01095060001343", Gs1Fault::WrongLength { ai: "01" }),
        ("010950600\u{1d}134352", Gs1Fault::WrongLength { ai: "01" }),
        ("010950600013435鞋", Gs1Fault::WrongLength { ai: "01" }),
        ("0109506000134鞋", Gs1Fault::BadCharacter { ai: "01" }),
        ("01鞋鞋鞋鞋鞋", Gs1Fault::WrongLength { ai: "01" }),
        ("21", Gs1Fault::WrongLength { ai: "21" }),
        ("21A 7", Gs1Fault::BadCharacter { ai: "21" }),
        ("21鞋", Gs1Fault::BadCharacter { ai: "21" }),
        ("21ABCDEFGHIJKLMNOPQRSTU", Gs1Fault::WrongLength { ai: "21" }),
        ("242A", Gs1Fault::BadCharacter { ai: "242" }),
        ("2421234567", Gs1Fault::WrongLength { ai: "242" }),
        ("8006095060001343520302", Gs1Fault::BadPiece { ai: "8006" }),
        ("8006095060001343520002", Gs1Fault::BadPiece { ai: "8006" }),
        ("8006095060001343530102", Gs1Fault::BadCheckDigit { ai: "8006" }),
        ("80060950600013435201", Gs1Fault::WrongLength { ai: "8006" }),
        ("17271301", Gs1Fault::BadDate { ai: "17" }),
        ("17270230", Gs1Fault::BadDate { ai: "17" }),
        ("254B2", Gs1Fault::Orphan { ai: "254", needs: "414" }),
        ("80197", Gs1Fault::Orphan { ai: "8019", needs: "8018" }),
        ("21A7\u{1d}21A8", Gs1Fault::Contradiction { ai: "21", first: "A7".to_owned(), second: "A8".to_owned() }),
    ] {
        assert_eq!(Gs1Data::parse_element_string(text), Err(fault.clone()), "{text:?}");
        assert!(!fault.to_string().is_empty(), "every fault has words");
    }
}

#[test]
fn links_are_read_from_any_domain_and_nothing_else_is_one() {
    for (text, shown) in [
        ("https://example.com/01/09506000134352", "(01)09506000134352"),
        ("https://id.gs1.org/01/09506000134352/22/1/10/L-1/21/A7", "(01)09506000134352(22)1(10)L-1(21)A7"),
        ("https://example.com/00/00/01/09506000134352", "(01)09506000134352"),
        (
            "http://example.com:8080/shoes/01/09506000134352/21/A%2F7/?17=271231&utm=x",
            "(01)09506000134352(21)A/7(17)271231",
        ),
        ("HTTPS://EXAMPLE.COM/414/9506000134376/254/B2#map", "(414)9506000134376(254)B2"),
    ] {
        let read = Gs1Data::parse_digital_link(text);
        assert_eq!(read.as_ref().map(ToString::to_string), Ok(shown.to_owned()), "{text}");
    }
    for text in [
        "",
        "0109506000134352",
        "ftp://example.com/01/09506000134352",
        "https://example.com",
        "https://example.com/01",
        "https://example.com/?01=09506000134352",
        "https://example.com/01/09506000134352/page",
        "https://example.com/01/09506000134352/21/A7/10/L-1",
        "https://example.com/W0000001X",
    ] {
        assert_eq!(
            Gs1Data::parse_digital_link(text),
            Err(Gs1Fault::NoLink),
            "{text}: qualifiers out of order are no link"
        );
    }
    for (text, fault) in [
        ("https://example.com/01/09506000134353", Gs1Fault::BadCheckDigit { ai: "01" }),
        ("https://example.com/01/9506000134352", Gs1Fault::WrongLength { ai: "01" }),
        ("https://example.com/01/09506000134352/21/A%2", Gs1Fault::BadCharacter { ai: "21" }),
        ("https://example.com/01/09506000134352/21/A%FF", Gs1Fault::BadCharacter { ai: "21" }),
        ("https://example.com/01/09506000134352?4444=1", Gs1Fault::UnknownIdentifier { found: "4444".to_owned() }),
    ] {
        assert_eq!(Gs1Data::parse_digital_link(text), Err(fault), "{text}");
    }
}

#[test]
fn no_identifier_begins_with_another_one() {
    for one in ApplicationIdentifier::ALL {
        for other in ApplicationIdentifier::ALL.iter().filter(|other| other.digits != one.digits) {
            assert!(
                !other.digits.starts_with(one.digits),
                "({}) and ({}) could not be told apart",
                one.digits,
                other.digits
            );
        }
    }
}

#[test]
fn the_check_digit_is_that_of_the_published_examples() {
    // GS1 General Specifications §7.9.1, and the sample numbers of the Digital Link standard.
    for (stem, check) in
        [("629104150021", '3'), ("0950600013435", '2'), ("37610425002123456", '9'), ("950600013437", '6')]
    {
        assert_eq!(check_digit(stem), Some(check), "{stem}");
    }
    assert_eq!((check_digit(""), check_digit("12A")), (None, None), "only digits have one");
}

#[test]
fn every_altered_and_every_dropped_digit_is_caught_where_there_is_a_check_digit() {
    let digits = "95060001343527160384";
    for ai in ApplicationIdentifier::ALL.iter().filter(|ai| matches!(ai.check, Check::Digit | Check::Piece)) {
        let good = value_of(ai, digits, "", 0);
        let checked = if ai.check == Check::Piece { 14 } else { good.len() };
        assert!(Gs1Data::new([(ai.digits, good.as_str())]).is_ok(), "({}){good}", ai.digits);
        for place in 0..good.len() {
            let dropped = format!("{}{}{}", ai.digits, &good[..place], &good[place + 1..]);
            assert!(Gs1Data::parse_element_string(&dropped).is_err(), "{dropped}: a digit is missing");
        }
        for place in 0..checked {
            for digit in ('0'..='9').filter(|digit| !good[place..].starts_with(*digit)) {
                let altered = format!("{}{}{digit}{}", ai.digits, &good[..place], &good[place + 1..]);
                assert!(Gs1Data::parse_element_string(&altered).is_err(), "{altered} differs from {good} at {place}");
            }
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(data in data()) {
        prop_assert_eq!(Gs1Data::parse_element_string(&data.to_element_string()), Ok(data.clone()));
        if let Some(link) = data.to_digital_link("https://example.com/") {
            let read = Gs1Data::parse_digital_link(&link).map_err(|fault| TestCaseError::fail(format!("{link}: {fault}")))?;
            for element in data.elements() {
                prop_assert_eq!(read.value(element.ai.digits), Some(element.value.as_str()), "{}", link);
            }
            prop_assert_eq!(read.elements().len(), data.elements().len(), "{}", link);
        }
    }

    #[test]
    fn an_altered_check_digit_is_caught_wherever_it_stands(data in data(), place in any::<prop::sample::Index>(), by in 1_u32..10) {
        let checked: Vec<_> = data.elements().iter().filter(|element| element.ai.check == Check::Digit).collect();
        prop_assume!(!checked.is_empty());
        let element = checked[place.index(checked.len())];
        let text = data.to_element_string();
        let whole = format!("{}{}", element.ai.digits, element.value);
        let wrong = |digit: char| char::from_digit((digit.to_digit(10).unwrap_or(0) + by) % 10, 10).unwrap_or('0');
        let last = whole.chars().next_back().map_or('0', wrong);
        let altered = text.replacen(&whole, &format!("{}{last}", &whole[..whole.len() - 1]), 1);
        prop_assert!(Gs1Data::parse_element_string(&altered).is_err(), "{altered:?}");
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>(), near in "(01|10|21|414|254|8006|91|\u{1d}|[0-9A-Z]|鞋|%|/){0,40}") {
        for text in [text.as_str(), &near, &format!("https://e.com/{near}"), &format!("https://e.com/01/{near}?{text}")] {
            for read in [Gs1Data::parse_element_string(text), Gs1Data::parse_digital_link(text)].into_iter().flatten() {
                prop_assert!(!read.elements().is_empty(), "data is something");
                prop_assert_eq!(Gs1Data::parse_element_string(&read.to_element_string()), Ok(read));
            }
        }
    }
}

#[test]
fn the_table_knows_its_keys() {
    assert_eq!(ai("01").qualifiers, Some(&["22", "10", "21"][..]), "in the order of a link's path");
    assert!(ai("91").is_internal() && !ai("400").is_internal(), "91 to 99 are the factory's own");
    assert_eq!(SEPARATOR, '\u{1d}', "what scanners send for FNC1");
}
