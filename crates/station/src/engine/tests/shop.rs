//! One station in the small factory, driven by hand.

use std::collections::HashSet;
use std::sync::Arc;

use cordwainer_domain::ActionId;
use cordwainer_domain::code::{CodeType, Command as Card, command_code};
use cordwainer_domain::production::{Action, Job, Standing, WorkOrder};
use cordwainer_protocol::station::{
    Answer, AnswerKind, Command, Mode, RpcReply, ScanOrigin, StationEvent, StationState, ValueDraft,
};
use cordwainer_protocol::sync::{PullReply, VerdictRow, VerdictStatus};
use cordwainer_protocol::{MessageCode, Param};

use super::factory::{self, CHEN_INSPECTS, PIN, badge, job_id, pair_id};
use crate::engine::{About, Engine, Errand, Input, Output, Rows};
use crate::fixture::{Desk, enrolment};
use crate::store::{Enrolment, StationStore};

/// A station with its clock.
pub struct Shop {
    pub desk: Desk,
    pub store: Arc<StationStore>,
    pub engine: Engine,
    pub events: Vec<StationEvent>,
    pub errands: Vec<Errand>,
    commits: u64,
}

impl Shop {
    /// A station at a workstation, with pairs 1 and 2 released and nobody signed in.
    pub fn at(workstation: &str) -> Self {
        Self::with(workstation, &[factory::pair(1), factory::pair(2)])
    }

    pub fn with(workstation: &str, pairs: &[WorkOrder]) -> Self {
        let desk = Desk::new();
        let store = Arc::new(desk.open_sound());
        let place =
            Enrolment { workstation: workstation.into(), scope: "*".to_owned(), ..enrolment("http://127.0.0.1:9") };
        store.outbox.save_enrolment(&place).expect("kept");
        store.cache.apply_page(&factory::page(pairs, 10, true), &HashSet::new()).expect("a page");
        let engine = engine_of(&desk, &store);
        Self { desk, store, engine, events: Vec::new(), errands: Vec::new(), commits: 10 }
    }

    /// A folder that is no station yet.
    pub fn unenrolled() -> Self {
        let desk = Desk::new();
        let store = Arc::new(desk.open_sound());
        let engine = engine_of(&desk, &store);
        Self { desk, store, engine, events: Vec::new(), errands: Vec::new(), commits: 0 }
    }

    /// The program ends and begins again over the same folder.
    pub fn restart(self) -> Self {
        let Self { desk, store, engine, events, errands, commits } = self;
        drop(engine);
        drop(store);
        let store = Arc::new(desk.open_sound());
        let engine = engine_of(&desk, &store);
        Self { desk, store, engine, events, errands, commits }
    }

    pub fn pass_s(&self, seconds: i64) {
        self.desk.clock.pass_ms(seconds * 1000);
    }

    pub fn input(&mut self, input: Input) -> Output {
        let mut output = self.engine.handle(input);
        self.events.append(&mut output.events);
        self.errands.append(&mut output.errands);
        output
    }

    pub fn ask(&mut self, command: Command) -> RpcReply {
        self.input(Input::Command(command)).reply.expect("a command is replied to").expect("can be carried out")
    }

    pub fn press(&mut self, command: Command) -> Answer {
        match self.ask(command) {
            RpcReply::Answer(answer) => answer,
            other => panic!("no answer: {other:?}"),
        }
    }

    /// A scan two seconds after whatever was before.
    pub fn scan(&mut self, text: &str) -> Answer {
        self.pass_s(2);
        self.scan_at_once(text)
    }

    pub fn scan_at_once(&mut self, text: &str) -> Answer {
        self.press(Command::Scan { text: text.to_owned(), origin: ScanOrigin::Wedge })
    }

    pub fn card(&mut self, card: Card) -> Answer {
        let code = command_code(card).expect("a card").to_string();
        self.scan(&code)
    }

    pub fn operation_card(&mut self, operation: usize) -> Answer {
        self.scan(&factory::code(CodeType::Operation, operation as u64 + 1))
    }

    pub fn sign_in(&mut self, who: u64) {
        assert_eq!(self.scan(&badge(who)).kind, AnswerKind::SignedIn, "the badge opens a session");
    }

    pub fn sign_in_inspector(&mut self) {
        assert_eq!(self.scan(&badge(CHEN_INSPECTS)).kind, AnswerKind::PinNeeded, "an inspector is asked for the PIN");
        assert_eq!(self.press(Command::EnterPin { pin: PIN.to_owned() }).kind, AnswerKind::SignedIn, "the right PIN");
    }

    pub fn state(&mut self) -> StationState {
        match self.ask(Command::GetState {}) {
            RpcReply::State(state) => state,
            other => panic!("no state: {other:?}"),
        }
    }

