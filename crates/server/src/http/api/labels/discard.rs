//! `DELETE /api/v1/labels/{kind}/draft`.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::http::App;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::labels as use_case;

/// Throws a draft away.
#[utoipa::path(delete, path = "/labels/{kind}/draft", params(("kind" = String, Path, description = "Kind of label.")), responses(
    (status = 204, description = "Gone."),
    (status = 404, description = "There is no draft."),
))]
pub(crate) async fn discard(
    State(app): State<App>,
    caller: Caller,
    Path(kind): Path<String>,
) -> Result<StatusCode, ApiFault> {
    use_case::discard(&app.store, &caller, &kind).await?;
    Ok(StatusCode::NO_CONTENT)
}
