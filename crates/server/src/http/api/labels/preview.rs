//! `POST /api/v1/labels/{kind}/preview`.

use axum::Json;
use axum::extract::Path;
use cordwainer_protocol::office::{LabelPreview, TriedLabel};

use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::labels as use_case;

/// Draws a template as a printer would, and says what is wrong with it. Nothing is kept.
#[utoipa::path(post, path = "/labels/{kind}/preview", params(("kind" = String, Path, description = "Kind of label.")), responses(
    (status = 200, description = "The picture and the findings."),
    (status = 422, description = "It is no template."),
))]
pub(crate) async fn preview(
    Path(kind): Path<String>,
    Sent(tried): Sent<TriedLabel>,
) -> Result<Json<LabelPreview>, ApiFault> {
    Ok(Json(use_case::preview(&kind, &tried).await?))
}
