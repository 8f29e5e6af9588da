//! Every code of a factory on A4 sheets, to print and cut out, in both languages.

use cordwainer_domain::LocalText;
use cordwainer_labels::{CodeSheetCell, CodeSheetSection, LabelError, code_sheet_pdf};

use super::codes::Codes;
use super::factory::Factory;

/// Whether PINs are printed beside the badges.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pins {
    /// The demo's, which are public.
    Shown,
    /// A factory's: whoever finds the sheet must not be able to sign with it.
    Hidden,
}

/// The sheets as one PDF.
///
/// # Errors
/// [`LabelError`] naming a code or caption that cannot be printed.
pub fn sheets(factory: &Factory, codes: &Codes, pins: Pins) -> Result<Vec<u8>, LabelError> {
    let site = &factory.site.name;
    code_sheet_pdf(&format!("{} · {}", site.zh, site.en), &sections(factory, codes, pins))
}

fn sections(factory: &Factory, codes: &Codes, pins: Pins) -> Vec<CodeSheetSection> {
    let badges = codes.badges.iter().map(|badge| {
        let note = match pins {
            Pins::Shown => format!("PIN {}", badge.pin),
            Pins::Hidden => both(&badge.short),
        };
        cell(&badge.code, &badge.name, note)
    });
    let commands = codes.commands.iter().map(|card| cell(&card.code, &card.name, String::new()));
    let workstations = codes.workstations.iter().map(|place| {
        let centre = factory.work_centres.iter().find(|centre| Some(&centre.id) == place.work_centre.as_ref());
        cell(&place.code, &place.name, centre.map(|centre| both(&centre.name)).unwrap_or_default())
    });
    let travellers = codes.travellers.iter().map(|traveller| {
        let style = factory.style(&traveller.style).map(|style| style.name.clone()).unwrap_or_default();
        cell(&traveller.code, &style, traveller.number.clone())
    });
    let defects = codes.defects.iter().map(|defect| {
        let operation = factory.operation(&defect.operation).map(|operation| both(&operation.short));
        cell(&defect.code, &defect.name, operation.unwrap_or_default())
    });
    vec![
        CodeSheetSection { heading: "工牌 Badges".into(), cells: badges.collect() },
        CodeSheetSection { heading: "指令卡 Command cards".into(), cells: commands.collect() },
        CodeSheetSection { heading: "工位 Workstations".into(), cells: workstations.collect() },
        CodeSheetSection { heading: "流转卡 Travellers".into(), cells: travellers.collect() },
        CodeSheetSection { heading: "缺陷 Defects".into(), cells: defects.collect() },
    ]
}

fn cell(code: &cordwainer_domain::code::Code, name: &LocalText, note: String) -> CodeSheetCell {
    CodeSheetCell { code: code.to_string(), caption_zh: name.zh.clone(), caption_en: name.en.clone(), note }
}

fn both(text: &LocalText) -> String {
    format!("{} {}", text.zh, text.en)
}

#[cfg(test)]
mod tests {
    use super::{Pins, sections, sheets};
    use crate::demo::{Factory, codes, stand};

    #[test]
    fn the_sheets_hold_every_code_that_a_hand_can_present() {
        let factory = Factory::embedded().expect("the demo is sound");
        let orders = stand(&factory, "2026-11-19T07:10:00Z".parse().expect("an instant")).expect("a playable demo");
        let codes = codes(&factory, &orders).expect("printable cards");
        let cells: Vec<usize> =
            sections(&factory, &codes, Pins::Shown).iter().map(|section| section.cells.len()).collect();
        assert_eq!(cells, [24, 14, 14, 60, 30], "badges, commands, workstations, travellers, defects");
        let pdf = sheets(&factory, &codes, Pins::Shown).expect("printable sheets");
        assert!(pdf.starts_with(b"%PDF"), "a PDF begins with its name");
    }

    #[test]
    fn a_factory_s_own_pins_are_never_printed() {
        let factory = Factory::embedded().expect("the demo is sound");
        let codes = codes(&factory, &[]).expect("printable cards");
        let badges = &sections(&factory, &codes, Pins::Hidden)[0];
        for (cell, person) in badges.cells.iter().zip(&factory.people) {
            assert!(!cell.note.contains(&person.pin), "the sheet would sign for {}", person.key);
        }
    }
}
