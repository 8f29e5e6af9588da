//! The long story: four stations, eight hours without a network, one cloned disk, one server restored from a backup, two
//! conflicts; and a report for those who do not believe it.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::{DateTime, Utc};
use cordwainer_domain::ActionId;

use crate::invariants;
use crate::world::{Doing, Violation, Weather, World, outbox};

/// Where the stations stand, by their number in the story; the fifth is the clone.
const NAMES: [&str; 5] = ["cutting", "closing", "lasting 1", "lasting 2", "lasting 1, cloned disk"];
/// Which of the factory's stations they are.
const PLACES: [usize; 4] = [4, 3, 0, 1];
/// The factory's work centres, by place in the routing.
const JOBS: [&str; 3] = ["cutting", "closing", "lasting"];
const MINUTE_MS: i64 = 60_000;
/// Minutes after noon.
const BACKED_UP: i64 = 30;
const CUT_OFF: i64 = 60;
const CLONED: i64 = 300;
const RESTORED: i64 = 480;
const HEALED: i64 = 540;
/// What is done while nobody hears of it: minutes after noon, station, pair, place in the routing.
const OFFLINE: [(i64, usize, u32, usize); 19] = [
    (80, 0, 7, 0),
    (90, 1, 4, 1),
    (100, 2, 1, 2),
    (110, 3, 2, 2),
    (120, 1, 5, 1),
    (130, 2, 3, 2),
    (140, 0, 8, 0),
    (150, 1, 6, 1),
    (180, 3, 4, 2),
    (190, 2, 5, 2),
    (200, 3, 5, 2),
    (200, 0, 9, 0),
    (210, 1, 7, 1),
    (240, 1, 8, 1),
    (260, 0, 10, 0),
    (330, 2, 6, 2),
    (340, 4, 6, 2),
    (390, 2, 7, 2),
    (400, 4, 8, 2),
];

/// How it went.
pub struct Told {
    /// Everything, for a sceptic; Markdown.
    pub report: String,
    /// The last lines of it.
    pub sums: Sums,
    /// The rule that was broken, if one was.
    pub broken: Option<Violation>,
}

/// What it comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sums {
    /// Actions that a worker was told are recorded.
    pub confirmed: usize,
    /// Of these, stored on the server.
    pub stored: usize,
    /// Applied.
    pub applied: usize,
    /// Kept beside another fact, with a conflict for a supervisor.
    pub flagged: usize,
    /// Confirmed and stored nowhere.
    pub lost: usize,
    /// Sign-offs that count twice.
    pub doubled: usize,
    /// Contradictions that nobody is told of.
    pub silently_merged: usize,
    /// From the return of the network until nothing moved any more, virtual milliseconds.
    pub rest_ms: i64,
}

impl std::fmt::Display for Sums {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} recorded, {} stored: {} applied + {} flagged; {} lost, {} doubled, {} silently merged; at rest {} ms after \
             the network came back",
            self.confirmed,
            self.stored,
            self.applied,
            self.flagged,
            self.lost,
            self.doubled,
            self.silently_merged,
            self.rest_ms
        )
    }
}

/// Something that was recorded, as the script has it.
struct Line {
    id: ActionId,
    at_ms: i64,
    station: usize,
    pair: u32,
    place: usize,
}

/// Plays it.
pub async fn play() -> Told {
    let mut lines = Vec::new();
    let mut sums = Sums::default();
    let mut report = String::from("# Eight hours without a network\n\n");
    let played = told(&mut lines, &mut sums, &mut report).await;
    let broken = played.err();
    let _ = writeln!(report, "\n## Sums\n\n{sums}\n");
    match &broken {
        None => report.push_str("Every invariant holds (I1 to I7), and `verify` finds nothing.\n"),
        Some(violation) => {
            let _ = writeln!(report, "**Broken:** {violation}");
        }
    }
    Told { report, sums, broken }
}

async fn told(lines: &mut Vec<Line>, sums: &mut Sums, report: &mut String) -> Result<(), Violation> {
    let mut world = World::at(2026, &PLACES).await?;
    let noon_ms = world.clock.now_ms();
    let at = |minute: i64| clock(noon_ms + minute * MINUTE_MS);
    morning(&mut world, lines).await?;
    let _ = writeln!(
        report,
        "Four stations ({}) and one server. At {} the server's disk was copied; at {} the network went; at {} the disk of \
         {} was put into a second machine, and both worked on; at {} the server was restored from the copy of {} (the \
         operator took the epoch step); at {} the network came back.\n",
        NAMES[..4].join(", "),
        at(BACKED_UP),
        at(CUT_OFF),
        at(CLONED),
        NAMES[2],
        at(RESTORED),
        at(BACKED_UP),
        at(HEALED)
    );
    for number in world.standing() {
        world.net.set_weather(number, Weather::NoRequests);
    }
    let mut cloned = false;
    for (minute, station, pair, place) in OFFLINE {
        if minute >= CLONED && !cloned {
            let clone = world.clone_machine(2);
            world.net.set_weather(clone, Weather::NoRequests);
            world.start_machine(clone)?;
            cloned = true;
        }
        pass_to(&world, noon_ms + minute * MINUTE_MS);
        sign_off(&mut world, lines, station, pair, place)?;
        // Every station keeps trying meanwhile, and hears nothing.
        world.sync(station).await?;
    }
    pass_to(&world, noon_ms + RESTORED * MINUTE_MS);
    world.restore_server(1, true).await?;
    pass_to(&world, noon_ms + HEALED * MINUTE_MS);
    world.heal().await?;
    sums.rest_ms = world.come_to_rest().await?;
    count(&world, lines, sums, report)?;
    invariants::all(&mut world).await
}

