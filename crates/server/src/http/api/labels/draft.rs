//! `PUT /api/v1/labels/{kind}/draft`.

use axum::Json;
use axum::extract::{Path, State};
use cordwainer_protocol::office::{KeptLabelDraft, LabelDraft};

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::labels as use_case;

/// Keeps a draft; it may still have faults. Stations know nothing of it.
#[utoipa::path(put, path = "/labels/{kind}/draft", params(("kind" = String, Path, description = "Kind of label.")), responses(
    (status = 200, description = "Kept; the version is to be sent back with the next change."),
    (status = 409, description = "Somebody changed it meanwhile."),
    (status = 422, description = "It is no template."),
))]
pub(crate) async fn draft(
    State(app): State<App>,
    caller: Caller,
    Path(kind): Path<String>,
    Sent(wanted): Sent<LabelDraft>,
) -> Result<Json<KeptLabelDraft>, ApiFault> {
    Ok(Json(use_case::draft(&app.store, &caller, &kind, &wanted).await?))
}
