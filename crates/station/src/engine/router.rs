//! One command in, one reply out. A line for each; the work is in `act/`, `scan/` and `view/`.

use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{Command, RpcFailure, RpcReply, ScanOrigin};

use super::act::Failing;
use super::moment::Moment;
use super::say::Heard;
use super::scan::Reading;
use super::{Engine, failure};

impl Engine {
    pub(super) fn command(&mut self, command: Command) -> Result<RpcReply, RpcFailure> {
        match command {
            Command::GetState {} => Ok(RpcReply::State(self.state())),
            Command::GetQueue {} => Ok(RpcReply::Queue(self.queue())),
            Command::GetJob { job } => self.job_sheet(job).map(RpcReply::Job),
            Command::GetBoard {} => Ok(RpcReply::Board(self.board())),
            Command::FindPair { text } => Ok(RpcReply::Pairs(self.find_pair(&text))),
            Command::GetPair { work_order } => self.pair(work_order).map(RpcReply::Pair),
            Command::GetDefects {} => Ok(RpcReply::Defects(self.defects())),
            Command::GetPicture { hash } => self.picture(&hash).map(RpcReply::Picture),
            Command::GetSetUp {} => Ok(RpcReply::SetUp(self.set_up())),
            Command::GetOpenItems {} => Ok(RpcReply::OpenItems(self.open_items())),
            Command::GetPrintJobs {} => self.print_jobs().map(RpcReply::PrintJobs),
            Command::ChooseWorkstation { workstation } => {
                self.choose_workstation(&workstation)?;
                Ok(RpcReply::State(self.state()))
            }
            Command::SaveDevices { scanners, instruments, printer } => {
                self.save_devices(&scanners, &instruments, &printer)?;
                Ok(RpcReply::SetUp(self.set_up()))
            }
            Command::SaveCalibration { px_per_mm_x100 } => {
                self.save_calibration(px_per_mm_x100)?;
                Ok(RpcReply::SetUp(self.set_up()))
            }
            // Enrolling waits for a network, so whoever owns the engine does it and then says `Input::Enrolled`.
            Command::Enrol { .. } => Err(failure(MessageCode::Unsupported)),
            Command::Scan { text, origin } => {
                let reading = match origin {
                    ScanOrigin::Wedge => Reading::typed_by_a_scanner(&text, self.now()),
                    ScanOrigin::Pad => Reading::typed_by_hand(&text, self.now()),
                };
                Ok(RpcReply::Answer(self.scan(reading)))
            }
            Command::EnterValues { job, values } => {
                let at = self.now();
                self.attendance.touch(at);
                match self.enter_values(job, &values) {
                    Ok(()) => self.job_sheet(job).map(RpcReply::Job),
                    Err(refused) => Ok(RpcReply::Answer(self.answer(*refused, at))),
                }
            }
            act => Ok(self.act(act)),
        }
    }

    /// A press: somebody is there, and what it comes to is an answer.
    fn act(&mut self, command: Command) -> RpcReply {
        let at = self.now();
        self.attendance.touch(at);
        let heard = self.do_as_asked(command, at);
        RpcReply::Answer(self.answer(heard.unwrap_or_else(|refused| *refused), at))
    }

    fn do_as_asked(&mut self, command: Command, at: Moment) -> Heard {
        match command {
            Command::EnterPin { pin } => self.enter_pin(&pin, at),
            Command::SignOut {} => self.sign_out(at),
            Command::Lock {} => Ok(self.lock()),
            Command::SwitchWorker { worker } => self.switch_worker(worker),
            Command::SetLanguage { language } => Ok(self.set_language(language)),
            Command::StartJob { job } => self.start_picked(job, at),
            Command::PauseJob { job, reason } => self.pause(job, reason, at),
            Command::ResumeJob { job } => self.resume_picked(job, at),
            Command::FinishJob { job, values, early_confirmed } => {
                self.finish_picked(job, &values, early_confirmed, at)
            }
            Command::Undo {} => self.undo(at),
            Command::PassInspection { job, results } => self.pass(job, results, at),
            Command::FailInspection { job, findings, disposition, results, pin } => {
                self.fail(Failing { job, findings, disposition, results, pin }, at)
            }
            Command::DisposeNonconformance { work_order, nonconformance, disposition, pin } => {
                self.dispose(work_order, nonconformance, disposition, pin.as_deref(), at)
            }
            Command::ResolveItem { item, resolution, reason, pin } => {
                self.resolve_item(&item, resolution, reason, pin.as_deref(), at)
            }
            Command::PrintTraveller { work_order, reason } => self.print_traveller(work_order, reason, at),
            Command::AnswerPrint { print_job, came_out } => self.answer_print(&print_job, came_out),
            // Every other command is a question and is answered in `command`.
            _ => Err(super::say::Say::failure(MessageCode::Unsupported)),
        }
    }
}
