//! Every printer language: what a strict reader sees is what was drawn, dot for dot.

use std::num::NonZeroU16;

use cordwainer_labels::{
    LabelEnding, LabelKind, LabelTemplate, PrintSettings, PrinterLanguage, PrinterStatus, Raster, ReadError, resolve,
};
use proptest::prelude::*;

use crate::{properties::random_raster, samples};

/// Gaps in whole dots of EPL2, which knows no others.
fn settings() -> impl Strategy<Value = PrintSettings> {
    let resolution = prop_oneof![Just(203_u16), Just(300), Just(600)];
    let ending =
        prop_oneof![any::<u8>().prop_map(LabelEnding::Feed), Just(LabelEnding::NextLabel), Just(LabelEnding::Cut)];
    (1_u16..20, resolution, prop_oneof![Just(0.0), 2.0..5.0], ending).prop_map(
        |(copies, dots_per_inch, gap_mm, ending)| PrintSettings {
            copies: NonZeroU16::new(copies).expect("from 1"),
            ending,
            gap_mm,
            ..PrintSettings::of(&LabelTemplate::traveller().expect("our own"), dots_per_inch)
        },
    )
}

/// The dots of both, and nothing black where only one has dots: ESC/POS makes a label a few white dots wider.
fn assert_same_dots(language: PrinterLanguage, seen: &Raster, drawn: &Raster) {
    let extra = seen.width_dots() - drawn.width_dots();
    assert!(extra < 8 && (extra == 0 || language == PrinterLanguage::EscPos), "{language}: {extra} dots wider");
    assert_eq!(seen.height_dots(), drawn.height_dots(), "{language}");
    assert!(seen.rows().eq(drawn.rows()), "{language}: another picture, or black behind the right edge");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn every_raster_comes_back_from_every_language(raster in random_raster(), settings in settings()) {
        for language in PrinterLanguage::ALL {
            let bytes = language.encode(&raster, &settings).expect("a label");
            let labels = language.read(&bytes, settings.dots_per_inch).expect("our own bytes");
            for label in &labels {
                assert_same_dots(language, &label.raster, &raster);
            }
            let copies: u32 = labels.iter().map(|label| label.copies).sum();
            prop_assert_eq!(copies, u32::from(settings.copies.get()), "{}", language);
            if let Some(gap_mm) = labels[0].gap_mm {
                let dot_mm = 25.4 / f64::from(settings.dots_per_inch);
                prop_assert!((gap_mm - settings.gap_mm).abs() < dot_mm, "{}: gap {} mm", language, gap_mm);
            }
        }
    }

    #[test]
    fn darkness_and_speed_are_seen_where_a_language_has_them(share in 0.0_f64..=1.0) {
        for language in PrinterLanguage::ALL {
            let (Some(darkness), Some(speed)) = (language.darkness_steps(), language.speed_steps()) else { continue };
            let within = |steps: std::ops::RangeInclusive<u8>| {
                steps.start() + (f64::from(steps.end() - steps.start()) * share).round() as u8
            };
            let settings = PrintSettings {
                darkness: Some(within(darkness)),
                speed: Some(within(speed)),
                ..PrintSettings::of(&LabelTemplate::traveller().expect("our own"), 203)
            };
            let bytes = language.encode(&Raster::white(9, 9), &settings).expect("a label");
            let label = language.read(&bytes, 203).expect("our own bytes").remove(0);
            prop_assert_eq!((label.darkness, label.speed), (settings.darkness, settings.speed), "{}", language);
        }
    }

    #[test]
    fn no_reader_panics_on_noise(
        noise in prop::collection::vec(any::<u8>(), 0..300),
        at in any::<prop::sample::Index>(),
        to in any::<u8>(),
        words in "(SIZE|GAP|CLS|BITMAP|PRINT|mm|q8|Q8,16|N|GW|P1|[0-9, .\r\n]){0,30}",
    ) {
        let template = LabelTemplate::traveller().expect("our own");
        for language in PrinterLanguage::ALL {
            let _ = language.read(&noise, 203);
            let _ = language.read(words.as_bytes(), 203);
            let mut bytes = language.encode(&Raster::white(20, 9), &PrintSettings::of(&template, 203)).expect("a label");
            let place = at.index(bytes.len());
            bytes[place] = to;
            let _ = language.read(&bytes, 203);
            let _ = language.read(&bytes, 0);
        }
    }

    #[test]
    fn no_status_parser_panics_on_noise(noise in prop::collection::vec(any::<u8>(), 0..300), text in "[\\x02\\x03,0-9\r\n]{0,120}") {
        for language in PrinterLanguage::ALL {
            let _ = language.parse_status(&noise);
            let _ = language.parse_status(text.as_bytes());
        }
    }

    #[test]
    fn a_label_that_is_cut_short_is_never_a_label(raster in random_raster(), at in any::<prop::sample::Index>()) {
        let template = LabelTemplate::traveller().expect("our own");
        for language in PrinterLanguage::ALL {
            let bytes = language.encode(&raster, &PrintSettings::of(&template, 203)).expect("a label");
            // The last line end is not part of what a printer waits for.
            let whole = bytes.trim_ascii_end().len();
            let end = 1 + at.index(whole - 1);
            let seen = language.read(&bytes[..end], 203);
            prop_assert!(
                matches!(seen, Err(ReadError::Unfinished { .. })) || bytes[..end].iter().all(u8::is_ascii_whitespace),
                "{} cut at {} of {}: {:?}", language, end, bytes.len(), seen.map(|labels| labels.len())
            );
        }
    }
}

#[test]
fn an_inverted_label_is_seen_as_inverted() {
    let layout = resolve(&LabelTemplate::traveller().unwrap(), &samples::short(LabelKind::Traveller), 203).unwrap();
    let drawn = Raster::render(&layout).unwrap();
    let mut inverted = Raster::white(drawn.width_dots(), drawn.height_dots());
    for (x, y) in (0..drawn.height_dots()).flat_map(|y| (0..drawn.width_dots()).map(move |x| (x, y))) {
        if !drawn.is_black(x, y) {
            inverted.set_black(x, y);
        }
    }
    let settings = PrintSettings::of(&LabelTemplate::traveller().unwrap(), 203);
    for language in PrinterLanguage::ALL {
        let seen = language.read(&language.encode(&inverted, &settings).unwrap(), 203).unwrap().remove(0);
        assert_same_dots(language, &seen.raster, &inverted);
        assert!(!seen.raster.rows().eq(drawn.rows()), "{language}: black and white are told apart");
    }
}

#[test]
fn no_language_understands_another() {
    let settings = PrintSettings::of(&LabelTemplate::traveller().unwrap(), 203);
    for spoken in PrinterLanguage::ALL {
        let bytes = spoken.encode(&Raster::white(16, 16), &settings).unwrap();
        for heard in PrinterLanguage::ALL.into_iter().filter(|heard| *heard != spoken) {
            let refusal = heard.read(&bytes, 203).expect_err("another language");
            assert!(matches!(refusal, ReadError::Refused { .. }), "{spoken} read as {heard}: {refusal}");
        }
    }
}

#[test]
fn no_status_query_is_taken_for_a_label() {
    for language in PrinterLanguage::ALL {
        let query = language.status_query();
        assert!(language.read(query, 203).is_err(), "{language}: a query prints nothing");
        let echoed = language.parse_status(query);
        assert_ne!(echoed, PrinterStatus::Ready, "{language}: an echo is no answer");
    }
}
