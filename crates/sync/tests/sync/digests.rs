//! Sums of rows: the same rows in any order, and nothing else, give the same sum.

use cordwainer_sync::{Hash, RowSum, chunk_hash, row_hash};
use proptest::prelude::*;

#[test]
fn a_row_is_known_by_everything_that_it_is() {
    let row = r#"{"b":1,"a":"鞋"}"#;
    let others = [
        row_hash("defect", "welt", 1, row),
        row_hash("skill", "wel", 1, row),
        row_hash("skill", "welt", 2, row),
        row_hash("skill", "welt", 1, r#"{"b":1,"a":"靴"}"#),
        row_hash("skil", "lwelt", 1, row),
    ];
    let hash = row_hash("skill", "welt", 1, row);
    assert!(others.iter().all(|other| *other != hash), "a row that differs in anything");
    assert_eq!(row_hash("skill", "welt", 1, row), hash, "and the same row is the same");
}

#[test]
fn a_chunk_is_its_rows_in_their_order() {
    let (one, other) = (Hash([1; 32]), Hash([2; 32]));
    assert_ne!(chunk_hash([one, other]), chunk_hash([other, one]), "a chunk has an order");
    assert_ne!(chunk_hash([one]), chunk_hash([one, one]), "and a length");
}

proptest! {
    #![proptest_config(crate::trials(60))]

    #[test]
    fn the_order_does_not_matter_and_every_row_does(rows in proptest::collection::vec(any::<[u8; 32]>(), 1..20)) {
        let sum = |rows: &[[u8; 32]]| rows.iter().map(|row| Hash(*row)).collect::<RowSum>();
        let mut turned = rows.clone();
        turned.reverse();
        prop_assert_eq!(sum(&rows), sum(&turned), "in any order");
        prop_assert_ne!(sum(&rows).to_string(), sum(&rows[1..]).to_string(), "one is missing");
        let twice = [&rows[..], &rows[..1]].concat();
        prop_assert_ne!(sum(&rows).to_string(), sum(&twice).to_string(), "one is there twice");
    }
}
