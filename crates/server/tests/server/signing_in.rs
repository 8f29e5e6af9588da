//! Signing in to the office: two factors, each code once, and no way to lock a colleague out.

use std::net::IpAddr;

use chrono::TimeDelta;
use cordwainer_domain::people::OfficeRole;
use cordwainer_protocol::office::OFFICE_HEADER;
use cordwainer_server::boot::{Config, RunningServer, Server};
use reqwest::Method;
use serde_json::json;

use crate::office::{Browser, PASSWORD};
use crate::world::{Engine, World, both_engines};

/// The next thirty seconds: an app shows another code.
fn next_code(world: &World) {
    world.clock.advance(TimeDelta::seconds(30));
}

both_engines!(a_person_signs_in_with_password_and_code_and_out_again, world => {
    let person = world.person("chen", &[OfficeRole::Administrator]).await;
    let mut browser = world.browser();
    next_code(&world);
    let asked = browser.sign_in("chen", PASSWORD, None).await;
    assert_eq!((asked.status, asked.refusal()), (401, "code_needed"), "the password alone is not enough");
    assert!(browser.cookie.is_none(), "and begins no session");
    let code = person.code(&world);
    let session = browser.sign_in(" CHEN ", PASSWORD, Some(&code)).await.ok();
    assert_eq!((&session["due"], &session["account"]["login"]), (&json!(null), &json!("chen")), "nothing is left to do");
    assert_eq!(browser.get("/session").await.ok(), session, "the cookie says so again");
    let again = world.browser().sign_in("chen", PASSWORD, Some(&code)).await;
    assert_eq!(again.refusal(), "sign_in_failed", "a code is good once, also for whoever looked over a shoulder");
    assert_eq!(browser.delete("/session").await.status, 204, "out");
    browser.cookie = Some(browser.cookie.unwrap_or_default());
    assert_eq!(browser.get("/session").await.refusal(), "session_over", "and the session is over");
    world.proven().await;
});

both_engines!(a_stolen_cookie_is_worth_nothing_after_sign_out, world => {
    let mut person = world.person("chen", &[OfficeRole::Administrator]).await;
    let stolen = person.browser.cookie.clone();
    person.browser.delete("/session").await;
    let mut thief = world.browser();
    thief.cookie = stolen;
    assert_eq!(thief.get("/accounts").await.refusal(), "session_over", "the server ended it, not only the browser");
});

both_engines!(whatever_is_wrong_the_answer_is_the_same, world => {
    let person = world.person("chen", &[OfficeRole::Auditor]).await;
    next_code(&world);
    let code = person.code(&world);
    let mut wrong_code = code.clone().into_bytes();
    wrong_code[0] = if wrong_code[0] == b'9' { b'0' } else { wrong_code[0] + 1 };
    let wrong_code = String::from_utf8(wrong_code).unwrap();
    let mut said = Vec::new();
    for (login, password, code) in [
        ("nobody", PASSWORD, code.as_str()),
        ("chen", "kettle orbit mangos", &code),
        ("chen", PASSWORD, &wrong_code),
        ("chen", PASSWORD, "AAAAA-BBBBB-CCCCC"),
        ("'; DROP TABLE account; --", PASSWORD, &code),
    ] {
        said.push(world.browser().sign_in(login, password, Some(code)).await);
    }
    said.dedup();
    assert_eq!(said.len(), 1, "nothing tells a name from a password from a code: {said:?}");
    assert!(world.browser().sign_in("chen", PASSWORD, Some(&code)).await.status == 200, "the true ones pass");
});

