//! Lines and curves as filled outlines: a back end then only fills polygons.

use super::Outline;

/// Steps between two points of a curve: at 12 mm and 300 dpi less than half a dot from the true curve.
const STEPS: u32 = 4;

/// A smooth curve through the points (Catmull–Rom), with its ends.
pub(super) fn curve(points: &[[f64; 2]]) -> Outline {
    let end = points.len().saturating_sub(1);
    let mut path = Vec::new();
    for at in 0..end {
        let around = [points[at.saturating_sub(1)], points[at], points[at + 1], points[(at + 2).min(end)]];
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

/// A line along the points, `width` thick; its ends reach half a width further.
pub(super) fn stroke(path: &[[f64; 2]], width: f64) -> Outline {
    let (Some(&first), Some(&final_one)) = (path.first(), path.last()) else { return Vec::new() };
    let (Some(&second), Some(&one_before)) = (path.get(1), path.iter().rev().nth(1)) else { return Vec::new() };
    let (begin, end) = (beyond(second, first, width / 2.0), beyond(one_before, final_one, width / 2.0));
    let long: Outline = [&[begin], &path[1..path.len() - 1], &[end]].concat();
    let edge = |at: usize| {
        let (from, to) = (long[at.saturating_sub(1)], long[(at + 1).min(long.len() - 1)]);
        offset(from, long[at], to, width / 2.0)
    };
    let (left, right): (Outline, Outline) = (0..long.len()).map(edge).unzip();
    left.into_iter().chain(right.into_iter().rev()).collect()
}

/// The same along a closed path: out along one edge and back along the other, with a seam of no width.
pub(super) fn closed_stroke(path: &[[f64; 2]], width: f64) -> Outline {
    let count = path.len();
    let edge =
        |at: usize| offset(path[(at + count - 1) % count], path[at % count], path[(at + 1) % count], width / 2.0);
    let (left, right): (Outline, Outline) = (0..=count).map(edge).unzip();
    left.into_iter().chain(right.into_iter().rev()).collect()
}

/// The point so much further than `to`, seen from `from`.
fn beyond(from: [f64; 2], to: [f64; 2], further: f64) -> [f64; 2] {
    let [dx, dy] = direction(from, to);
    [to[0] + dx * further, to[1] + dy * further]
}

/// One step from a point towards another; nothing where they are the same.
fn direction([x0, y0]: [f64; 2], [x1, y1]: [f64; 2]) -> [f64; 2] {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let length = (dx * dx + dy * dy).sqrt();
    if length == 0.0 { [0.0, 0.0] } else { [dx / length, dy / length] }
}

/// The points left and right of a corner, where the edges of the line meet.
fn offset(from: [f64; 2], at: [f64; 2], to: [f64; 2], half: f64) -> ([f64; 2], [f64; 2]) {
    let (into, out) = (direction(from, at), direction(at, to));
    let (across_x, across_y) = (-into[1] - out[1], into[0] + out[0]);
    // Twice the square of the cosine of half the turn, as both are of length 1; a sharp corner is cut rather than drawn long.
    let stretch = half / (1.0 + into[0] * out[0] + into[1] * out[1]).max(0.5);
    // At an end one of the two directions is nothing, and the other counts alone.
    let (x, y) = (across_x * stretch, across_y * stretch);
    ([at[0] + x, at[1] + y], [at[0] - x, at[1] - y])
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

    fn reach(outline: &Outline, axis: usize) -> (f64, f64) {
        let all = outline.iter().map(|point| point[axis]);
        (all.clone().fold(f64::MAX, f64::min), all.fold(f64::MIN, f64::max))
    }

    #[test]
    fn a_stroke_is_as_wide_as_it_says() {
        let outline = stroke(&[[0.0, 0.0], [40.0, 0.0], [100.0, 0.0]], 10.0);
        let (along, across) = (reach(&outline, 0), reach(&outline, 1));
        assert_eq!((along, across), ((-5.0, 105.0), (-5.0, 5.0)), "ends reach half a width further");
    }

    #[test]
    fn the_corners_of_a_closed_stroke_are_mitred() {
        let square = [[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]];
        let outline = closed_stroke(&square, 10.0);
        assert_eq!((reach(&outline, 0), reach(&outline, 1)), ((-5.0, 105.0), (-5.0, 105.0)));
        for corner in [[5.0, 5.0], [95.0, 95.0], [-5.0, -5.0], [105.0, 105.0]] {
            assert!(outline.contains(&corner), "{corner:?} is not in {outline:?}");
        }
    }

    #[test]
    fn a_path_of_one_point_draws_nothing_and_a_point_twice_divides_by_nothing() {
        assert_eq!(stroke(&[[5.0, 5.0]], 10.0), Outline::new());
        assert!(stroke(&[[5.0, 5.0], [5.0, 5.0]], 10.0).iter().flatten().all(|at| at.is_finite()));
    }
}
