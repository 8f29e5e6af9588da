//! Print a pair's traveller: rendered and stored before its first byte leaves.

use cordwainer_devices::AddressError;
use cordwainer_devices::printer::PrinterAddress;
use cordwainer_domain::code::Code;
use cordwainer_domain::{JobId, WorkOrderId};
use cordwainer_labels::LabelKind;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, Tone, Topic};

use super::super::moment::Moment;
use super::super::record::not_recorded;
use super::super::say::{Heard, Say};
use super::super::{Engine, Errand};
use crate::devices::{AUTO_PRINT_SETTING, AutoPrint, PRINTER_SETTING, label_template, traveller_label};
use crate::store::{Made, PrintDraft, PrintJobRow};

impl Engine {
    /// The first print needs no reason; every further one does, and carries a mark.
    pub(in crate::engine) fn print_traveller(&mut self, id: WorkOrderId, reason: Option<String>, at: Moment) -> Heard {
        let Some(printer) = self.printer() else { return Err(Say::failure(MessageCode::PrinterNotSet)) };
        let before = self.prints_of(id)?;
        let again = reason.filter(|reason| !reason.trim().is_empty());
        let copy = match (&again, before.first()) {
            // A double click while the last one still waits makes no second label.
            (Some(_), Some(last)) if last.state.may_be_sent() => last.reprint,
            (Some(_), Some(last)) => last.reprint + 1,
            _ => 0,
        };
        // The same label once more is the same job, also where another version of its template was released meanwhile.
        if let Some(same) = before.iter().find(|job| job.reprint == copy) {
            return Ok(self.label_queued(id, &same.number, &same.printer));
        }
        let draft = self.draft_label(id, printer, copy, again, before.first(), at)?;
        let made = self.store.outbox.add_print_job(&draft).map_err(|fault| Box::new(not_recorded(&fault)))?;
        if matches!(made, Made::Queued(_)) {
            self.ask(Errand::Print);
            self.changed(Topic::Printing);
        }
        Ok(self.label_queued(id, &draft.number, &draft.printer))
    }

    fn label_queued(&self, id: WorkOrderId, number: &str, printer: &str) -> Say {
        let say = Say::new(AnswerKind::Label, MessageCode::LabelQueued, Tone::Noted);
        Say { pair: self.names().pair_by_id(id), ..say.text("number", number).text("printer", printer) }
    }

    fn draft_label(
        &self,
        id: WorkOrderId,
        printer: String,
        copy: u32,
        reason: Option<String>,
        before: Option<&PrintJobRow>,
        at: Moment,
    ) -> Result<PrintDraft, Box<Say>> {
        let work_order = self.floor.work_order(id).ok_or_else(|| Say::failure(MessageCode::NotHereYet))?;
        let address: PrinterAddress = printer.parse().map_err(|fault: AddressError| {
            // It was kept by a program that knew other printers.
            Box::new(Say::refused(MessageCode::LabelRefused, Tone::Failure).text("detail", fault.to_string()))
        })?;
        let template = label_template::of_kind(LabelKind::Traveller, &self.floor.image().label_templates)
            .map_err(|fault| Box::new(traveller_label::refused(&fault)))?;
        let label = traveller_label::render(&template, address.input, work_order, self.names().calendar(), copy)
            .map_err(|fault| Box::new(traveller_label::refused(&fault)))?;
        Ok(PrintDraft {
            id: self.ids.uuid_v7(at.wall_ms),
            idem_key: format!("{}/{id}/traveller/{copy}", label.template),
            template: label.template,
            data: label.data,
            payload: label.payload,
            printer,
            copies: 1,
            code: work_order.code.to_string(),
            number: work_order.number.clone(),
            work_order: id,
            reprint: copy,
            reprint_of: if copy > 0 { before.map(|before| before.id.clone()) } else { None },
            reason: if copy > 0 { reason } else { None },
            worker: self.attendance.present().map(|session| session.worker),
            asked_at_ms: at.wall_ms,
        })
    }

    /// Where a pair begins it needs its traveller; a label that cannot be printed never undoes the sign-off.
    pub(in crate::engine) fn print_after_first_sign_off(&mut self, id: WorkOrderId, job: JobId) {
        let setting = self.store.outbox.setting(AUTO_PRINT_SETTING).ok().flatten();
        let wanted = AutoPrint::read(setting.as_deref()) == AutoPrint::AfterFirstSignOff && self.printer().is_some();
        // Upper and bottom begin apart, so "first" is by the routing and not by what happens to be done already.
        let first = self.floor.job(job).is_some_and(|(_, job)| job.spec.after.is_empty() && !job.is_rework());
        if !wanted || !first || self.was_printed_before(id) {
            return;
        }
        if let Err(refused) = self.print_traveller(id, None, self.now()) {
            tracing::warn!(message = ?refused.message, "the traveller was not printed");
        }
    }

    /// Best proof of a label is the scan of it.
    pub(in crate::engine) fn label_was_seen(&mut self, code: &Code) {
        match self.store.outbox.scanned_back(code.as_str(), self.clock.wall_ms()) {
            Ok(None) => {}
            Ok(Some(_)) => self.changed(Topic::Printing),
            Err(fault) => tracing::error!(%fault, "a label's proof was not kept"),
        }
    }

    pub(in crate::engine) fn was_printed_before(&self, id: WorkOrderId) -> bool {
        self.prints_of(id).is_ok_and(|prints| !prints.is_empty())
    }

    fn prints_of(&self, id: WorkOrderId) -> Result<Vec<PrintJobRow>, Box<Say>> {
        self.store.outbox.prints_of(id).map_err(|fault| Box::new(not_recorded(&fault)))
    }

    /// The printer's address; `None` if there is none.
    pub(in crate::engine) fn printer(&self) -> Option<String> {
        self.store.outbox.setting(PRINTER_SETTING).ok().flatten().filter(|printer| !printer.is_empty())
    }
}
