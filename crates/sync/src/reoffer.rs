//! In what order facts are judged that were stored while judging paused.

use std::collections::BTreeMap;

/// A fact that waits for judging to go on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting<S, I> {
    /// Who recorded it.
    pub station: S,
    /// When it happened, as far as is known, Unix milliseconds.
    pub occurred_ms: i64,
    /// Which it is.
    pub id: I,
}

/// Merges what several stations recorded into the order in which it most likely happened. Every station's own order, in
/// which `waiting` lists it, is kept whatever its clock says: a clock that was turned back must not turn work around.
pub fn in_likely_order<S: Ord + Clone, I>(waiting: Vec<Waiting<S, I>>) -> Vec<I> {
    let mut latest: BTreeMap<S, i64> = BTreeMap::new();
    let mut placed: Vec<(i64, usize, I)> = waiting
        .into_iter()
        .enumerate()
        .map(|(index, Waiting { station, occurred_ms, id })| {
            let at = latest.entry(station).or_insert(i64::MIN);
            *at = occurred_ms.max(*at);
            (*at, index, id)
        })
        .collect();
    placed.sort_by_key(|(at, index, _)| (*at, *index));
    placed.into_iter().map(|(_, _, id)| id).collect()
}
