//! What a scanned text means: one thing, or a refusal that says why.

use cordwainer_domain::code::gs1::Gs1Fault;
use cordwainer_domain::code::{
    Aliases, Code, CodeAlias, CodeFault, CodeType, ExternalCode, LONGEST_SCAN, NoMeaning, Syntax, read_scan,
};
use proptest::prelude::*;

const GTIN: &str = "09506000134352";

fn lot(number: u64) -> Code {
    Code::from_number(CodeType::MaterialLot, number).expect("a code")
}

fn named(names: &[(ExternalCode, u64)]) -> Aliases {
    names.iter().map(|(external, number)| CodeAlias { external: external.clone(), code: lot(*number) }).collect()
}

fn text(text: &str) -> ExternalCode {
    ExternalCode::of_text(text).expect("a text")
}

fn gs1(path: &str) -> ExternalCode {
    ExternalCode::Gs1(path.to_owned())
}

#[test]
fn a_text_means_the_code_it_is_or_is_called_or_carries() {
    let aliases = named(&[
        (text("4006381333931"), 1),
        (text("HIDE 0815/牛皮"), 2),
        (gs1(&format!("/01/{GTIN}")), 3),
        (gs1(&format!("/01/{GTIN}/10/L-1")), 4),
        (gs1("/414/9506000134376/254/B%2F2"), 5),
        (ExternalCode::of_tag("E2:80:11:60:60:00:02:09").expect("a tag"), 6),
    ]);
    let own = lot(7);
    for (scanned, syntax, meant) in [
        (own.as_str(), Syntax::Plain, 7),
        (" 4006381333931 ", Syntax::Plain, 1),
        ("HIDE 0815/牛皮", Syntax::Plain, 2),
        (&format!("01{GTIN}"), Syntax::Gs1, 3),
        (&format!("01{GTIN}10L-2"), Syntax::Gs1, 3),
        (&format!("01{GTIN}10L-1"), Syntax::Gs1, 4),
        (&format!("10L-1\u{1d}01{GTIN}"), Syntax::Gs1, 4),
        (&format!("https://tannery.example/01/{GTIN}/10/L-1?11=260101"), Syntax::Plain, 4),
        (&format!("https://tannery.example/01/{GTIN}"), Syntax::Gs1, 3),
        ("4149506000134376254B/2", Syntax::Gs1, 5),
        (&format!("91{own}"), Syntax::Gs1, 7),
        ("e2801160 60000209", Syntax::Tag, 6),
        ("0xE280116060000209", Syntax::Tag, 6),
    ] {
        assert_eq!(read_scan(scanned, syntax, &aliases), Ok(lot(meant)), "{scanned:?} as {syntax:?}");
    }
}

#[test]
fn a_text_without_a_meaning_says_which_kind_of_text_it_is() {
    let aliases = named(&[(text("SOMETHING"), 1)]);
    let oversize = "W".repeat(LONGEST_SCAN + 1);
    for (scanned, syntax, expected) in [
        ("", Syntax::Plain, NoMeaning::Fault(CodeFault::Empty)),
        (oversize.as_str(), Syntax::Gs1, NoMeaning::Fault(CodeFault::Oversize)),
        ("W00", Syntax::Plain, NoMeaning::Fault(CodeFault::WrongLength)),
        ("4006381333931", Syntax::Plain, NoMeaning::Fault(CodeFault::Foreign)),
        ("https://example.com/", Syntax::Plain, NoMeaning::Fault(CodeFault::Foreign)),
        // The identifier said that GS1 data follows, so a code of ours behind it is a symbol that was made wrongly.
        ("W00", Syntax::Gs1, NoMeaning::Gs1(Gs1Fault::UnknownIdentifier { found: "W00".to_owned() })),
        ("0109506000134353", Syntax::Gs1, NoMeaning::Gs1(Gs1Fault::BadCheckDigit { ai: "01" })),
        ("https://e.com/01/09506000134353", Syntax::Plain, NoMeaning::Gs1(Gs1Fault::BadCheckDigit { ai: "01" })),
        ("E2801160", Syntax::Tag, NoMeaning::UnnamedTag("E2801160".to_owned())),
        ("E280116", Syntax::Tag, NoMeaning::NoTag),
        (lot(1).as_str(), Syntax::Tag, NoMeaning::NoTag),
    ] {
        assert_eq!(read_scan(scanned, syntax, &aliases), Err(expected), "{scanned:?} as {syntax:?}");
    }
    let unnamed = read_scan(&format!("01{GTIN}"), Syntax::Gs1, &aliases);
    assert!(matches!(&unnamed, Err(NoMeaning::Unnamed(data)) if data.value("01") == Some(GTIN)), "{unnamed:?}");
}

