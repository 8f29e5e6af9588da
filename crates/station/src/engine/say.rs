//! What a verb has to say: an answer that lacks only its number and the scan it answers.

use chrono::{DateTime, Utc};
use cordwainer_domain::product::Parameter;
use cordwainer_domain::{ActionId, LocalText};
use cordwainer_protocol::station::{AnswerKind, Evidence, JobHead, PairHead, Tone, WorkerHead};
use cordwainer_protocol::{Message, MessageCode, Param};

/// What a scan or press came to, in the making.
#[derive(Clone, Debug)]
pub(crate) struct Say {
    pub kind: AnswerKind,
    pub message: Message,
    pub tone: Tone,
    pub pair: Option<PairHead>,
    pub job: Option<JobHead>,
    pub worker: Option<WorkerHead>,
    pub choices: Vec<JobHead>,
    pub missing: Vec<Parameter>,
    pub action: Option<ActionId>,
    pub undo_until: Option<DateTime<Utc>>,
    pub evidence: Option<Evidence>,
}

/// A verb's end: done, or refused with words. Boxed, because a refusal is as large as an answer and rarer.
pub(crate) type Heard = Result<Say, Box<Say>>;

impl Say {
    pub fn new(kind: AnswerKind, code: MessageCode, tone: Tone) -> Self {
        Self {
            kind,
            message: Message::new(code),
            tone,
            pair: None,
            job: None,
            worker: None,
            choices: Vec::new(),
            missing: Vec::new(),
            action: None,
            undo_until: None,
            evidence: None,
        }
    }

    /// Nothing was done, for a reason.
    pub fn refused(code: MessageCode, tone: Tone) -> Self {
        Self::new(AnswerKind::Refused, code, tone)
    }

    /// The pair that was looked for.
    pub fn found(pair: PairHead) -> Self {
        let say = Self::new(AnswerKind::Found, MessageCode::PairFound, Tone::Noted);
        say.text("number", &pair.number).pair(pair)
    }

    /// A refusal that is an ordinary failure, ready to be returned.
    pub fn failure(code: MessageCode) -> Box<Self> {
        Box::new(Self::refused(code, Tone::Failure))
    }

    pub fn text(self, name: &str, text: impl Into<String>) -> Self {
        self.param(name, Param::Text(text.into()))
    }

    pub fn name(self, name: &str, text: LocalText) -> Self {
        self.param(name, Param::Name(text))
    }

    pub fn number(self, name: &str, number: i64) -> Self {
        self.param(name, Param::Number(number))
    }

    pub fn instant(self, name: &str, at: DateTime<Utc>) -> Self {
        self.param(name, Param::Instant(at))
    }

    pub fn param(mut self, name: &str, value: Param) -> Self {
        self.message = self.message.with(name, value);
        self
    }

    pub fn pair(mut self, pair: PairHead) -> Self {
        self.pair = Some(pair);
        self
    }

    pub fn job(mut self, job: JobHead) -> Self {
        self.job = Some(job);
        self
    }

    pub fn worker(mut self, worker: Option<WorkerHead>) -> Self {
        self.worker = worker;
        self
    }

    /// A record of this station's own disk stands behind the answer.
    pub fn saved(mut self, action: ActionId) -> Self {
        self.action = Some(action);
        self.evidence = Some(Evidence::Saved);
        self
    }
}