both_engines!(whoever_guesses_waits_longer_and_longer_and_a_colleague_elsewhere_does_not, world => {
    let person = world.person("chen", &[OfficeRole::Auditor]).await;
    world.person("li", &[OfficeRole::Auditor]).await;
    for _ in 0..5 {
        assert_eq!(world.browser().sign_in("chen", "a wrong password", None).await.status, 401, "five cost nothing");
    }
    for wait in [1, 2, 4, 8] {
        let held = world.browser().sign_in("chen", PASSWORD, None).await;
        assert_eq!((held.status, held.refusal()), (429, "wait"), "even the right password waits");
        assert_eq!(held.body["retry_after_s"], wait, "twice as long each time");
        world.clock.advance(TimeDelta::seconds(wait));
        assert_eq!(world.browser().sign_in("chen", "a wrong password", None).await.status, 401, "and then counts again");
    }
    let colleague = world.browser().sign_in("li", PASSWORD, None).await;
    assert_eq!(colleague.refusal(), "code_needed", "a colleague at the same address is not held back");
    world.clock.advance(TimeDelta::minutes(1));
    let code = person.code(&world);
    assert_eq!(world.browser().sign_in("chen", PASSWORD, Some(&code)).await.status, 200, "patience is enough");
    assert_eq!(world.browser().sign_in("chen", "a wrong password", None).await.status, 401, "and begins anew");
});

both_engines!(a_recovery_code_is_good_once, world => {
    let person = world.person("chen", &[OfficeRole::Auditor]).await;
    let code = person.recovery_codes[3].to_lowercase().replace('-', " ");
    let session = world.browser().sign_in("chen", PASSWORD, Some(&code)).await.ok();
    assert_eq!(session["recovery_codes_left"], 9, "the phone is lost, the person is in, and sees how many are left");
    assert_eq!(world.browser().sign_in("chen", PASSWORD, Some(&code)).await.refusal(), "sign_in_failed", "once");
});

both_engines!(a_session_ends_by_itself_and_with_a_new_password, world => {
    let mut person = world.person("chen", &[OfficeRole::Auditor]).await;
    for _ in 0..3 {
        world.clock.advance(TimeDelta::minutes(29));
        assert_eq!(person.browser.get("/session").await.status, 200, "used every half hour it goes on");
    }
    world.clock.advance(TimeDelta::minutes(31));
    assert_eq!(person.browser.get("/session").await.refusal(), "session_over", "idle for half an hour");

    let code = person.code(&world);
    person.browser.sign_in("chen", PASSWORD, Some(&code)).await.ok();
    let mut other = world.browser();
    next_code(&world);
    other.sign_in("chen", PASSWORD, Some(&person.code(&world))).await.ok();
    let wanted = json!({ "current": PASSWORD, "password": "four hammers on a blue wall" });
    person.browser.put("/session/password", &wanted).await.ok();
    assert_eq!(person.browser.get("/session").await.status, 200, "whoever changed it goes on");
    assert_eq!(other.get("/session").await.refusal(), "session_over", "every other session is over");

    for _ in 0..30 {
        world.clock.advance(TimeDelta::minutes(25));
        person.browser.get("/session").await;
    }
    assert_eq!(person.browser.get("/session").await.refusal(), "session_over", "after twelve hours, used or not");
});

both_engines!(weak_passwords_are_refused_and_a_one_time_password_ends, world => {
    let mut person = world.person("chen", &[OfficeRole::Auditor]).await;
    for (password, refusal) in [
        ("short", "password_short"),
        ("passwordpassword", "password_common"),
        ("chenchenchenchen", "password_common"),
        (PASSWORD, "password_same"),
    ] {
        let wanted = json!({ "current": PASSWORD, "password": password });
        let said = person.browser.put("/session/password", &wanted).await;
        assert_eq!((said.status, said.refusal()), (422, refusal), "{password}");
    }
    let wanted = json!({ "current": "not my password", "password": "four hammers on a blue wall" });
    assert_eq!(person.browser.put("/session/password", &wanted).await.refusal(), "password_wrong", "an open screen");

    let store = world.store();
    let added = store.add_account(None, "li", "Li", &[OfficeRole::Auditor], cordwainer_domain::Language::En).await;
    let one_time = added.unwrap().password.password.expose().clone();
    world.clock.advance(TimeDelta::hours(72));
    assert_eq!(world.browser().sign_in("li", &one_time, None).await.refusal(), "sign_in_failed", "after three days");
});