#[test]
fn a_text_that_could_be_two_things_is_refused_with_both() {
    let own = lot(7);
    let aliases = named(&[
        (text(own.as_str()), 1),
        (text("HIDE"), 2),
        (text("HIDE"), 3),
        (gs1(&format!("/01/{GTIN}")), 4),
        (gs1("/8004/950600LAST"), 5),
    ]);
    let link = format!("https://e.com/01/{GTIN}?91={own}");
    for (scanned, syntax, one, other) in [
        (own.as_str(), Syntax::Plain, 1, 7),
        ("HIDE", Syntax::Plain, 2, 3),
        (&format!("01{GTIN}91{own}"), Syntax::Gs1, 4, 7),
        (&format!("01{GTIN}8004950600LAST"), Syntax::Gs1, 4, 5),
        (&format!("91{own}\u{1d}92{}", lot(8)), Syntax::Gs1, 7, 8),
        (&link, Syntax::Plain, 4, 7),
    ] {
        let read = read_scan(scanned, syntax, &aliases);
        assert_eq!(read, Err(NoMeaning::TwoThings(lot(one), lot(other))), "{scanned:?}");
    }
    let twice = named(&[(text("HIDE"), 2), (text("HIDE"), 2)]);
    assert_eq!(read_scan("HIDE", Syntax::Plain, &twice), Ok(lot(2)), "said twice, it is still one thing");
    assert_eq!(read_scan(&format!("91{own}\u{1d}92{own}"), Syntax::Gs1, &twice), Ok(own), "and so is a code");
}

#[test]
fn an_alias_survives_the_wire_and_refuses_what_it_does_not_know() {
    let alias = CodeAlias { external: gs1("/01/09506000134352"), code: lot(1) };
    let json = serde_json::to_string(&alias).expect("written");
    assert_eq!(serde_json::from_str::<CodeAlias>(&json).expect("read"), alias, "{json}");
    for (written, kept) in [
        (r#"{"kind":"tag","value":"e2:80:11:60"}"#, Some(ExternalCode::Tag("E2801160".to_owned()))),
        (r#"{"kind":"gs1","value":"/8004/950600LAST%2F1"}"#, Some(gs1("/8004/950600LAST%2F1"))),
        (r#"{"kind":"text","value":" HIDE "}"#, Some(text("HIDE"))),
        (r#"{"kind":"text","value":" "}"#, None),
        (r#"{"kind":"gs1","value":"/01/09506000134353"}"#, None),
        (r#"{"kind":"gs1","value":"09506000134352"}"#, None),
        (r#"{"kind":"tag","value":"E28"}"#, None),
    ] {
        assert_eq!(serde_json::from_str(written).ok(), kept, "{written}: kept as it will be compared, or refused");
    }
    let torn = json.replace(lot(1).as_str(), "M00");
    assert!(serde_json::from_str::<CodeAlias>(&torn).is_err(), "an alias names a whole code of ours");
}

proptest! {
    #[test]
    fn any_text_means_one_thing_or_is_refused(text in any::<String>(), digits in "[0-9A-F:]{0,40}") {
        let aliases = named(&[(ExternalCode::Text("HIDE".to_owned()), 1)]);
        for text in [&text, &digits] {
            for syntax in [Syntax::Plain, Syntax::Gs1, Syntax::Tag] {
                if let Ok(code) = read_scan(text, syntax, &aliases) {
                    prop_assert!(text.contains(code.as_str()) || text.trim() == "HIDE", "{text:?} became {code}");
                }
            }
        }
    }
}
