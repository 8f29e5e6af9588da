//! T20: every verb of the office against every role, and against nobody. Whatever is not allowed here is denied.

use std::collections::BTreeSet;

use cordwainer_domain::people::OfficeRole;
use reqwest::Method;
use serde_json::{Value, json};

use crate::office::Browser;
use crate::world::both_engines;

const EVERYBODY: &str = "administrator supervisor planner sales warehouse quality finance auditor";

/// Who may do what, said again and apart from the server's own table: method, path, roles.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("get", "/session", EVERYBODY),
    ("put", "/session/password", EVERYBODY),
    ("post", "/session/second-factor", EVERYBODY),
    ("put", "/session/second-factor", EVERYBODY),
    ("get", "/accounts", "administrator auditor"),
    ("post", "/accounts", "administrator"),
    ("put", "/accounts/{id}", "administrator"),
    ("post", "/accounts/{id}/reset", "administrator"),
    ("get", "/alarms", "administrator supervisor auditor"),
    ("post", "/alarms/{id}/closing", "administrator supervisor"),
    ("get", "/conflicts", "supervisor quality auditor"),
    ("get", "/conflicts/{id}", "supervisor quality auditor"),
    ("post", "/conflicts/{id}/resolution", "supervisor"),
    ("get", "/labels", "administrator supervisor warehouse quality auditor"),
    ("get", "/labels/{kind}", "administrator supervisor warehouse quality auditor"),
    ("post", "/labels/{kind}/preview", "administrator supervisor warehouse quality auditor"),
    ("post", "/labels/{kind}/test", "administrator supervisor warehouse quality auditor"),
    ("put", "/labels/{kind}/draft", "administrator quality"),
    ("delete", "/labels/{kind}/draft", "administrator quality"),
    ("post", "/labels/{kind}/releases", "administrator quality"),
    ("get", "/plant", "administrator supervisor planner quality auditor"),
    ("get", "/workers", "administrator supervisor planner quality auditor"),
    ("post", "/workers", "administrator"),
    ("put", "/workers/{id}", "administrator"),
    ("post", "/workers/{id}/badge", "administrator supervisor"),
    ("post", "/workers/{id}/pin", "administrator supervisor"),
    ("get", "/workstations", "administrator supervisor planner quality auditor"),
    ("post", "/workstations", "administrator"),
    ("put", "/workstations/{id}", "administrator"),
    ("get", "/stations", "administrator supervisor planner quality auditor"),
    ("post", "/stations/enrolments", "administrator"),
    ("post", "/stations/{id}/confirmation", "administrator"),
    ("delete", "/stations/{id}", "administrator"),
    // Last: it ends the session of whoever asks.
    ("delete", "/session", EVERYBODY),
];
/// What is open to whoever is not signed in.
const OPEN: &[(&str, &str)] = &[("post", "/session")];

async fn ask(browser: &mut Browser, method: &str, path: &str) -> crate::office::Said {
    let method: Method = method.to_uppercase().parse().unwrap();
    let path = path.replace("{id}", "00000000-0000-0000-0000-00000000002a").replace("{kind}", "shoe_box");
    let request = browser.request(&method, &path);
    browser.send(if method == Method::GET { request } else { request.json(&json!({})) }).await
}

both_engines!(t20_every_verb_is_open_to_its_roles_and_to_nobody_else, world => {
    let document: Value = reqwest::get(format!("{}/openapi.json", world.server.url())).await.unwrap().json().await.unwrap();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(path, verbs)| Some((path.strip_prefix("/api/v1")?, verbs.as_object()?)))
        .flat_map(|(path, verbs)| verbs.keys().map(|method| (method.clone(), path.to_owned())))
        .collect();
    let listed = ALLOWED.iter().map(|(method, path, _)| (*method, *path)).chain(OPEN.iter().copied());
    let listed: BTreeSet<(String, String)> = listed.map(|(method, path)| (method.to_owned(), path.to_owned())).collect();
    assert_eq!(described, listed, "every verb of the server has its line here: whoever adds one says who may");

    let mut stranger = world.browser();
    for (method, path, _) in ALLOWED {
        let said = ask(&mut stranger, method, path).await;
        assert_eq!((said.status, said.refusal()), (401, "session_over"), "{method} {path} by nobody");
    }
    for role in OfficeRole::ALL {
        let mut person = world.person(role.key(), &[role]).await;
        for (method, path, roles) in ALLOWED {
            let said = ask(&mut person.browser, method, path).await;
            if roles.split(' ').any(|allowed| allowed == role.key()) {
                assert!(![401, 403, 404, 405, 500].contains(&said.status) || said.body["code"] == "not_found" && path.contains('{'),
                    "{method} {path} by a {role:?} passes the gate: {said:?}");
            } else {
                assert_eq!((said.status, said.refusal()), (403, "no_right"), "{method} {path} by a {role:?}");
            }
        }
    }
    world.proven().await;
});

both_engines!(what_is_not_a_verb_is_a_problem_of_ours_and_never_a_page, world => {
    let mut browser = world.browser();
    for path in ["", "/", "/nothing", "/accounts/x/y/z", "/../healthz"] {
        let said = browser.get(path).await;
        assert!(said.status == 404 || path.contains(".."), "{path}: {said:?}");
    }
    let said = browser.send(browser.request(&Method::PATCH, "/accounts")).await;
    assert_eq!((said.status, &said.body["code"]), (405, &json!("not_found")), "a verb that is not there");
});

both_engines!(every_answer_carries_the_headers_that_keep_other_pages_out, world => {
    for path in ["/api/v1/session", "/healthz", "/nothing"] {
        let response = reqwest::get(format!("{}{path}", world.server.url())).await.unwrap();
        let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: nothing inline, nothing evaluated");
        assert_eq!((header("x-content-type-options"), header("referrer-policy")), ("nosniff".into(), "no-referrer".into()), "{path}");
    }
});