both_engines!(a_page_of_another_origin_changes_nothing, world => {
    let mut person = world.person("chen", &[OfficeRole::Administrator]).await;
    let cookie = person.browser.cookie.clone().unwrap();
    let body = json!({ "login": "mallory", "name": "M", "roles": ["administrator"], "language": "en" });
    let bare = |browser: &Browser| {
        browser.bare(&Method::POST, "/accounts").header("cookie", &cookie).json(&body)
    };
    let plain = bare(&person.browser);
    let evil = bare(&person.browser).header(OFFICE_HEADER, "1").header("origin", "https://evil.example");
    let framed = bare(&person.browser).header(OFFICE_HEADER, "1").header("sec-fetch-site", "cross-site");
    for request in [plain, evil, framed] {
        let said = person.browser.send(request).await;
        assert_eq!((said.status, said.refusal()), (403, "foreign_origin"), "the cookie alone is not enough");
    }
    let accounts = person.browser.get("/accounts").await.ok();
    assert_eq!(accounts.as_array().unwrap().len(), 1, "nobody was made");
    let ours = person.browser.post("/accounts", &body).await;
    assert_eq!(ours.status, 200, "our own page may");
});

both_engines!(a_disabled_account_is_out_at_once, world => {
    let mut administrator = world.person("chen", &[OfficeRole::Administrator]).await;
    let mut other = world.person("li", &[OfficeRole::Planner]).await;
    let change = json!({
        "name": "Li", "roles": ["planner"], "language": "en", "active": false,
        "row_version": version_of(&mut administrator, "li").await,
    });
    let path = format!("/accounts/{}", other.account);
    assert_eq!(administrator.browser.put(&path, &change).await.status, 204, "disabled");
    assert_eq!(other.browser.get("/session").await.refusal(), "session_over", "the session is over");
    next_code(&world);
    let code = other.code(&world);
    let said = world.browser().sign_in("li", PASSWORD, Some(&code)).await;
    assert_eq!(said.refusal(), "sign_in_failed", "and there is no way back in");
});

both_engines!(the_last_administrator_stays_and_nobody_locks_himself_out, world => {
    let mut chen = world.person("chen", &[OfficeRole::Administrator]).await;
    let change = |roles: &[&str], active: bool, version: i64| {
        json!({ "name": "Chen", "roles": roles, "language": "en", "active": active, "row_version": version })
    };
    let own = format!("/accounts/{}", chen.account);
    let version = version_of(&mut chen, "chen").await;
    let said = chen.browser.put(&own, &change(&["auditor"], true, version)).await;
    assert_eq!((said.status, said.refusal()), (409, "own_account"), "not oneself");
    assert_eq!(chen.browser.put(&own, &change(&["administrator"], false, version)).await.refusal(), "own_account", "nor so");
    assert_eq!(chen.browser.post(&format!("{own}/reset"), &json!({})).await.refusal(), "own_account", "nor so");
    let mut li = world.person("li", &[OfficeRole::Administrator]).await;
    let version = version_of(&mut li, "chen").await;
    assert_eq!(li.browser.put(&own, &change(&["auditor"], true, version)).await.status, 204, "another one may");
    assert_eq!(chen.browser.get("/accounts").await.status, 200, "an auditor sees");
    assert_eq!(chen.browser.post("/accounts", &json!({})).await.refusal(), "no_right", "and no longer changes anything");
    let stale = change(&["auditor", "planner"], true, version);
    assert_eq!(li.browser.put(&own, &stale).await.refusal(), "changed_meanwhile", "on an old picture nothing is changed");
    world.proven().await;
});

