//! Facts that arrive in another order than they happened: the server keeps what must wait, and comes to rest.

use cordwainer_domain::product::Recording;
use cordwainer_domain::production::{Action, Fact};
use proptest::prelude::*;

use crate::floor::{Floor, INSPECTOR, JOBS, Verdict, WANG, action, finished, job_id, passed, pause};
use crate::programs::{Shift, program};

/// What the server does with facts as they come in: in order for each job, the waiting ones again after each success.
struct Server {
    floor: Floor,
    waiting: Vec<Action>,
    counted: usize,
}

impl Server {
    fn deliver(&mut self, action: Action) {
        self.waiting.push(action);
        while self.try_one() {}
    }

    /// Judges the first waiting fact that can be counted now; an earlier one of the same job must go first.
    fn try_one(&mut self) -> bool {
        for index in 0..self.waiting.len() {
            let action = &self.waiting[index];
            if self.waiting[..index].iter().any(|earlier| earlier.job == action.job) {
                continue;
            }
            if !matches!(self.floor.judge(action), Verdict::Parked(_)) {
                self.waiting.remove(index);
                self.counted += 1;
                return true;
            }
        }
        false
    }
}

/// The facts of one pair made in the ordinary way, by the job.
fn ordinary() -> Vec<Action> {
    let mut actions = Vec::new();
    for index in 0..JOBS {
        let job = Floor::open().job(index).clone();
        let facts = match (job.spec.inspection, job.spec.recording) {
            (true, _) => vec![Fact::JobStarted { round: 0 }, passed(0)],
            (false, Recording::OneScan) => vec![finished(0)],
            (false, _) => vec![Fact::JobStarted { round: 0 }, pause(0), Fact::JobResumed { round: 0 }, finished(0)],
        };
        for fact in facts {
            let hand = if job.spec.inspection { INSPECTOR } else { WANG };
            actions.push(action(actions.len() as u128, hand, Some(index), fact));
        }
    }
    actions
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn stations_may_report_in_any_order_and_the_pair_is_the_same(weights in proptest::collection::vec(any::<u32>(), JOBS)) {
        // Each job is one station's; a station reports in its own order, stations overtake each other.
        let mut queues: Vec<Vec<Action>> = (0..JOBS)
            .map(|job| ordinary().into_iter().filter(|action| action.job == Some(job_id(job))).rev().collect())
            .collect();
        let mut server = Server { floor: Floor::open(), waiting: Vec::new(), counted: 0 };
        let mut turn = 0_usize;
        while queues.iter().any(|queue| !queue.is_empty()) {
            let choice = weights[turn % JOBS].rotate_left(u32::try_from(turn).unwrap_or(0)) as usize % JOBS;
            turn += 1;
            let from = (choice..choice + JOBS).map(|queue| queue % JOBS).find(|queue| !queues[*queue].is_empty()).unwrap();
            let action = queues[from].pop().unwrap();
            server.deliver(action);
        }
        prop_assert_eq!(server.waiting, vec![], "nothing waits for ever");
        prop_assert_eq!(server.counted, ordinary().len(), "every fact is counted once");
        prop_assert_eq!(server.floor.work_order.output_pairs(), 1, "the pair is made");
        let times: Vec<u32> = server.floor.work_order.jobs.iter().map(|job| job.sign_off().unwrap().worked_s).collect();
        prop_assert_eq!(times, vec![0; JOBS], "on a clock that stands still nobody worked");
    }

    #[test]
    fn what_waits_comes_to_rest_and_nothing_is_lost(steps in program(), keys in proptest::collection::vec(any::<u32>(), 90)) {
        let shift = Shift::work(&steps)?;
        let mut shuffled: Vec<(u32, Action)> = keys.into_iter().zip(shift.recorded.iter().cloned()).collect();
        shuffled.sort_by_key(|(key, action)| (*key, action.id));
        let total = shuffled.len();
        let mut server = Server { floor: Floor::open(), waiting: Vec::new(), counted: 0 };
        for (_, action) in shuffled {
            server.deliver(action);
            prop_assert!(server.floor.work_order.output_pairs() <= 1, "a pair is put out at most once");
            for job in &server.floor.work_order.jobs {
                let mut passes: Vec<u32> = job.counted_sign_offs().map(|signed| signed.round).collect();
                passes.dedup();
                prop_assert_eq!(passes.len(), job.counted_sign_offs().count(), "one sign-off for each pass in any order");
            }
        }
        prop_assert_eq!(server.counted + server.waiting.len(), total, "each fact is counted or waits");
        let at_rest = server.floor.work_order.clone();
        prop_assert!(!server.try_one(), "trying once more finds nothing");
        prop_assert_eq!(server.floor.work_order, at_rest, "and changes nothing");
    }
}
