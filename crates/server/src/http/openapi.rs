//! `GET /openapi.json`: the description of the doors, made from the code.

use axum::Json;
use utoipa::OpenApi;

use super::api::openapi::ApiDoc;
use super::{health, sync};

#[derive(OpenApi)]
#[openapi(
    info(title = "Cordwainer · 履约", description = "Shop-floor software for a bespoke-shoe factory."),
    nest((path = "/api/v1", api = ApiDoc)),
    paths(
        health::health,
        sync::enrol::enrol,
        sync::certificate::certificate,
        sync::push::push,
        sync::pull::pull,
        sync::snapshot::snapshot,
        sync::poke::poke
    )
)]
struct Doors;

/// Hands the description out.
pub(crate) async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(Doors::openapi())
}
