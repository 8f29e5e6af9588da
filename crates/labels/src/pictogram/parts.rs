//! The three parts: one low shoe seen from its side and a little from above, with one part black.

use super::Outline;
use super::pen::{closed_stroke, curve, stroke};

const LINE: f64 = 32.0;

/// Back end and front end of the opening.
const HEEL_TOP: [f64; 2] = [90.0, 300.0];
const THROAT: [f64; 2] = [440.0, 345.0];

/// The near edge of the opening.
fn near_rim() -> Outline {
    curve(&[HEEL_TOP, [190.0, 385.0], [330.0, 400.0], THROAT])
}

/// The far edge of the opening.
fn far_rim() -> Outline {
    curve(&[HEEL_TOP, [190.0, 250.0], [330.0, 265.0], THROAT])
}

/// Near rim, vamp, toe, feather line and heel.
fn upper_outline() -> Outline {
    let vamp = curve(&[THROAT, [540.0, 430.0], [690.0, 490.0], [850.0, 530.0], [935.0, 590.0], [945.0, 645.0]]);
    let back = curve(&[[75.0, 645.0], [60.0, 560.0], [68.0, 420.0], HEEL_TOP]);
    [near_rim(), vamp, back].concat()
}

/// Sole and heel.
fn sole_outline() -> Outline {
    let toe = curve(&[[955.0, 700.0], [962.0, 760.0], [900.0, 790.0], [700.0, 775.0], [400.0, 785.0]]);
    [vec![[62.0, 700.0]], toe, vec![[385.0, 900.0], [68.0, 900.0]]].concat()
}

/// The outer face is black.
pub(super) fn upper() -> Vec<Outline> {
    vec![upper_outline(), stroke(&far_rim(), LINE), closed_stroke(&sole_outline(), LINE)]
}

/// The inside is black, as far as it is seen.
pub(super) fn lining_and_sock() -> Vec<Outline> {
    let near = near_rim();
    let opening = near.iter().chain(far_rim().iter().rev()).copied().collect();
    vec![opening, closed_stroke(&upper_outline(), LINE), stroke(&far_rim(), LINE), closed_stroke(&sole_outline(), LINE)]
}

/// The sole is black.
pub(super) fn outsole() -> Vec<Outline> {
    vec![sole_outline(), closed_stroke(&upper_outline(), LINE), stroke(&far_rim(), LINE)]
}