/// Before the network goes: leather is cut, two uppers are closed, the server's disk is copied, and a third is closed.
async fn morning(world: &mut World, lines: &mut Vec<Line>) -> Result<(), Violation> {
    let noon_ms = world.clock.now_ms();
    for pair in 1..=6 {
        sign_off(world, lines, 0, pair, 0)?;
    }
    world.sync(0).await?;
    for pair in 1..=2 {
        sign_off(world, lines, 1, pair, 1)?;
    }
    world.sync(1).await?;
    pass_to(world, noon_ms + BACKED_UP * MINUTE_MS);
    world.back_up();
    pass_to(world, noon_ms + (BACKED_UP + 10) * MINUTE_MS);
    sign_off(world, lines, 1, 3, 1)?;
    for station in 0..4 {
        world.sync(station).await?;
    }
    pass_to(world, noon_ms + CUT_OFF * MINUTE_MS);
    Ok(())
}

fn pass_to(world: &World, instant_ms: i64) {
    world.clock.pass_ms((instant_ms - world.clock.now_ms()).max(0));
}

fn sign_off(
    world: &mut World,
    lines: &mut Vec<Line>,
    station: usize,
    pair: u32,
    place: usize,
) -> Result<(), Violation> {
    let at_ms = world.clock.now_ms();
    match world.work(station, Doing::finish(pair, place)) {
        Some(Ok(id)) => {
            lines.push(Line { id, at_ms, station, pair, place });
            Ok(())
        }
        other => Err(Violation(format!("{} could not record: {other:?}", NAMES[station]))),
    }
}

/// What became of each, from the server's own tables.
fn count(world: &World, lines: &[Line], sums: &mut Sums, report: &mut String) -> Result<(), Violation> {
    let stored = read(world).map_err(|fault| Violation(fault.to_string()))?;
    report.push_str("| # | recorded | where | what | stored by the server | verdict | conflict |\n");
    report.push_str("|---|---|---|---|---|---|---|\n");
    let mut counted: BTreeMap<(u32, usize), usize> = BTreeMap::new();
    for (number, line) in (1..).zip(lines) {
        sums.confirmed += 1;
        let what = format!("pair {}, {} signed off", line.pair, JOBS[line.place]);
        let (received, verdict, conflict) = match stored.get(&line.id) {
            None => ("never".to_owned(), "**lost**".to_owned(), String::new()),
            Some(kept) => {
                sums.stored += 1;
                (clock(kept.received_ms), kept.status.clone(), kept.conflict.clone().unwrap_or_default())
            }
        };
        match (verdict.as_str(), conflict.is_empty()) {
            ("applied", _) => {
                sums.applied += 1;
                *counted.entry((line.pair, line.place)).or_default() += 1;
            }
            ("flagged", false) => sums.flagged += 1,
            ("flagged", true) => sums.silently_merged += 1,
            _ => {}
        }
        let _ = writeln!(
            report,
            "| {number} | {} | {} | {what} | {received} | {verdict} | {conflict} |",
            clock(line.at_ms),
            NAMES[line.station]
        );
    }
    sums.lost = sums.confirmed - sums.stored;
    // Two sign-offs of one job that both count are one too many, and a contradiction that nobody was told of.
    sums.doubled = counted.values().map(|count| count - 1).sum();
    sums.silently_merged += sums.doubled;
    Ok(())
}

struct Kept {
    received_ms: i64,
    status: String,
    conflict: Option<String>,
}

fn read(world: &World) -> rusqlite::Result<BTreeMap<ActionId, Kept>> {
    const SQL: &str = "SELECT action_log.action_id, received_at, verdict.status, conflict.conflict \
                       FROM action_log JOIN verdict USING (action_id) \
                       LEFT JOIN conflict ON conflict.action_id = action_log.action_id";
    let server = outbox::look(world.server.disk(), "cordwainer.db")?;
    let mut statement = server.prepare(SQL)?;
    let rows = statement.query_map([], |row| {
        let kept = Kept { received_ms: row.get(1)?, status: row.get(2)?, conflict: row.get(3)? };
        Ok((outbox::action_id(row.get(0)?), kept))
    })?;
    rows.collect()
}

fn clock(instant_ms: i64) -> String {
    let instant: DateTime<Utc> = DateTime::from_timestamp_millis(instant_ms).unwrap_or(DateTime::UNIX_EPOCH);
    instant.format("%H:%M:%S").to_string()
}
