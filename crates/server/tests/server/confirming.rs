//! The office lets a new station in, by the fingerprint that its own screen shows.

use cordwainer_domain::people::OfficeRole;
use serde_json::{Value, json};

use crate::station::Station;
use crate::world::both_engines;

fn line<'a>(lines: &'a Value, station: &Station) -> &'a Value {
    let id = station.id.to_string();
    lines.as_array().unwrap().iter().find(|line| line["id"] == id.as_str()).unwrap()
}

both_engines!(the_office_lets_a_station_in_by_the_fingerprint_on_its_screen, world => {
    let mut station = world.enrol_unconfirmed("cut-1").await;
    let mut office = world.person("chen", &[OfficeRole::Administrator]).await;
    let lines = office.browser.get("/stations").await.ok();
    assert!(line(&lines, &station)["confirmed_at"].is_null(), "it waits");
    let path = format!("/stations/{}/confirmation", station.id);
    let shown = station.public_key().fingerprint();

    let other = json!({ "fingerprint": "0000-0000-0000-0000" });
    let refused = office.browser.post(&path, &other).await;
    assert_eq!((refused.status, refused.refusal()), (409, "fingerprint_differs"), "another one lets nobody in");
    assert!(!refused.body.to_string().contains(&shown), "and is not told what would");
    assert!(station.page(None, 10).await.is_err(), "it goes on waiting");

    let typed = json!({ "fingerprint": format!(" {} ", shown.to_lowercase().replace('-', " ")) });
    assert_eq!(office.browser.post(&path, &typed).await.status, 204, "however it was written down");
    assert!(station.page(None, 10).await.is_ok(), "it is in");
    let lines = office.browser.get("/stations").await.ok();
    let since = line(&lines, &station)["confirmed_at"].clone();
    assert!(since.is_string(), "since when");
    assert_eq!(office.browser.post(&path, &typed).await.status, 204, "twice does no harm");
    let lines = office.browser.get("/stations").await.ok();
    assert_eq!(line(&lines, &station)["confirmed_at"], since, "and the first time stays");
    let entries = world.notes("station_confirmed").await;
    assert_eq!(entries.len(), 1, "one entry of the audit chain");
    assert_eq!((&entries[0]["by"], &entries[0]["fingerprint"]), (&json!(office.account), &json!(shown)), "who and what");
    world.proven().await;
});

both_engines!(a_revoked_station_is_not_let_in, world => {
    let mut station = world.enrol_unconfirmed("cut-1").await;
    let mut office = world.person("chen", &[OfficeRole::Administrator]).await;
    let shown = json!({ "fingerprint": station.public_key().fingerprint() });
    office.browser.delete(&format!("/stations/{}", station.id)).await;
    let path = format!("/stations/{}/confirmation", station.id);
    assert_eq!(office.browser.post(&path, &shown).await.status, 404, "it is gone");
    assert!(station.page(None, 10).await.is_err(), "and stays out");
});
