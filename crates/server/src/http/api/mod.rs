//! `/api/v1`: the office's door. [`verbs::VERBS`] declares every verb with what it needs, and the router is made from it:
//! what is not in the table is not there, and nothing in it is reached without passing the gate.
//!
//! To add a verb: its file in `api/<area>/`, its line in the table, its path in [`openapi::ApiDoc`], and what it does in
//! `crate::office`. A test holds the table against every role and against the description.

mod accounts;
mod alarms;
mod body;
mod conflicts;
mod cookie;
mod fault;
mod gate;
mod labels;
pub(super) mod openapi;
mod plant;
mod session;
mod stations;
mod verbs;
mod workers;
mod workstations;

use axum::Router;
use axum::middleware::from_fn_with_state;

use self::fault::ApiFault;
use self::gate::Gate;
pub(crate) use self::gate::OfficeDoor;
use self::verbs::VERBS;
use super::App;
use crate::office::OfficeFault;

/// Every verb of the office behind its gate.
pub(super) fn routes(app: &App) -> Router<App> {
    let mut router = Router::new();
    for verb in VERBS {
        let gate = Gate { app: app.clone(), needs: verb.needs };
        router = router.route(verb.path, (verb.door)().route_layer(from_fn_with_state(gate, gate::pass)));
    }
    router.fallback(nothing_here).method_not_allowed_fallback(no_such_verb)
}

async fn nothing_here() -> ApiFault {
    OfficeFault::NotFound.into()
}

async fn no_such_verb() -> ApiFault {
    OfficeFault::NoSuchVerb.into()
}
