//! Whom a station's memory convicts, and in what order what was re-offered is judged.

use cordwainer_sync::{
    Hash, Life, Presented, Purpose, Remembered, SigningKey, Testimony, Waiting, checkpoint_bytes, in_likely_order,
    weigh,
};
use proptest::prelude::*;

fn server() -> SigningKey {
    SigningKey::from_seed(&[5; 32])
}

fn said(key: &SigningKey, audit_seq: u64, head: Hash, epoch: &str) -> (String, String) {
    let head = head.to_string();
    let sig = key.sign(Purpose::Checkpoint, &checkpoint_bytes(audit_seq, &head, epoch)).to_string();
    (head, sig)
}

#[test]
fn only_the_servers_own_signature_convicts_it() {
    let here = Hash([1; 32]);
    let (head, sig) = said(&server(), 9, here, "e");
    let (_, stranger) = said(&SigningKey::from_seed(&[6; 32]), 9, here, "e");
    let seen = Presented { audit_seq: 9, audit_head: &head, epoch: "e", sig: &sig };
    let cases = [
        ("the same memory", seen, Life::Present, Some(here), Testimony::Agrees),
        ("a shorter chain", seen, Life::Present, None, Testimony::ServerForgot),
        ("another hash there", seen, Life::Present, Some(Hash([2; 32])), Testimony::ServerContradictsItself),
        ("a life that it forgot", seen, Life::Forgotten, Some(here), Testimony::ServerForgot),
        ("a life that ended", seen, Life::Past, None, Testimony::ProvesNothing),
        ("a stranger's signature", Presented { sig: &stranger, ..seen }, Life::Present, None, Testimony::ProvesNothing),
        ("no signature", Presented { sig: "", ..seen }, Life::Present, None, Testimony::ProvesNothing),
        ("moved on by hand", Presented { audit_seq: 10, ..seen }, Life::Present, None, Testimony::ProvesNothing),
        ("another life claimed", Presented { epoch: "f", ..seen }, Life::Forgotten, None, Testimony::ProvesNothing),
    ];
    for (name, presented, life, hash, expected) in cases {
        assert_eq!(weigh(&presented, &server().public(), Remembered { life, hash }), expected, "{name}");
    }
}

#[test]
fn what_stations_offer_again_is_judged_in_the_order_in_which_it_likely_happened() {
    let fact = |station, occurred_ms, id| Waiting { station, occurred_ms, id };
    let waiting = vec![
        fact('b', 30, "b1"),
        fact('b', 50, "b2"),
        fact('a', 10, "a1"),
        fact('a', 5, "a2 by a clock turned back"),
        fact('a', 40, "a3"),
    ];
    assert_eq!(
        in_likely_order(waiting),
        ["a1", "a2 by a clock turned back", "b1", "a3", "b2"],
        "by time, each in its order"
    );
}

proptest! {
    #![proptest_config(crate::trials(60))]

    #[test]
    fn no_station_is_turned_around(facts in proptest::collection::vec((0_u8..4, -50_i64..50), 0..40)) {
        let waiting = facts.iter().enumerate().map(|(id, (station, occurred_ms))| Waiting {
            station: *station,
            occurred_ms: *occurred_ms,
            id,
        });
        let order = in_likely_order(waiting.collect());
        prop_assert_eq!(order.len(), facts.len(), "nothing is dropped");
        for station in 0..4 {
            let own: Vec<_> = order.iter().filter(|id| facts[**id].0 == station).collect();
            prop_assert!(own.is_sorted(), "station {} is judged in its own order", station);
        }
    }
}
