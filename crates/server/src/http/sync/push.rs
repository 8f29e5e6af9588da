//! `POST /sync/v1/push`.

use axum::extract::{Request, State};
use axum::response::Response;
use cordwainer_protocol::sync::PushRequest;

use crate::http::App;
use crate::http::fault::Fault;
use crate::http::signed::{self, Admission, Signed, answer};
use crate::sync::authenticate::Freshness;
use crate::sync::fault::Refusal;
use crate::sync::push as use_case;

/// Takes a station's facts. The work runs in a task of its own, because a handler is dropped when its client hangs up, and a
/// push must be finished or rolled back whole.
#[utoipa::path(post, path = "/sync/v1/push", responses(
    (status = 200, description = "Every action is stored; one verdict for each."),
    (status = 401, description = "Unknown or revoked station."),
    (status = 409, description = "A gap or a fork; nothing is stored."),
    (status = 413, description = "Send less at once."),
))]
pub(crate) async fn push(State(app): State<App>, request: Request) -> Result<Response, Fault> {
    let Signed { station, body } = signed::open(&app, request, Freshness::Lease, Admission::Station).await?;
    let sender = station.clone();
    let store = app.store.clone();
    let task = tokio::spawn(async move {
        let request: PushRequest =
            serde_json::from_slice(&body).map_err(|fault| Refusal::Malformed(fault.to_string()))?;
        use_case::push(&store, &sender, &request).await
    });
    let outcome = task.await.unwrap_or_else(|died| {
        tracing::error!(%died, "a push died");
        Err(Refusal::Died)
    });
    Ok(answer(&app, &station, outcome))
}
