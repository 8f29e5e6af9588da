//! K1: the office keeps workers, workstations and stations, and stations learn it from the feed.

use cordwainer_domain::code::{Code, CodeType};
use cordwainer_domain::people::OfficeRole;
use cordwainer_protocol::sync::{ChangeOp, PullReply, Table, WorkerRow};
use cordwainer_sync::SigningKey;
use serde_json::{Value, json};

use crate::station::{ask_to_enrol, pin_of, random};
use crate::world::both_engines;

/// The worker's row as a station that looks now gets it.
fn worker_in(page: &PullReply, id: &str) -> WorkerRow {
    let change = page.changes.iter().find(|change| change.table == Table::Worker && change.pk == id);
    change.unwrap().row.as_ref().unwrap().read().unwrap()
}

both_engines!(a_worker_is_taken_on_given_a_badge_and_a_pin_and_let_go, world => {
    let mut office = world.person("chen", &[OfficeRole::Administrator]).await;
    let mut station = world.enrol("cut-1").await;
    station.pull().await;
    let wanted = json!({
        "name": { "zh": "欧阳明", "en": "" }, "short": { "zh": "欧阳师傅", "en": "Ouyang" }, "roles": ["worker"],
        "skills": [], "language": "zh-CN", "work_centres": ["cutting"],
    });
    let issued = office.browser.post("/workers", &wanted).await.ok();
    let id = issued["worker"].as_str().unwrap().to_owned();
    let badge: Code = issued["badge"].as_str().unwrap().parse().unwrap();
    assert_eq!(badge.kind(), CodeType::Badge, "a random code of ours");
    assert!(issued["qr_svg"].as_str().unwrap().starts_with("<svg"), "to be printed");
    let row = worker_in(&station.pull().await, &id);
    assert_eq!((&row.worker.badge, row.worker.name.en.as_str()), (&badge, "欧阳明"), "the station knows the badge");
    assert!(row.pin.is_none() && row.grant.is_some(), "no PIN yet, but a signed grant");

    let pin = office.browser.post(&format!("/workers/{id}/pin"), &json!({})).await.ok();
    assert_eq!(pin["pin"].as_str().unwrap().len(), 6, "six digits, shown once");
    let row = worker_in(&station.pull().await, &id);
    assert!(row.pin.is_some(), "the station can check it, and was not told it");

    let again = office.browser.post(&format!("/workers/{id}/badge"), &json!({})).await.ok();
    let row = worker_in(&station.pull().await, &id);
    assert_eq!(row.worker.badge.as_str(), again["badge"].as_str().unwrap(), "the forgotten badge is replaced");
    assert_ne!(row.worker.badge, badge, "and names nobody any more");
    assert!(row.pin.is_some(), "the PIN stays");

    let line = line_of(&office.browser.get("/workers").await.ok(), "id", &id);
    assert!(line.get("badge").is_none(), "no list shows a badge: whoever reads it could sign with it");
    let mut change = wanted.clone();
    change["active"] = json!(false);
    change["row_version"] = line["row_version"].clone();
    assert_eq!(office.browser.put(&format!("/workers/{id}"), &change).await.status, 204, "let go");
    let row = worker_in(&station.pull().await, &id);
    assert!(!row.worker.active && row.grant.is_none() && row.pin.is_none(), "no rights are left at the station");
    assert_eq!(office.browser.put(&format!("/workers/{id}"), &change).await.refusal(), "changed_meanwhile", "old picture");
    world.proven().await;
});

both_engines!(a_worker_cannot_be_given_what_does_not_exist, world => {
    let mut office = world.person("chen", &[OfficeRole::Administrator]).await;
    let good = json!({
        "name": { "zh": "甲", "en": "A" }, "short": { "zh": "甲", "en": "A" }, "roles": ["worker"],
        "skills": [], "language": "en", "work_centres": [],
    });
    for (field, value, status, refusal) in [
        ("work_centres", json!(["nowhere"]), 422, "unknown"),
        ("skills", json!(["flying"]), 422, "unknown"),
        ("roles", json!([]), 422, "no_role"),
        ("name", json!({ "zh": " ", "en": "" }), 422, "name"),
        ("short", json!({ "zh": "a\u{7}b", "en": "b" }), 422, "name"),
        ("roles", json!(["emperor"]), 400, ""),
    ] {
        let mut wanted = good.clone();
        wanted[field] = value;
        let said = office.browser.post("/workers", &wanted).await;
        assert_eq!((said.status, said.refusal()), (status, refusal), "{field}");
    }
    let workers = office.browser.get("/workers").await.ok();
    assert_eq!(workers.as_array().unwrap().len(), 3, "nobody was taken on");
});

