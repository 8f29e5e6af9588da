//! `GET /healthz`: whether the server answers and its database does.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::App;
use super::fault::Fault;
use crate::sync::fault::Refusal;

/// Says that all is well, and which life of the database this is.
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "The server and its database answer.")))]
pub(crate) async fn health(State(app): State<App>) -> Result<Json<Value>, Fault> {
    let sites = app.store.sites().await.map_err(Refusal::from)?;
    let epoch = app.store.epoch().await.map_err(Refusal::from)?;
    let version = env!("CARGO_PKG_VERSION");
    Ok(Json(json!({ "status": "ok", "version": version, "epoch": epoch, "sites": sites })))
}
