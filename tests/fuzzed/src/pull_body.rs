//! A page of the feed, from whoever answers at the server's address.

use cordwainer_domain::equipment::{WorkCentre, Workstation};
use cordwainer_domain::product::Operation;
use cordwainer_domain::production::WorkOrder;
use cordwainer_domain::quality::Defect;
use cordwainer_protocol::sync::{
    Change, ConflictRow, Grant, LabelTemplateRow, PictureRow, PullReply, SiteRow, Table, WorkOrderCard, WorkerRow,
};
use cordwainer_sync::{Cursor, Signature};
use serde::de::DeserializeOwned;

/// Reading page and rows never panics, a cursor has one form, and what was read says the same when it is written again.
pub fn pull_body(input: &[u8]) {
    let Ok(page) = serde_json::from_slice::<PullReply>(input) else { return };
    let again: PullReply = serde_json::from_slice(&serde_json::to_vec(&page).expect("was read")).expect("was written");
    assert_eq!(again, page, "a page means the same after a proxy has rewritten it");
    if let Ok(cursor) = page.to.parse::<Cursor>() {
        assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor), "a cursor is told as it was read");
    }
    page.changes.iter().for_each(read_row);
}

fn read_row(change: &Change) {
    match change.table {
        Table::Site => drop(row::<SiteRow>(change)),
        Table::WorkCentre => drop(row::<WorkCentre>(change)),
        Table::Workstation => drop(row::<Workstation>(change)),
        Table::Operation => drop(row::<Operation>(change)),
        Table::Defect => drop(row::<Defect>(change)),
        Table::Picture => drop(row::<PictureRow>(change)),
        Table::LabelTemplate => drop(row::<LabelTemplateRow>(change)),
        Table::WorkOrderCard => drop(row::<WorkOrderCard>(change)),
        Table::Conflict => drop(row::<ConflictRow>(change)),
        Table::Worker => {
            if let Some(grant) = row::<WorkerRow>(change).and_then(|row| row.grant) {
                drop((serde_json::from_str::<Grant>(&grant.body), grant.sig.parse::<Signature>()));
            }
        }
        Table::WorkOrder => {
            if let Some(work_order) = row::<WorkOrder>(change) {
                work_order.jobs.iter().for_each(|job| drop(work_order.standing(job)));
            }
        }
        _ => {}
    }
}

fn row<R: DeserializeOwned>(change: &Change) -> Option<R> {
    change.row.as_ref()?.read().ok()
}