    pub fn job(&self, number: u64, operation: usize) -> &Job {
        self.engine.floor.job(job_id(number, operation)).expect("held here").1
    }

    pub fn standing(&self, number: u64, operation: usize) -> Standing {
        let pair = self.engine.floor.work_order(pair_id(number)).expect("held here");
        pair.standing(self.job(number, operation))
    }

    /// Everything on the disk that is not resolved, oldest first.
    pub fn recorded(&self) -> Vec<Action> {
        let overlay = self.store.outbox.overlay(self.commits).expect("readable");
        overlay.into_iter().map(|entry| entry.action).collect()
    }

    /// Kinds of everything recorded about pairs.
    pub fn facts(&self) -> Vec<&'static str> {
        let about_pairs = |action: &Action| action.fact.is_about_a_work_order().then_some(action.fact.kind());
        self.recorded().iter().filter_map(about_pairs).collect()
    }

    /// Outcomes in the scan log, oldest first.
    pub fn scan_log(&self) -> Vec<String> {
        let conn = self.desk.raw("outbox.db");
        let mut statement = conn.prepare("SELECT outcome FROM scan_log ORDER BY rowid").expect("a table");
        let rows = statement.query_map([], |row| row.get(0)).expect("readable");
        rows.collect::<Result<_, _>>().expect("readable")
    }

    /// The server sends these pairs.
    pub fn page(&mut self, pairs: &[WorkOrder]) {
        self.commits += 1;
        let page = factory::page(pairs, self.commits, false);
        self.take(&page);
    }

    pub fn name_elsewhere(&mut self, number: u64, at: &[&str]) {
        self.commits += 1;
        let page = factory::card_page(number, at, self.commits);
        self.take(&page);
    }

    pub fn take(&mut self, page: &PullReply) {
        self.store.outbox.apply_verdicts(&page.verdicts).expect("kept");
        self.store.cache.apply_page(page, &HashSet::new()).expect("a page");
        let rows = Rows::read(&self.store).expect("readable");
        self.input(Input::Rows(Box::new(rows)));
    }

    /// Makes the disk refuse every further record.
    pub fn break_disk(&self) {
        let trigger =
            "CREATE TRIGGER broken BEFORE INSERT ON action BEGIN SELECT RAISE(ABORT, 'the disk is broken'); END";
        self.desk.raw("outbox.db").execute_batch(trigger).expect("a trigger");
    }

    pub fn mend_disk(&self) {
        self.desk.raw("outbox.db").execute_batch("DROP TRIGGER broken").expect("mended");
    }
}

fn engine_of(desk: &Desk, store: &Arc<StationStore>) -> Engine {
    let about = About { mode: Mode::Joined, app_version: "0".to_owned(), data_folder: desk.folder.path().to_owned() };
    Engine::new(Arc::clone(store), desk.clock.clone(), desk.ids.clone(), about).expect("an engine")
}

/// A pair whose jobs before one are done, by the server's word.
pub fn pair_ready_for(number: u64, operation: usize) -> WorkOrder {
    let mut pair = factory::pair(number);
    for job in &mut pair.jobs[..operation] {
        job.progress.state = done();
    }
    pair.version += 1;
    pair
}

fn done() -> cordwainer_domain::production::JobState {
    serde_json::from_value(serde_json::json!({
        "state": "done",
        "sign_off": {
            "action": uuid::Uuid::from_u128(0xABCD), "round": 0, "worker": factory::worker(factory::LI),
            "workstation": "close-1", "started_at": "2026-11-19T09:00:00Z", "finished_at": "2026-11-19T10:00:00Z",
            "worked_s": 3600, "start_inferred": false,
        },
    }))
    .expect("a state")
}

/// The server's word that an action counts.
pub fn accepted(action_id: ActionId, commit_seq: u64) -> VerdictRow {
    VerdictRow {
        action_id,
        status: VerdictStatus::Applied,
        commit_seq,
        park_reason: None,
        conflict: None,
        conflict_id: None,
    }
}

pub fn pitch(value: &str, reason: Option<&str>) -> ValueDraft {
    ValueDraft {
        parameter: cordwainer_domain::ParameterId("pitch".to_owned()),
        value: value.to_owned(),
        reason: reason.map(str::to_owned),
    }
}

/// What an answer said, for a table of cases.
pub fn said(answer: &Answer) -> (AnswerKind, MessageCode) {
    (answer.kind, answer.message.code)
}

/// A name in an answer's message.
pub fn named(answer: &Answer, param: &str) -> String {
    match answer.message.params.get(param) {
        Some(Param::Name(name)) => name.zh.clone(),
        Some(Param::Text(text)) => text.clone(),
        Some(Param::Number(number)) => number.to_string(),
        Some(Param::Instant(at)) => at.to_rfc3339(),
        None => panic!("{:?} has no {param}", answer.message),
    }
}
