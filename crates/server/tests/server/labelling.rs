//! C3: the office draws a label, tries it, and releases it; stations learn it from the feed.

use cordwainer_domain::people::OfficeRole;
use cordwainer_protocol::sync::{LabelTemplateRow, PullReply, Table};
use serde_json::{Value, json};

use crate::world::both_engines;

/// What a station that looks now prints travellers with; nothing unless something was released.
fn released_in(page: &PullReply) -> Option<LabelTemplateRow> {
    let change = page.changes.iter().find(|change| change.table == Table::LabelTemplate)?;
    assert_eq!(change.pk, "traveller");
    Some(change.row.as_ref().unwrap().read().unwrap())
}

/// The element of a template by its name.
fn element<'a>(template: &'a mut Value, name: &str) -> &'a mut Value {
    let elements = template["elements"].as_array_mut().unwrap();
    elements.iter_mut().find(|element| element["name"] == name).unwrap()
}

both_engines!(a_label_is_drawn_tried_and_released_to_every_station, world => {
    let mut office = world.person("chen", &[OfficeRole::Quality]).await;
    let browser = &mut office.browser;
    let mut station = world.enrol("cut-1").await;
    assert!(released_in(&station.pull().await).is_none(), "stations have the template that ships with the program");
    let lines = browser.get("/labels").await.ok();
    assert_eq!(lines.as_array().unwrap().len(), 12, "every kind is there");
    assert_eq!(lines[0]["template"], "traveller-60x40@1");

    let design = browser.get("/labels/traveller").await.ok();
    let names: Vec<&str> = design["fields"].as_array().unwrap().iter().map(|field| field["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"promise_date") && names.contains(&"reprint_mark"), "{names:?}");
    let mut template = design["template"].clone();
    element(&mut template, "size")["pt"] = json!(9.5);
    let kept = browser.put("/labels/traveller/draft", &json!({ "template": template, "row_version": 0 })).await.ok();
    let stale = browser.put("/labels/traveller/draft", &json!({ "template": template, "row_version": 0 })).await;
    assert_eq!((stale.status, stale.refusal()), (409, "changed_meanwhile"), "somebody else's draft is not written over");
    assert!(released_in(&station.pull().await).is_none(), "a draft is nobody's business on the floor");
    assert_eq!(browser.get("/labels/traveller").await.ok()["draft"]["by"], "Somebody");

    let unsaid = json!({ "reason": "  ", "row_version": kept["row_version"] });
    assert_eq!(browser.post("/labels/traveller/releases", &unsaid).await.refusal(), "reason");
    let release = json!({ "reason": "鞋号看不清", "row_version": kept["row_version"] });
    assert_eq!(browser.post("/labels/traveller/releases", &release).await.status, 204);
    let row = released_in(&station.pull().await).unwrap();
    assert_eq!((&row.kind[..], &row.template["name"], &row.template["version"]), ("traveller", &json!("traveller-60x40"), &json!(2)));
    let mut said = row.template.clone();
    assert_eq!(element(&mut said, "size")["pt"], 9.5);
    let again = browser.post("/labels/traveller/releases", &release).await;
    assert_eq!(again.refusal(), "changed_meanwhile", "the draft has become the version");

    let design = browser.get("/labels/traveller").await.ok();
    assert_eq!((&design["in_use"], &design["draft"], &design["row_version"]), (&json!("traveller-60x40@2"), &Value::Null, &json!(0)));
    assert_eq!(design["releases"][0]["reason"], "鞋号看不清");
    let next = browser.put("/labels/traveller/draft", &json!({ "template": design["shipped"], "row_version": 0 })).await.ok();
    let back = json!({ "reason": "back", "row_version": next["row_version"] });
    assert_eq!(browser.post("/labels/traveller/releases", &back).await.status, 204);
    assert_eq!(released_in(&station.pull().await).unwrap().template["version"], 3, "the number only ever rises");
    world.proven().await;
});

both_engines!(a_faulty_template_is_kept_as_a_draft_and_never_released, world => {
    let mut office = world.person("chen", &[OfficeRole::Administrator]).await;
    let browser = &mut office.browser;
    let design = browser.get("/labels/traveller").await.ok();
    let mut template = design["template"].clone();
    element(&mut template, "size")["box_mm"] = json!([55.0, 18.0, 26.0, 4.0]);
    let tried = json!({ "template": template, "dots_per_inch": 203, "long": false });
    let preview = browser.post("/labels/traveller/preview", &tried).await.ok();
    assert!(preview["png_base64"].as_str().unwrap().starts_with("iVBOR"), "the rest is shown");
    let finding = &preview["findings"][0];
    assert_eq!((&finding["element"], &finding["code"], &finding["stops"]), (&json!("size"), &json!("leaves_label"), &json!(true)));
    assert_eq!(browser.post("/labels/traveller/test", &tried).await.refusal(), "label_faulty");

    let kept = browser.put("/labels/traveller/draft", &json!({ "template": template, "row_version": 0 })).await.ok();
    let release = json!({ "reason": "why not", "row_version": kept["row_version"] });
    let refused = browser.post("/labels/traveller/releases", &release).await;
    assert_eq!((refused.status, refused.refusal()), (409, "label_faulty"));
    let design = browser.get("/labels/traveller").await.ok();
    assert_eq!(design["template"]["elements"], template["elements"], "nothing of it is lost");
    assert_eq!(browser.delete("/labels/traveller/draft").await.status, 204);
    assert_eq!(browser.delete("/labels/traveller/draft").await.status, 404, "there is none left");
    assert_eq!(browser.get("/labels/napkin").await.status, 404);
    let nonsense = browser.put("/labels/traveller/draft", &json!({ "template": { "elements": 7 }, "row_version": 0 })).await;
    assert_eq!((nonsense.status, nonsense.refusal()), (422, "label_unreadable"));
    world.proven().await;
});

both_engines!(a_test_page_is_a_pdf_of_the_labels_own_size, world => {
    let mut office = world.person("chen", &[OfficeRole::Warehouse]).await;
    let design = office.browser.get("/labels/material_lot").await.ok();
    let tried = json!({ "template": design["template"], "dots_per_inch": 300, "long": true });
    let page = office.browser.post("/labels/material_lot/test", &tried).await.ok();
    assert_eq!(page["file_name"], "material-lot-60x40.pdf");
    assert!(page["pdf_base64"].as_str().unwrap().starts_with("JVBER"), "a PDF");
    let odd = json!({ "template": design["template"], "dots_per_inch": 1200, "long": false });
    assert_eq!(office.browser.post("/labels/material_lot/test", &odd).await.refusal(), "unknown");
});
