//! What the server does with the places of a push: every case that a lost reply, a clone, a restore or a liar can make.

use cordwainer_sync::{Hash, Intake, Offered, PushFault, StationHead, link, take_in};
use proptest::prelude::*;

/// A station's history: place n holds the n-th of these bytes.
fn history(length: u64) -> Vec<(u64, Vec<u8>, Hash)> {
    branch(&[], 1, length, "one")
}

/// Goes on from a history with other content.
fn branch(before: &[(u64, Vec<u8>, Hash)], from: u64, through: u64, flavour: &str) -> Vec<(u64, Vec<u8>, Hash)> {
    let mut places: Vec<(u64, Vec<u8>, Hash)> = before.iter().filter(|place| place.0 < from).cloned().collect();
    for seq in from..=through {
        let body = format!("{flavour} {seq}").into_bytes();
        let chain = link(places.last().map_or(Hash::START, |place| place.2), &body);
        places.push((seq, body, chain));
    }
    places
}

/// The server holds the first so many places of a history, under lease L2 after L1.
struct Server {
    head: StationHead,
    stored: Vec<(u64, Vec<u8>, Hash)>,
    retired: Vec<&'static str>,
}

impl Server {
    fn holding(stored: u64) -> Self {
        let stored = history(stored);
        let head = StationHead {
            incarnation: "inc-a".to_owned(),
            last_seq: stored.len() as u64,
            last_chain: stored.last().map_or(Hash::START, |place| place.2),
            lease: "L2".to_owned(),
            previous_lease: "L1".to_owned(),
        };
        Self { head, stored, retired: vec!["inc-old"] }
    }

    fn fresh() -> Self {
        let mut server = Self::holding(0);
        server.head.incarnation = String::new();
        server.head.lease = String::new();
        server.head.previous_lease = String::new();
        server
    }

    /// Offers places `from..=through` of a history.
    fn take(
        &self,
        incarnation: &str,
        lease: &str,
        places: &[(u64, Vec<u8>, Hash)],
        from: u64,
        through: u64,
    ) -> Result<Intake, PushFault> {
        let before = places.iter().find(|place| place.0 + 1 == from).map_or(Hash::START, |place| place.2);
        let offered: Vec<Offered<'_>> = places
            .iter()
            .filter(|place| (from..=through).contains(&place.0))
            .map(|(seq, body, chain)| Offered { seq: *seq, body, chain_hash: *chain })
            .collect();
        self.take_raw(incarnation, lease, before, &offered)
    }

