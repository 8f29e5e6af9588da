//! A defect's card: marks the pair under inspection at the defect's usual place.

use cordwainer_domain::code::Code;
use cordwainer_domain::quality::Side;
use cordwainer_protocol::MessageCode;
use cordwainer_protocol::station::{AnswerKind, FindingDraft, Tone};

use super::super::Engine;
use super::super::attendance::Judging;
use super::super::say::{Heard, Say};
use super::wrong_type;

impl Engine {
    pub(super) fn scan_defect(&mut self, code: &Code) -> Heard {
        let present = self.present()?;
        let Some(job) = self.inspection_of(present.worker) else {
            return Err(Box::new(wrong_type(code, "work_order")));
        };
        let defect = self.floor.defect_of(code).and_then(|id| self.floor.image().defects.get(id)).cloned();
        let Some(defect) = defect else {
            let say = Say::new(AnswerKind::Unknown, MessageCode::CodeUnknown, Tone::UnknownCode);
            return Err(Box::new(say.text("text", code.as_str())));
        };
        // A card cannot say which shoe; the left one stands for the pair until somebody taps the outline.
        let finding = FindingDraft {
            defect: defect.id.clone(),
            severity: defect.severity,
            side: Side::Left,
            view: defect.view,
            x: defect.x,
            y: defect.y,
        };
        let judging = self.attendance.judging.take().filter(|judging| judging.job == job);
        let mut judging = judging.unwrap_or(Judging { job, findings: Vec::new(), rework_from: None });
        if judging.findings.iter().all(|known| known.defect != finding.defect) {
            judging.findings.push(finding);
        }
        self.attendance.judging = Some(judging);
        let say = Say::new(AnswerKind::Picked, MessageCode::DefectPicked, Tone::Noted).name("defect", defect.name);
        Ok(self.about_job(say, job))
    }
}
