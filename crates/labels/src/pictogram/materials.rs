//! The four materials: a hide, a hide with a lozenge in it, a net, a lozenge.

use super::pen::{closed_curve, closed_stroke, stroke};
use super::{Outline, SIDE_UNITS};

const LINE: f64 = 44.0;

/// Right half of a hide from the neck down, as distances from the middle line.
const HALF_HIDE: [[f64; 2]; 13] = [
    [70.0, 75.0],
    [125.0, 165.0],
    [235.0, 165.0],
    [385.0, 110.0],
    [435.0, 190.0],
    [320.0, 300.0],
    [265.0, 430.0],
    [275.0, 600.0],
    [345.0, 690.0],
    [440.0, 800.0],
    [385.0, 895.0],
    [240.0, 815.0],
    [85.0, 835.0],
];
/// Where the tail was.
const TAIL: [f64; 2] = [500.0, 925.0];

fn hide() -> Outline {
    let middle = SIDE_UNITS / 2.0;
    let right = HALF_HIDE.iter().map(|[away, y]| [middle + away, *y]);
    let left = HALF_HIDE.iter().rev().map(|[away, y]| [middle - away, *y]);
    closed_curve(&right.chain([TAIL]).chain(left).collect::<Vec<_>>())
}

fn lozenge(half_width: f64, half_height: f64) -> Outline {
    let middle = SIDE_UNITS / 2.0;
    vec![
        [middle, middle - half_height],
        [middle + half_width, middle],
        [middle, middle + half_height],
        [middle - half_width, middle],
    ]
}

pub(super) fn leather() -> Vec<Outline> {
    vec![closed_stroke(&hide(), LINE)]
}

pub(super) fn coated_leather() -> Vec<Outline> {
    vec![closed_stroke(&hide(), LINE), closed_stroke(&lozenge(165.0, 215.0), LINE)]
}

pub(super) fn textile() -> Vec<Outline> {
    let threads = [180.0, 340.0, 500.0, 660.0, 820.0];
    let weft = threads.into_iter().map(|y| stroke(&[[60.0, y], [940.0, y]], LINE));
    let warp = threads.into_iter().map(|x| stroke(&[[x, 60.0], [x, 940.0]], LINE));
    weft.chain(warp).collect()
}

pub(super) fn other() -> Vec<Outline> {
    vec![closed_stroke(&lozenge(400.0, 400.0), LINE)]
}
