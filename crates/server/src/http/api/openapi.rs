//! The description of the office's verbs. A test holds it against the table.

use utoipa::OpenApi;

use super::{accounts, alarms, conflicts, labels, plant, session, stations, workers, workstations};

#[derive(OpenApi)]
#[openapi(paths(
    session::sign_in::sign_in,
    session::show::show,
    session::sign_out::sign_out,
    session::password::choose,
    session::second_factor_offer::offer,
    session::second_factor_proof::prove,
    accounts::list::list,
    accounts::add::add,
    accounts::change::change,
    accounts::reset::reset,
    alarms::list::list,
    alarms::close::close,
    conflicts::list::list,
    conflicts::show::show,
    conflicts::resolve::resolve,
    labels::list::list,
    labels::show::show,
    labels::preview::preview,
    labels::test_page::test_page,
    labels::draft::draft,
    labels::discard::discard,
    labels::release::release,
    plant::names::names,
    workers::list::list,
    workers::add::add,
    workers::change::change,
    workers::issue_badge::issue_badge,
    workers::issue_pin::issue_pin,
    workstations::list::list,
    workstations::add::add,
    workstations::change::change,
    stations::list::list,
    stations::enrol::enrol,
    stations::confirm::confirm,
    stations::revoke::revoke,
))]
pub(crate) struct ApiDoc;
