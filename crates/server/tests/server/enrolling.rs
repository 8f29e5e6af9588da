//! Enrolment: a code works once, for ten minutes, and says nothing about why it does not.

use chrono::TimeDelta;
use cordwainer_protocol::PROTOCOL;
use cordwainer_protocol::sync::{EnrolRequest, ProblemCode};
use cordwainer_server::test_support::factory;
use cordwainer_sync::{PublicKey, Purpose, SigningKey, body_hash};

use crate::station::{ask_to_enrol, client, pin_of, random};
use crate::world::both_engines;

fn key() -> SigningKey {
    SigningKey::from_seed(&random())
}

both_engines!(a_code_makes_one_station_and_its_reply_can_be_lost, world => {
    let url = world.server.stations_url();
    let pin = || pin_of(world.store());
    let code = world.store().make_enrolment_code("last-1", false).await.unwrap();
    let device = key();
    let reply = ask_to_enrol(&url, pin(), &code.code, &device).await.unwrap();
    assert_eq!((reply.scope.as_str(), reply.workstation.as_str()), ("lasting", "last-1"), "its work centre's part");
    let server: PublicKey = reply.server_key.parse().unwrap();
    let shown = code.code.rsplit('-').next().unwrap();
    assert!(body_hash(server.as_bytes()).to_string().starts_with(shown), "the code pins the server's key");
    let signed = format!("{}\n{}\n{}", reply.station_id, device.public(), reply.server_epoch);
    let signature = reply.sig.parse().unwrap();
    assert!(server.verify(Purpose::Enrolment, signed.as_bytes(), &signature).is_ok(), "and the server signs the place");

    let again = ask_to_enrol(&url, pin(), &code.code, &device).await.unwrap();
    assert_eq!(again.station_id, reply.station_id, "whoever lost the reply gets the same place");
    let (status, problem) = ask_to_enrol(&url, pin(), &code.code, &key()).await.unwrap_err();
    assert_eq!((status, problem.code), (401, ProblemCode::Unauthorised), "for another device the code is spent");
    assert_eq!(world.store().stations(&factory::site()).await.unwrap().len(), 1, "one code, one station");
    world.proven().await;
});

both_engines!(codes_that_are_not_good_are_all_answered_alike, world => {
    let url = world.server.stations_url();
    let pin = || pin_of(world.store());
    let store = world.store();
    let code = store.make_enrolment_code("last-1", false).await.unwrap().code;
    let (secret, suffix) = code.split_once('-').unwrap();
    let flipped = if secret.ends_with('0') { '1' } else { '0' };
    let guesses = [
        format!("{}{flipped}-{suffix}", &secret[..25]),
        format!("{secret}-{}", "0".repeat(16)),
        format!("ZZZZZZ{}-{suffix}", &secret[6..]),
        secret.to_owned(),
        String::new(),
        "鞋".repeat(30),
        format!("{}-{suffix}", "鞋".repeat(13)),
    ];
    let mut answers = Vec::new();
    for guess in &guesses {
        answers.push(ask_to_enrol(&url, pin(), guess, &key()).await.unwrap_err());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "nothing tells one cause from another: {answers:?}");

    let late = store.make_enrolment_code("last-1", false).await.unwrap().code;
    world.clock.advance(TimeDelta::minutes(10) + TimeDelta::milliseconds(1));
    assert_eq!(ask_to_enrol(&url, pin(), &late, &key()).await.unwrap_err(), answers[0], "nor a code that is too old");
});

both_engines!(five_tries_kill_a_code, world => {
    let url = world.server.stations_url();
    let pin = || pin_of(world.store());
    let code = world.store().make_enrolment_code("last-1", false).await.unwrap().code;
    let wrong = format!("{}-{}", code.split_once('-').unwrap().0, "0".repeat(16));
    for _ in 0..4 {
        ask_to_enrol(&url, pin(), &wrong, &key()).await.unwrap_err();
    }
    let spare = world.store().make_enrolment_code("last-1", false).await.unwrap().code;
    assert!(ask_to_enrol(&url, pin(), &spare, &key()).await.is_ok(), "another code is not touched by that");
    ask_to_enrol(&url, pin(), &wrong, &key()).await.unwrap_err();
    assert!(ask_to_enrol(&url, pin(), &code, &key()).await.is_err(), "after five failures the true code is dead, too");
});

both_engines!(a_desk_without_a_work_centre_holds_the_whole_floor, world => {
    let by_sign = factory::rows().into_iter().find_map(|row| match row {
        cordwainer_server::store::MasterRow::Workstation(place) if place.id.as_str() == "desk" => Some(place.code),
        _ => None,
    });
    let code = world.store().make_enrolment_code(by_sign.unwrap().as_str(), false).await.unwrap();
    assert_eq!((code.workstation.as_str(), code.scope.as_str()), ("desk", "*"), "the sign's code names it as well");
    let missing = world.store().make_enrolment_code("nowhere", false).await.unwrap_err();
    assert_eq!(missing.to_string(), "there is no workstation \"nowhere\"", "a wrong name is said plainly");
});

both_engines!(whoever_guesses_codes_is_made_to_wait_and_nobody_else_is, world => {
    let mut station = world.enrol("cut-1").await;
    let (url, client, key) = (world.server.stations_url(), client(pin_of(world.store()), None), key());
    // One connection for all of them: a handshake each would take longer than the guesses.
    let guess = || async {
        let asked = EnrolRequest {
            protocol: PROTOCOL,
            code: "no code".into(),
            public_key: key.public().to_string(),
            app_version: "test".to_owned(),
        };
        let answer = client.post(format!("{url}/sync/v1/enrol")).json(&asked).send().await.unwrap();
        (answer.status().as_u16(), answer.headers().get("retry-after").cloned())
    };
    let mut refused = 0;
    let wait = loop {
        match guess().await {
            (401, _) => refused += 1,
            (429, wait) => break wait.unwrap(),
            other => panic!("guess {refused}: {other:?}"),
        }
        assert!(refused < 1_000, "nobody may guess on and on");
    };
    assert_eq!((refused, wait.to_str().unwrap()), (59, "1"), "a burst of sixty, the good code among them");
    station.push(&[]).await.unwrap();
    assert!(!world.enrol_is_possible().await, "the address waits, whatever it asks with");
    world.clock.advance(TimeDelta::seconds(1));
    assert!(world.enrol_is_possible().await, "and may ask again a second later");
});
