//! `POST /api/v1/labels/{kind}/test`.

use axum::Json;
use axum::extract::Path;
use cordwainer_protocol::office::{LabelTestPage, TriedLabel};

use crate::http::api::body::Sent;
use crate::http::api::fault::ApiFault;
use crate::office::labels as use_case;

/// Makes a page of the label's own size, to print a test with. Nothing is kept.
#[utoipa::path(post, path = "/labels/{kind}/test", params(("kind" = String, Path, description = "Kind of label.")), responses(
    (status = 200, description = "The page."),
    (status = 409, description = "Something in it keeps it from being printed."),
    (status = 422, description = "It is no template."),
))]
pub(crate) async fn test_page(
    Path(kind): Path<String>,
    Sent(tried): Sent<TriedLabel>,
) -> Result<Json<LabelTestPage>, ApiFault> {
    Ok(Json(use_case::test_page(&kind, &tried).await?))
}
