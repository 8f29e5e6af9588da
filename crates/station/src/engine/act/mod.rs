//! What a person does: one verb, one file.

mod answer_print;
mod choose_workstation;
mod dispose;
mod enter_pin;
mod enter_values;
mod fail;
mod finish;
mod inspect;
mod language;
mod lock;
mod pass;
mod pause;
mod print;
mod resolve_item;
mod resume;
mod save_calibration;
mod save_devices;
mod sign_in;
mod sign_out;
mod start;
mod switch_worker;
mod undo;

pub(super) use fail::Failing;
pub(super) use finish::Finishing;