    fn take_raw(
        &self,
        incarnation: &str,
        lease: &str,
        before: Hash,
        offered: &[Offered<'_>],
    ) -> Result<Intake, PushFault> {
        let known = incarnation == self.head.incarnation || self.retired.contains(&incarnation);
        let chain_at = |seq: u64| {
            let stored = (incarnation == self.head.incarnation).then_some(&self.stored)?;
            stored.iter().find(|place| place.0 == seq).map(|place| place.2)
        };
        take_in(&self.head, incarnation, known, lease, before, offered, chain_at)
    }

    fn fork(&self) -> Result<Intake, PushFault> {
        Err(PushFault::Fork { last_seq: self.head.last_seq, chain_hash: self.head.last_chain })
    }
}

fn stores(known: usize) -> Result<Intake, PushFault> {
    Ok(Intake { known, begins_incarnation: false, rotates_lease: true })
}

fn answers_again(known: usize) -> Result<Intake, PushFault> {
    Ok(Intake { known, begins_incarnation: false, rotates_lease: false })
}

const BEGINS: Result<Intake, PushFault> = Ok(Intake { known: 0, begins_incarnation: true, rotates_lease: true });

#[test]
fn every_way_to_offer_what_is_due_known_or_missing() {
    let (server, mine) = (Server::holding(5), history(9));
    let cases = [
        ("the next places", "L2", 6, 9, stores(0)),
        ("some known, then the next", "L2", 4, 9, stores(2)),
        ("everything from the start", "L2", 1, 9, stores(5)),
        ("nothing new: a lost reply", "L2", 3, 5, answers_again(3)),
        ("nothing new under the lease before", "L1", 3, 5, answers_again(3)),
        ("an old push that was late", "L0", 1, 2, answers_again(2)),
        ("an empty push", "L2", 9, 8, answers_again(0)),
        ("an empty push under any lease", "L0", 9, 8, answers_again(0)),
        ("places are missing", "L2", 7, 9, Err(PushFault::Gap { expected: 6 })),
        ("places are missing under a stale lease", "L0", 8, 9, Err(PushFault::Gap { expected: 6 })),
        ("new places under the lease before", "L1", 6, 9, server.fork()),
        ("known and new places under the lease before", "L1", 4, 9, server.fork()),
        ("new places under a lease long gone", "L0", 6, 6, server.fork()),
        ("new places without a lease", "", 6, 6, server.fork()),
    ];
    for (name, lease, from, through, expected) in cases {
        assert_eq!(server.take("inc-a", lease, &mine, from, through), expected, "{name}");
    }
}

#[test]
fn another_history_is_a_fork_whatever_lease_it_shows() {
    let server = Server::holding(5);
    let restored = branch(&history(9), 4, 9, "restored last week");
    for lease in ["L2", "L1", "L0"] {
        for (name, from, through) in [
            ("other content at known places", 4, 5),
            ("other content at known places, and more", 3, 9),
            ("new places that do not follow from what is stored", 6, 9),
        ] {
            assert_eq!(server.take("inc-a", lease, &restored, from, through), server.fork(), "{name} under {lease}");
        }
    }
    assert_eq!(server.take("inc-a", "L2", &restored, 1, 3), answers_again(3), "what both share is no fork");
}

#[test]
fn a_station_begins_and_begins_anew() {
    let mine = history(3);
    let first = Server::fresh().take("inc-a", "", &mine, 1, 3);
    assert_eq!(first, BEGINS, "the first push of all");
    let server = Server::holding(5);
    assert_eq!(server.take("inc-b", "L0", &mine, 1, 3), BEGINS, "a declared new life needs no lease");
    assert_eq!(server.take("inc-b", "L2", &history(9), 4, 9), Err(PushFault::Gap { expected: 1 }), "it begins at 1");
    let nothing = server.take("inc-b", "L2", &mine, 9, 8);
    assert_eq!(nothing, answers_again(0), "an empty push begins nothing");
    let offered = Offered { seq: 1, body: b"x", chain_hash: link(mine[2].2, b"x") };
    assert_eq!(server.take_raw("inc-b", "L2", mine[2].2, &[offered]), server.fork(), "a new life has no past");
}

#[test]
fn a_retired_incarnation_stays_retired() {
    let (server, mine) = (Server::holding(5), history(9));
    for (name, from, through) in [("new places", 6, 9), ("its old places", 1, 5), ("nothing", 9, 8)] {
        assert_eq!(server.take("inc-old", "L2", &mine, from, through), server.fork(), "{name}: it must open a new one");
    }
}

#[test]
fn a_push_that_contradicts_itself_is_broken_before_anything_else() {
    let (server, mine) = (Server::holding(5), history(9));
    let place = |seq: u64| {
        let (_, body, chain_hash) = &mine[usize::try_from(seq).unwrap() - 1];
        Offered { seq, body, chain_hash: *chain_hash }
    };
    let before = mine[4].2;
    let alien = Offered { body: b"altered with a hex editor", ..place(7) };
    let cases = [
        ("a body that was altered", vec![place(6), alien], 7),
        ("a place left out", vec![place(6), place(8)], 8),
        ("a place twice", vec![place(6), place(6)], 6),
        ("a first link from nowhere", vec![place(7)], 7),
        ("place zero", vec![Offered { seq: 0, body: b"x", chain_hash: link(before, b"x") }], 0),
    ];
    for (name, offered, seq) in cases {
        for incarnation in ["inc-a", "inc-b", "inc-old"] {
            let taken = server.take_raw(incarnation, "L2", before, &offered);
            assert_eq!(taken, Err(PushFault::Broken { seq }), "{name} in {incarnation}");
        }
    }
    let last = Offered { seq: u64::MAX, body: b"x", chain_hash: link(before, b"x") };
    let after_last = Offered { seq: 0, body: b"y", chain_hash: link(last.chain_hash, b"y") };
    let taken = server.take_raw("inc-a", "L2", before, std::slice::from_ref(&last));
    assert_eq!(taken, Err(PushFault::Gap { expected: 6 }), "the end of all numbers is far off");
    let taken = server.take_raw("inc-a", "L2", before, &[last, after_last]);
    assert_eq!(taken, Err(PushFault::Broken { seq: 0 }), "and nothing comes after it");
}

proptest! {
    #![proptest_config(crate::trials(600))]

    #[test]
    fn a_push_is_stored_exactly_when_it_continues_what_is_stored(
        stored in 0..12_u64,
        from in 1..14_u64,
        length in 0..6_u64,
        forked_at in proptest::option::of(1..14_u64),
        lease in prop::sample::select(vec!["L0", "L1", "L2"]),
    ) {
        let server = Server::holding(stored);
        let mine = forked_at.map_or_else(|| history(20), |at| branch(&history(20), at, 20, "two"));
        let through = from + length;
        let taken = server.take("inc-a", lease, &mine, from, through);
        // Fork as the server can see it: of the offered places, or of the link that they begin with.
        let seen_from = if from > stored { stored } else { from };
        let differs = forked_at.is_some_and(|at| at <= stored.min(through) && (at <= seen_from || at <= through));
        if from > stored + 1 {
            prop_assert_eq!(taken, Err(PushFault::Gap { expected: stored + 1 }), "something is missing");
        } else if differs {
            prop_assert_eq!(taken, server.fork(), "another history");
        } else if through > stored && lease != "L2" {
            prop_assert_eq!(taken, server.fork(), "a stale lease with unseen content");
        } else {
            let known = usize::try_from(stored.min(through) + 1 - from).unwrap();
            let expected = Intake { known, begins_incarnation: false, rotates_lease: through > stored };
            prop_assert_eq!(taken, Ok(expected), "what is known is answered, what is new is stored");
        }
    }
}
