//! Writes the TypeScript of the wire types into a folder: `cargo xtask codegen` calls this.

use cordwainer_protocol::office::{
    AccountChange, AccountLine, AlarmLine, CloseAlarm, ConfirmStation, IssuedBadge, IssuedEnrolment, IssuedPin,
    KeptLabelDraft, LabelDesign, LabelDraft, LabelLine, LabelPreview, LabelTestPage, NewAccount, NewEnrolment,
    NewPassword, NewWorker, NewWorkstation, OfficeRefusal, OfficeSession, OneTimePassword, Plant, RecoveryCodes,
    ReleaseLabel, SecondFactorOffer, SecondFactorProof, SignIn, StationLine, TriedLabel, WorkerChange, WorkerLine,
    WorkstationChange, WorkstationLine,
};
use cordwainer_protocol::station::{Command, RpcFailure, RpcReply, StationEvent};
use ts_rs::TS;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: export_ts FOLDER")?;
    let config = ts_rs::Config::new().with_out_dir(&folder);
    Command::export_all(&config)?;
    RpcReply::export_all(&config)?;
    RpcFailure::export_all(&config)?;
    StationEvent::export_all(&config)?;
    export_office(&config)?;
    Ok(())
}

fn export_office(config: &ts_rs::Config) -> Result<(), ts_rs::ExportError> {
    SignIn::export_all(config)?;
    OfficeSession::export_all(config)?;
    NewPassword::export_all(config)?;
    SecondFactorOffer::export_all(config)?;
    SecondFactorProof::export_all(config)?;
    RecoveryCodes::export_all(config)?;
    OfficeRefusal::export_all(config)?;
    AccountLine::export_all(config)?;
    NewAccount::export_all(config)?;
    AccountChange::export_all(config)?;
    OneTimePassword::export_all(config)?;
    WorkerLine::export_all(config)?;
    NewWorker::export_all(config)?;
    WorkerChange::export_all(config)?;
    IssuedBadge::export_all(config)?;
    IssuedPin::export_all(config)?;
    Plant::export_all(config)?;
    WorkstationLine::export_all(config)?;
    NewWorkstation::export_all(config)?;
    WorkstationChange::export_all(config)?;
    StationLine::export_all(config)?;
    NewEnrolment::export_all(config)?;
    IssuedEnrolment::export_all(config)?;
    ConfirmStation::export_all(config)?;
    AlarmLine::export_all(config)?;
    CloseAlarm::export_all(config)?;
    LabelLine::export_all(config)?;
    LabelDesign::export_all(config)?;
    LabelDraft::export_all(config)?;
    KeptLabelDraft::export_all(config)?;
    ReleaseLabel::export_all(config)?;
    TriedLabel::export_all(config)?;
    LabelPreview::export_all(config)?;
    LabelTestPage::export_all(config)?;
    Ok(())
}
