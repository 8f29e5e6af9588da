//! `POST /api/v1/labels/{kind}/releases`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use cordwainer_protocol::office::ReleaseLabel;

use crate::http::App;
use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::caller::Caller;
use crate::office::labels as use_case;

/// Releases the draft: it becomes the next version, and every station prints with it.
#[utoipa::path(post, path = "/labels/{kind}/releases", params(("kind" = String, Path, description = "Kind of label.")), responses(
    (status = 204, description = "Released; who, when and why are on record."),
    (status = 409, description = "Somebody changed it meanwhile, or something in it keeps it from being released."),
    (status = 422, description = "A reason is missing."),
))]
pub(crate) async fn release(
    State(app): State<App>,
    caller: Caller,
    Path(kind): Path<String>,
    Sent(wanted): Sent<ReleaseLabel>,
) -> Result<StatusCode, ApiFault> {
    use_case::release(&app.store, &caller, &kind, &wanted).await?;
    Ok(StatusCode::NO_CONTENT)
}
