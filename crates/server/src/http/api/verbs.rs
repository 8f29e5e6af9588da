//! Every verb of the office: method, path, what it needs, who answers. This table is the router.

use axum::routing::{MethodRouter, delete, get, post, put};
use cordwainer_domain::people::Right;

use super::{accounts, alarms, conflicts, labels, plant, session, stations, workers, workstations};
use crate::http::App;
use crate::office::caller::Needs;

/// One line of the table.
pub(super) struct Verb {
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the door knows its method; tests hold it against the description")
    )]
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) needs: Needs,
    pub(super) door: fn() -> MethodRouter<App>,
}

macro_rules! verb {
    ($method:ident $path:literal, $needs:expr => $handler:path) => {
        Verb { method: stringify!($method), path: $path, needs: $needs, door: || $method($handler) }
    };
}

/// The table.
pub(super) const VERBS: &[Verb] = &[
    verb!(post "/session", Needs::Nobody => session::sign_in::sign_in),
    verb!(get "/session", Needs::Account => session::show::show),
    verb!(delete "/session", Needs::Account => session::sign_out::sign_out),
    verb!(put "/session/password", Needs::Account => session::password::choose),
    verb!(post "/session/second-factor", Needs::Account => session::second_factor_offer::offer),
    verb!(put "/session/second-factor", Needs::Account => session::second_factor_proof::prove),
    verb!(get "/accounts", Needs::Right(Right::SeeAccounts) => accounts::list::list),
    verb!(post "/accounts", Needs::Right(Right::KeepAccounts) => accounts::add::add),
    verb!(put "/accounts/{id}", Needs::Right(Right::KeepAccounts) => accounts::change::change),
    verb!(post "/accounts/{id}/reset", Needs::Right(Right::KeepAccounts) => accounts::reset::reset),
    verb!(get "/alarms", Needs::Right(Right::SeeAlarms) => alarms::list::list),
    verb!(post "/alarms/{id}/closing", Needs::Right(Right::CloseAlarms) => alarms::close::close),
    verb!(get "/conflicts", Needs::Right(Right::SeeConflicts) => conflicts::list::list),
    verb!(get "/conflicts/{id}", Needs::Right(Right::SeeConflicts) => conflicts::show::show),
    verb!(post "/conflicts/{id}/resolution", Needs::Right(Right::ResolveConflicts) => conflicts::resolve::resolve),
    verb!(get "/labels", Needs::Right(Right::SeeLabels) => labels::list::list),
    verb!(get "/labels/{kind}", Needs::Right(Right::SeeLabels) => labels::show::show),
    verb!(post "/labels/{kind}/preview", Needs::Right(Right::SeeLabels) => labels::preview::preview),
    verb!(post "/labels/{kind}/test", Needs::Right(Right::SeeLabels) => labels::test_page::test_page),
    verb!(put "/labels/{kind}/draft", Needs::Right(Right::KeepLabels) => labels::draft::draft),
    verb!(delete "/labels/{kind}/draft", Needs::Right(Right::KeepLabels) => labels::discard::discard),
    verb!(post "/labels/{kind}/releases", Needs::Right(Right::KeepLabels) => labels::release::release),
    verb!(get "/plant", Needs::Right(Right::SeeWorkers) => plant::names::names),
    verb!(get "/workers", Needs::Right(Right::SeeWorkers) => workers::list::list),
    verb!(post "/workers", Needs::Right(Right::KeepWorkers) => workers::add::add),
    verb!(put "/workers/{id}", Needs::Right(Right::KeepWorkers) => workers::change::change),
    verb!(post "/workers/{id}/badge", Needs::Right(Right::IssueBadges) => workers::issue_badge::issue_badge),
    verb!(post "/workers/{id}/pin", Needs::Right(Right::IssueBadges) => workers::issue_pin::issue_pin),
    verb!(get "/workstations", Needs::Right(Right::SeeStations) => workstations::list::list),
    verb!(post "/workstations", Needs::Right(Right::KeepStations) => workstations::add::add),
    verb!(put "/workstations/{id}", Needs::Right(Right::KeepStations) => workstations::change::change),
    verb!(get "/stations", Needs::Right(Right::SeeStations) => stations::list::list),
    verb!(post "/stations/enrolments", Needs::Right(Right::KeepStations) => stations::enrol::enrol),
    verb!(post "/stations/{id}/confirmation", Needs::Right(Right::KeepStations) => stations::confirm::confirm),
    verb!(delete "/stations/{id}", Needs::Right(Right::KeepStations) => stations::revoke::revoke),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use utoipa::OpenApi;

    use super::VERBS;
    use crate::http::api::openapi::ApiDoc;

    #[test]
    fn the_description_tells_of_every_verb_and_of_no_other() {
        let table: BTreeSet<String> = VERBS.iter().map(|verb| format!("{} {}", verb.method, verb.path)).collect();
        assert_eq!(table.len(), VERBS.len(), "each verb stands in the table once");
        let document = serde_json::to_value(ApiDoc::openapi()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let described: BTreeSet<String> = paths
            .iter()
            .flat_map(|(path, verbs)| verbs.as_object().unwrap().keys().map(move |method| format!("{method} {path}")))
            .collect();
        assert_eq!(table, described, "whoever adds a verb describes it");
    }
}