both_engines!(a_workstation_is_added_used_and_retired, world => {
    let mut office = world.person("chen", &[OfficeRole::Administrator]).await;
    let mut station = world.enrol("cut-1").await;
    station.pull().await;
    let wanted = json!({
        "id": "last-3", "name": { "zh": "绷帮 3", "en": "Lasting 3" }, "work_centre": "lasting", "kind": "production",
    });
    assert_eq!(office.browser.post("/workstations", &wanted).await.status, 204, "added");
    assert_eq!(office.browser.post("/workstations", &wanted).await.refusal(), "key_taken", "once");
    let page = station.pull().await;
    assert!(page.changes.iter().any(|change| change.pk == "last-3" && change.op == ChangeOp::Put), "stations learn it");

    let enrolment = json!({ "workstation": "last-3", "whole_floor": false });
    let issued = office.browser.post("/stations/enrolments", &enrolment).await.ok();
    let key = SigningKey::from_seed(&random());
    let reply = ask_to_enrol(&world.server.stations_url(), pin_of(world.store()), issued["code"].as_str().unwrap(), &key).await.unwrap();
    let line = line_of(&office.browser.get("/stations").await.ok(), "workstation", "last-3");
    assert_eq!(line["fingerprint"], key.public().fingerprint(), "the fingerprint to compare");
    let place = line_of(&office.browser.get("/workstations").await.ok(), "id", "last-3");
    let retire = json!({
        "name": { "zh": "绷帮 3", "en": "Lasting 3" }, "work_centre": "lasting", "kind": "production", "retired": true,
        "row_version": place["row_version"],
    });
    let used = office.browser.put("/workstations/last-3", &retire).await;
    assert_eq!((used.status, used.refusal()), (409, "in_use"), "a station works there");
    let path = format!("/stations/{}", reply.station_id);
    assert_eq!(office.browser.delete(&path).await.status, 204, "revoked");
    assert_eq!(office.browser.put("/workstations/last-3", &retire).await.status, 204, "retired");
    let page = station.pull().await;
    assert!(page.changes.iter().any(|change| change.pk == "last-3" && change.op == ChangeOp::Del), "stations forget it");
    let refused = office.browser.post("/stations/enrolments", &enrolment).await;
    assert_eq!(refused.refusal(), "unknown", "nobody enrols there any more");
    assert!(world.store().make_enrolment_code("last-3", false).await.is_err(), "not from the command line either");
    for id in ["", "Last-3", "office", "last 3", "最后"] {
        let mut bad = wanted.clone();
        bad["id"] = json!(id);
        assert_eq!(office.browser.post("/workstations", &bad).await.refusal(), "key", "{id:?} is no key");
    }
    world.proven().await;
});

both_engines!(t16_what_people_type_is_text_and_comes_back_as_it_was, world => {
    let mut office = world.person("chen", &[OfficeRole::Administrator]).await;
    let nasty = "<img src=x onerror=alert(1)>{{7*7}}'; DROP TABLE worker; --";
    let wanted = json!({
        "name": { "zh": nasty, "en": nasty }, "short": { "zh": "<b>", "en": "<b>" }, "roles": ["worker"],
        "skills": [], "language": "en", "work_centres": [],
    });
    let issued = office.browser.post("/workers", &wanted).await.ok();
    let workers = office.browser.get("/workers").await.ok();
    let line = line_of(&workers, "id", issued["worker"].as_str().unwrap());
    assert_eq!(line["name"]["en"], nasty, "neither the database nor the wire reads anything into it");
    assert_eq!(workers.as_array().unwrap().len(), 4, "the table is there");
});

fn line_of(lines: &Value, field: &str, value: &str) -> Value {
    lines.as_array().unwrap().iter().find(|line| line[field] == value).cloned().unwrap()
}
