//! What may be wrong with a template, whatever the data: one case each, so that a screen has its own words for it.

use thiserror::Error;

/// What makes no sense in a template. Numbers are kept as people read them.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateFault {
    /// The label is too small or too large.
    #[error("width and height must be 1 to 1000 mm, the gap 0 to 100 mm")]
    MediaSize,
    /// The name is another element's, or empty.
    #[error("two elements have this name")]
    NameTaken,
    /// `when` is no field.
    #[error("`when` is not a field name (a-z, 0-9 and _)")]
    When,
    /// The box is flat.
    #[error("its box has no area")]
    NoArea,
    /// The box is not on the label.
    #[error("its box leaves the {media} mm label")]
    LeavesLabel {
        /// Width × height in millimetres.
        media: String,
    },
    /// The module of a symbol.
    #[error("the module must be at least 1 dot and at most 10 mm")]
    Module,
    /// The frame of a box.
    #[error("the frame must be thicker than 0 and thinner than half the box")]
    Frame,
    /// A slanting line.
    #[error("a line must be horizontal or vertical")]
    Slanting,
    /// A word that names no pictogram.
    #[error("{word:?} names no pictogram")]
    NoPictogram {
        /// The word.
        word: String,
    },
    /// The size of a text.
    #[error("{pt} pt is outside 4 to 200")]
    PointSize {
        /// Points.
        pt: String,
    },
    /// A text that shall shrink, and nobody says how far.
    #[error("overflow `shrink` needs `min_pt`")]
    SmallestSizeMissing,
    /// A text that shall not shrink, and somebody says how far.
    #[error("overflow `error` never shrinks, so `min_pt` means nothing")]
    SmallestSizeIdle,
    /// The smallest size of a text.
    #[error("min_pt {min} is outside 4 to {pt}")]
    SmallestSize {
        /// Smallest size, points.
        min: String,
        /// Usual size, points.
        pt: String,
    },
    /// A brace without its other half.
    #[error("unmatched brace in {value:?}")]
    Brace {
        /// The whole value.
        value: String,
    },
    /// Something between braces that is no field.
    #[error("{field:?} is not a field name (a-z, 0-9 and _)")]
    FieldName {
        /// What stands there.
        field: String,
    },
    /// A field that labels of this kind are not given.
    #[error("labels of this kind have no field `{field}`")]
    UnknownField {
        /// The field.
        field: String,
    },
    /// A code would carry something about a person.
    #[error("a code carries `{{code}}`, `{{tracking}}` or `{{passport_url}}` and nothing else")]
    PersonalCode,
}
