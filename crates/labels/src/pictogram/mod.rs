//! The pictograms of Directive 94/11/EC, Annex I: which part of the shoe, and of what material. Drawn by us as polygons in a
//! square of 1000 × 1000 units, so that they are sharp at every size and resolution.

mod materials;
mod parts;
mod pen;

use serde::{Deserialize, Serialize};

/// Units along one side of the square that pictograms are drawn in.
pub(crate) const SIDE_UNITS: f64 = 1000.0;

/// A closed outline in units, filled.
pub(crate) type Outline = Vec<[f64; 2]>;

/// A pictogram of the directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pictogram {
    /// 鞋面: the outer face that is attached to the outsole.
    Upper,
    /// 里皮和鞋垫: what touches the foot.
    LiningAndSock,
    /// 大底: what touches the ground.
    Outsole,
    /// 皮革: hide or skin that keeps its fibres.
    Leather,
    /// 涂层皮革: leather whose coating is at most a third of its thickness and more than 0.15 mm.
    CoatedLeather,
    /// 纺织: natural, synthetic or non-woven textile.
    Textile,
    /// 其他: everything else, rubber for example.
    Other,
}

impl Pictogram {
    /// Every pictogram: the parts, then the materials, in the order of the Annex.
    pub const ALL: [Self; 7] = [
        Self::Upper,
        Self::LiningAndSock,
        Self::Outsole,
        Self::Leather,
        Self::CoatedLeather,
        Self::Textile,
        Self::Other,
    ];

    /// The word in templates and data: `coated_leather`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Upper => "upper",
            Self::LiningAndSock => "lining_and_sock",
            Self::Outsole => "outsole",
            Self::Leather => "leather",
            Self::CoatedLeather => "coated_leather",
            Self::Textile => "textile",
            Self::Other => "other",
        }
    }

    /// The pictogram of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pictogram| pictogram.word() == word)
    }

    /// What is black: all of these, together.
    pub(crate) fn outlines(self) -> Vec<Outline> {
        match self {
            Self::Upper => parts::upper(),
            Self::LiningAndSock => parts::lining_and_sock(),
            Self::Outsole => parts::outsole(),
            Self::Leather => materials::leather(),
            Self::CoatedLeather => materials::coated_leather(),
            Self::Textile => materials::textile(),
            Self::Other => materials::other(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pictogram_is_found_by_its_word_in_text_and_in_json() {
        for pictogram in Pictogram::ALL {
            assert_eq!(Pictogram::of_word(pictogram.word()), Some(pictogram));
            assert_eq!(serde_json::to_string(&pictogram).unwrap(), format!("\"{}\"", pictogram.word()));
        }
        assert_eq!(Pictogram::of_word("rubber"), None, "rubber is `other`; a guess would be a false declaration");
    }

    #[test]
    fn every_pictogram_stays_in_its_square_and_differs_from_the_others() {
        let all = Pictogram::ALL.map(Pictogram::outlines);
        for (pictogram, outlines) in Pictogram::ALL.iter().zip(&all) {
            let inside = outlines.iter().flatten().flatten().all(|at| (0.0..=SIDE_UNITS).contains(at));
            assert!(inside, "{pictogram:?} leaves its square");
            assert!(all.iter().filter(|other| *other == outlines).count() == 1, "{pictogram:?} looks like another");
        }
    }
}
