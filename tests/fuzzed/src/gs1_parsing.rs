//! The text of a supplier's symbol: element string, link, the number of a tag.

use cordwainer_domain::code::gs1::Gs1Data;
use cordwainer_domain::code::{Aliases, CodeAlias, CodeType, ExternalCode, Syntax, read_scan};

/// What is read as GS1 data can be written and read again as the same; a text never means a code of ours that is not in it.
pub fn gs1_parsing(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    for data in [Gs1Data::parse_element_string(&text), Gs1Data::parse_digital_link(&text)].into_iter().flatten() {
        let written = data.to_element_string();
        assert_eq!(Gs1Data::parse_element_string(&written), Ok(data.clone()), "{written:?}");
        if let Some(link) = data.to_digital_link("https://example.com") {
            let read = Gs1Data::parse_digital_link(&link).map(|read| read.elements().len());
            assert_eq!(read, Ok(data.elements().len()), "{link}");
        }
    }
    let lot = cordwainer_domain::code::Code::from_number(CodeType::MaterialLot, 1);
    let aliases: Aliases = ExternalCode::of_text("HIDE")
        .into_iter()
        .flat_map(|external| lot.clone().map(|code| CodeAlias { external, code }))
        .collect();
    for syntax in [Syntax::Plain, Syntax::Gs1, Syntax::Tag] {
        if let Ok(code) = read_scan(&text, syntax, &aliases) {
            assert!(text.contains(code.as_str()) || text.trim() == "HIDE", "{text:?} became {code}");
        }
    }
}
