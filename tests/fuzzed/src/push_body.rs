//! The body of a push, from whoever can open a connection.

use cordwainer_protocol::sync::PushRequest;
use cordwainer_sync::{Hash, Offered, Signature, StationHead, decode, encode, read_header, take_in};

/// Reading it never panics; what is read says the same when it is written again; and an action that can be read has one
/// form only.
pub fn push_body(input: &[u8]) {
    let Ok(push) = serde_json::from_slice::<PushRequest>(input) else { return };
    let again: PushRequest =
        serde_json::from_slice(&serde_json::to_vec(&push).expect("was read")).expect("was written");
    assert_eq!(again, push, "a push means the same after a proxy has rewritten it");
    for offer in &push.actions {
        if let Ok(signature) = offer.sig.parse::<Signature>() {
            assert_eq!(signature.to_string().parse(), Ok(signature), "a signature that can be read can be written");
        }
        let header = read_header(offer.body.as_bytes());
        if let Ok(action) = decode(offer.body.as_bytes()) {
            let header = header.expect("what can be read whole has a header");
            assert_eq!(
                (header.action_id, header.kind.as_str()),
                (action.id, action.fact.kind()),
                "one header, one body"
            );
            let bytes = encode(&action).expect("was read");
            assert_eq!(decode(&bytes).expect("was written"), action, "the canonical form says the same");
        }
    }
    take_it_in(&push);
}

fn take_it_in(push: &PushRequest) {
    let hash = |text: &str| hex_bytes(text).and_then(|bytes| Hash::from_slice(&bytes)).unwrap_or(Hash::START);
    let offered: Vec<Offered<'_>> = push
        .actions
        .iter()
        .map(|offer| Offered { seq: offer.seq, body: offer.body.as_bytes(), chain_hash: hash(&offer.chain_hash) })
        .collect();
    let head = StationHead {
        incarnation: push.incarnation.clone(),
        last_seq: push.first_seq.saturating_sub(1),
        last_chain: hash(&push.prev_chain),
        lease: push.lease.clone(),
        previous_lease: String::new(),
    };
    let intake = take_in(&head, &push.incarnation, true, &push.lease, hash(&push.prev_chain), &offered, |_| None);
    if let Ok(intake) = intake {
        assert!(intake.known <= offered.len(), "no more is known than was offered");
    }
}

fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    Some(digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect())
}
