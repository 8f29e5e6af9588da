//! Lines and curves as filled outlines: a back end then only fills polygons.

use super::Outline;

/// Steps between two points of a curve: at 12 mm and 300 dpi less than a dot from the true curve.
const STEPS: u32 = 10;

/// A smooth curve through the points (Catmull–Rom), with its ends.
pub(super) fn curve(points: &[[f64; 2]]) -> Outline {
    let last = points.len().saturating_sub(1);
    let mut path = Vec::new();
    for at in 0..last {
        let around = [points[at.saturating_sub(1)], points[at], points[at + 1], points[(at + 2).min(last)]];
        path.extend((0..STEPS).map(|step| between(around, f64::from(step) / f64::from(STEPS))));
    }
    path.extend(points.last());
    path
}

/// A smooth closed curve through the points.
pub(super) fn closed_curve(points: &[[f64; 2]]) -> Outline {
    let count = points.len();
    let mut path = Vec::new();
    for at in 0..count {
        let around = [at + count - 1, at, at + 1, at + 2].map(|index| points[index % count]);
        path.extend((0..STEPS).map(|step| between(around, f64::from(step) / f64::from(STEPS))));
    }
    path
}

/// A point between the middle two of four points.
fn between([before, from, to, after]: [[f64; 2]; 4], share: f64) -> [f64; 2] {
    [0, 1].map(|axis| {
        let (a, b, c, d) = (before[axis], from[axis], to[axis], after[axis]);
        let linear = c - a;
        let square = 2.0 * a - 5.0 * b + 4.0 * c - d;
        let cube = 3.0 * b - a - 3.0 * c + d;
        0.5 * (2.0 * b + share * (linear + share * (square + share * cube)))
    })
}

/// A line along the points, `width` thick, with round joints and ends.
pub(super) fn stroke(path: &[[f64; 2]], width: f64) -> Vec<Outline> {
    let sides = path.windows(2).filter_map(|pair| side(pair[0], pair[1], width));
    sides.chain(path.iter().map(|&point| joint(point, width))).collect()
}

/// The same along a closed path.
pub(super) fn closed_stroke(path: &[[f64; 2]], width: f64) -> Vec<Outline> {
    let closed: Outline = path.iter().chain(path.first()).copied().collect();
    stroke(&closed, width)
}

/// The rectangle around one straight piece; `None` for a piece without length.
fn side([x0, y0]: [f64; 2], [x1, y1]: [f64; 2], width: f64) -> Option<Outline> {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let length = (dx * dx + dy * dy).sqrt();
    if length == 0.0 {
        return None;
    }
    let (across_x, across_y) = (-dy / length * width / 2.0, dx / length * width / 2.0);
    Some(vec![
        [x0 + across_x, y0 + across_y],
        [x1 + across_x, y1 + across_y],
        [x1 - across_x, y1 - across_y],
        [x0 - across_x, y0 - across_y],
    ])
}

/// An octagon: round enough for a line of a few dots.
fn joint([x, y]: [f64; 2], width: f64) -> Outline {
    let (far, near) = (width / 2.0, width / 2.0 * 0.414_213_562_373_095_1);
    [[far, near], [near, far], [-near, far], [-far, near], [-far, -near], [-near, -far], [near, -far], [far, -near]]
        .map(|[dx, dy]| [x + dx, y + dy])
        .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_goes_through_all_its_points() {
        let points = [[0.0, 0.0], [100.0, 50.0], [200.0, 0.0], [300.0, 80.0]];
        let (open, closed) = (curve(&points), closed_curve(&points));
        for point in points {
            assert!(open.contains(&point) && closed.contains(&point), "{point:?}");
        }
        assert_eq!((open[0], open[open.len() - 1]), (points[0], points[3]), "an open curve ends where it should");
    }

    #[test]
    fn a_stroke_is_as_wide_as_it_says() {
        let outlines = stroke(&[[0.0, 0.0], [100.0, 0.0]], 10.0);
        let reach = |axis: usize| {
            let all = outlines.iter().flatten().map(move |point| point[axis]);
            (all.clone().fold(f64::MAX, f64::min), all.fold(f64::MIN, f64::max))
        };
        assert_eq!((reach(0), reach(1)), ((-5.0, 105.0), (-5.0, 5.0)), "round ends reach half a width further");
    }

    #[test]
    fn a_point_twice_is_no_side() {
        assert_eq!(stroke(&[[5.0, 5.0], [5.0, 5.0]], 10.0).len(), 2, "two joints only, and no division by zero");
    }
}
