//! The labels of the factory: one kind, one template in `assets/labels`.

use serde::{Deserialize, Serialize};

use crate::{LabelError, LabelTemplate, MediaMm};

/// What a label is for. Printers are chosen by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelKind {
    /// 流转卡: goes with the pair, 60 × 40 mm.
    Traveller,
    /// 部件标签: on a cut component, 40 × 30 mm.
    ComponentTag,
    /// 周转架标签: on a rack of work in progress, 100 × 50 mm.
    RackTag,
    /// 鞋盒标签: on the end of the shoe box, 100 × 50 mm.
    ShoeBox,
    /// 合格证: in the box, 60 × 80 mm. Elements of QB/T 2673-2023, size of GB/T 43293-2022; the standard no longer asks for
    /// this paper, customers still do.
    Certificate,
    /// 材质标识: the pictograms of Directive 94/11/EC, on at least one shoe of a pair, 50 × 30 mm.
    Composition,
    /// 物料批次标签: on a lot of material, 60 × 40 mm.
    MaterialLot,
    /// 库位标签: on a shelf, 60 × 40 mm.
    Location,
    /// 工牌: a worker's, 86 × 54 mm. Its code is a random token, so that a lost badge names nobody to a scanner.
    Badge,
    /// 指令卡: what a worker can say with the scanner, 86 × 54 mm.
    CommandCard,
    /// 发货标签: on the parcel, 100 × 150 mm. Its codes carry the tracking number only.
    Shipping,
    /// 保养卡: for the customer, with the way to the shoe's passport, 100 × 70 mm.
    CareCard,
}

impl LabelKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Traveller,
        Self::ComponentTag,
        Self::RackTag,
        Self::ShoeBox,
        Self::Certificate,
        Self::Composition,
        Self::MaterialLot,
        Self::Location,
        Self::Badge,
        Self::CommandCard,
        Self::Shipping,
        Self::CareCard,
    ];

    /// The word in a configuration: `shoe_box`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Traveller => "traveller",
            Self::ComponentTag => "component_tag",
            Self::RackTag => "rack_tag",
            Self::ShoeBox => "shoe_box",
            Self::Certificate => "certificate",
            Self::Composition => "composition",
            Self::MaterialLot => "material_lot",
            Self::Location => "location",
            Self::Badge => "badge",
            Self::CommandCard => "command_card",
            Self::Shipping => "shipping",
            Self::CareCard => "care_card",
        }
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What a template of this kind is called: the word and the size of its label, `shoe-box-100x50`.
    pub fn template_name(self, media: MediaMm) -> String {
        format!("{}-{}x{}", self.word().replace('_', "-"), media.width, media.height)
    }

    /// The template that ships with the program. [`LabelTemplate::fields`] tells what it binds.
    ///
    /// # Errors
    /// Never for the files of this build, which a test reads; the type says so rather than a panic.
    pub fn template(self) -> Result<LabelTemplate, LabelError> {
        LabelTemplate::parse(match self {
            Self::Traveller => include_str!("../../../assets/labels/traveller-60x40.json"),
            Self::ComponentTag => include_str!("../../../assets/labels/component-tag-40x30.json"),
            Self::RackTag => include_str!("../../../assets/labels/rack-tag-100x50.json"),
            Self::ShoeBox => include_str!("../../../assets/labels/shoe-box-100x50.json"),
            Self::Certificate => include_str!("../../../assets/labels/certificate-60x80.json"),
            Self::Composition => include_str!("../../../assets/labels/composition-50x30.json"),
            Self::MaterialLot => include_str!("../../../assets/labels/material-lot-60x40.json"),
            Self::Location => include_str!("../../../assets/labels/location-60x40.json"),
            Self::Badge => include_str!("../../../assets/labels/badge-86x54.json"),
            Self::CommandCard => include_str!("../../../assets/labels/command-card-86x54.json"),
            Self::Shipping => include_str!("../../../assets/labels/shipping-100x150.json"),
            Self::CareCard => include_str!("../../../assets/labels/care-card-100x70.json"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Element;

    #[test]
    fn every_kind_is_found_by_its_word_and_has_a_template_of_its_own() {
        let mut names = std::collections::BTreeSet::new();
        for kind in LabelKind::ALL {
            assert_eq!(LabelKind::of_word(kind.word()), Some(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.word()));
            let template = kind.template().unwrap_or_else(|error| panic!("{kind:?}: {error}"));
            assert_eq!(template.name, kind.template_name(template.media_mm), "the name tells kind and size");
            assert!(names.insert(template.name), "{kind:?} shares its template");
        }
        assert_eq!(LabelKind::of_word("box"), None);
    }

    #[test]
    fn no_code_carries_personal_data() {
        for kind in LabelKind::ALL {
            for element in kind.template().unwrap().elements {
                let Element::Barcode(barcode) = element else { continue };
                let allowed = ["{code}", "{tracking}", "{passport_url}"];
                assert!(allowed.contains(&barcode.value.as_str()), "{kind:?} encodes {}", barcode.value);
            }
        }
    }
}