both_engines!(a_reset_gives_a_lost_person_a_way_in_and_nobody_else, world => {
    let mut administrator = world.person("chen", &[OfficeRole::Administrator]).await;
    let mut lost = world.person("li", &[OfficeRole::Planner]).await;
    let path = format!("/accounts/{}/reset", lost.account);
    let made = administrator.browser.post(&path, &json!({})).await.ok();
    assert_eq!(lost.browser.get("/session").await.refusal(), "session_over", "whoever was in is out");
    next_code(&world);
    let code = lost.code(&world);
    let old = world.browser().sign_in("li", PASSWORD, Some(&code)).await;
    assert_eq!(old.refusal(), "sign_in_failed", "the old password is gone");
    let mut browser = world.browser();
    let session = browser.sign_in("li", made["password"].as_str().unwrap(), None).await.ok();
    assert_eq!(session["due"], "new_password", "the person begins as on the first day");
    assert_eq!(browser.get("/workers").await.refusal(), "set_up_due", "and sees nothing before that is done");
    let twice = json!({ "login": "li", "name": "Li", "roles": ["planner"], "language": "en" });
    assert_eq!(administrator.browser.post("/accounts", &twice).await.refusal(), "login_taken", "a name is one person's");
});

/// The version of an account, as a person sees it in the list.
async fn version_of(person: &mut crate::office::Person, login: &str) -> i64 {
    let accounts = person.browser.get("/accounts").await.ok();
    let found = accounts.as_array().unwrap().iter().find(|line| line["login"] == login).cloned().unwrap();
    found["row_version"].as_i64().unwrap()
}

/// A second server process on the same database.
async fn beside(world: &World, trusted_proxies: Vec<IpAddr>) -> RunningServer {
    Server::start(Config { trusted_proxies, ..world.config.clone() }).await.unwrap()
}

#[tokio::test]
async fn two_servers_on_one_database_share_sessions_and_failures() {
    let world = World::new(Engine::Postgres).await;
    let mut person = world.person("chen", &[OfficeRole::Auditor]).await;
    let other = beside(&world, Vec::new()).await;
    let mut there = Browser::new(other.url());
    there.cookie.clone_from(&person.browser.cookie);
    assert_eq!(there.get("/accounts").await.status, 200, "whoever signed in here is signed in there");
    for _ in 0..3 {
        world.browser().sign_in("chen", "a wrong password", None).await;
        Browser::new(other.url()).sign_in("chen", "a wrong password", None).await;
    }
    let held = Browser::new(other.url()).sign_in("chen", PASSWORD, None).await;
    assert_eq!(held.refusal(), "wait", "guesses here and there are counted together");
    person.browser.delete("/session").await;
    assert_eq!(there.get("/accounts").await.refusal(), "session_over", "and out here is out there, at once");
    other.shutdown().await;
}

#[tokio::test]
async fn behind_a_proxy_the_cookie_needs_tls_and_an_open_wire_takes_no_password() {
    let world = World::new(Engine::Sqlite).await;
    let person = world.person("chen", &[OfficeRole::Auditor]).await;
    next_code(&world);
    let shown = json!({ "login": "chen", "password": PASSWORD, "code": person.code(&world) });
    let through = |browser: &Browser, scheme: &str| {
        browser
            .request(&Method::POST, "/session")
            .header("x-forwarded-for", "203.0.113.9")
            .header("x-forwarded-proto", scheme)
            .header("x-forwarded-host", "office.works")
            .header("origin", format!("{scheme}://office.works"))
            .json(&shown)
    };
    let proxied = beside(&world, vec![IpAddr::from([127, 0, 0, 1])]).await;
    let mut browser = Browser::new(proxied.url());
    let open = browser.send(through(&browser, "http")).await;
    assert_eq!((open.status, open.refusal()), (403, "open_wire"), "anybody on the way could read the password");
    let mut unproxied = world.browser();
    let forged = unproxied.send(through(&unproxied, "https")).await;
    assert_eq!(forged.refusal(), "foreign_origin", "nobody else's word on the wire is believed");
    browser.send(through(&browser, "https")).await.ok();
    let cookie = browser.cookie.clone().unwrap();
    assert!(cookie.starts_with("__Host-cordwainer-office="), "bound to this host and to TLS: {cookie}");
    proxied.shutdown().await;
}
