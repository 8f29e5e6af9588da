//! T25: whatever people do, and however much is logged, no password, PIN, code or token is in it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};

use cordwainer_domain::people::OfficeRole;
use cordwainer_sync::SigningKey;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::office::PASSWORD;
use crate::station::{ask_to_enrol, pin_of, random};
use crate::world::both_engines;

/// Everything that any part of this process logged, at the finest level.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logged {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Listens to the logs of the whole process, once.
fn listen() -> &'static Logged {
    static LOGGED: OnceLock<Logged> = OnceLock::new();
    LOGGED.get_or_init(|| {
        let logged = Logged::default();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(logged.clone())
            .with_ansi(false)
            .init();
        logged
    })
}

/// Whether a text stands somewhere as a word of its own: six digits within a longer number are no PIN.
fn stands(logs: &str, secret: &str) -> bool {
    let part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    logs.match_indices(secret)
        .any(|(at, _)| !part(logs[..at].chars().next_back()) && !part(logs[at + secret.len()..].chars().next()))
}

both_engines!(t25_no_secret_reaches_a_log, world => {
    let logged = listen();
    let mut person = world.person("chen", &[OfficeRole::Administrator]).await;
    let wrong = "wrong horse wrong battery";
    let typed_as_name = "my password in the wrong field";
    world.browser().sign_in("chen", wrong, Some("123454")).await;
    world.browser().sign_in(typed_as_name, PASSWORD, None).await;
    let clumsy = world.browser().post("/session", &json!({ "login": "chen", "password": 48_151_623_u64 })).await;
    assert_eq!(clumsy.status, 400, "a password that is a number");
    assert!(!clumsy.body.to_string().contains("48151623"), "the refusal does not repeat it");
    let recovery = person.recovery_codes[0].clone();
    world.browser().sign_in("chen", PASSWORD, Some(&recovery)).await.ok();

    let made = json!({ "login": "li", "name": "Li", "roles": ["auditor"], "language": "en" });
    let one_time = person.browser.post("/accounts", &made).await.ok();
    let workers = person.browser.get("/workers").await.ok();
    let worker = workers[0]["id"].as_str().unwrap().to_owned();
    let badge = person.browser.post(&format!("/workers/{worker}/badge"), &json!({})).await.ok();
    let pin = person.browser.post(&format!("/workers/{worker}/pin"), &json!({})).await.ok();
    let place = json!({ "workstation": "cut-1", "whole_floor": false });
    let enrolment = person.browser.post("/stations/enrolments", &place).await.ok();
    let enrolment = enrolment["code"].as_str().unwrap();
    ask_to_enrol(&world.server.stations_url(), pin_of(world.store()), enrolment, &SigningKey::from_seed(&random())).await.unwrap();
    let mut station = world.enrol("cut-1").await;
    station.pull().await;

    let logs = String::from_utf8(logged.0.lock().unwrap().clone()).unwrap();
    assert!(logs.contains("signed in") && logs.contains("a sign-in failed"), "what happened is logged");
    assert!(logs.contains(" TRACE ") && logs.contains("a badge was issued"), "down to the finest level");
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let cookie = person.browser.cookie.clone().unwrap();
    let token = cookie.split_once('=').unwrap().1.to_owned();
    let secret_of_enrolment = enrolment.split_once('-').unwrap().0.to_owned();
    for (what, secret) in [
        ("the password", PASSWORD.to_owned()),
        ("a wrong password, which may be right elsewhere", wrong.to_owned()),
        ("a password typed as a name", typed_as_name.to_owned()),
        ("a password sent as a number", "48151623".to_owned()),
        ("the one-time password", text(&one_time["password"])),
        ("the authenticator's secret", person.secret.clone()),
        ("a recovery code", recovery),
        ("the session's token", token),
        ("the badge", text(&badge["badge"])),
        ("the PIN", text(&pin["pin"])),
        ("the enrolment code", secret_of_enrolment),
    ] {
        assert!(!stands(&logs, &secret), "{what} is in the logs");
    }
});

#[test]
fn a_secret_in_a_log_would_be_found() {
    assert!(stands("pin=984192 of", "984192"), "as a word of its own");
    assert!(!stands("at 1795984192000", "984192"), "and not within a number that happens to hold it");
}
