//! What is asked again and again is answered from an index: a station that was cut off for a week is not slower for it.

use rusqlite::Connection;

use super::super::read::{OVERLAY, UNSENT};
use crate::fixture::Desk;

/// How SQLite goes about a question.
fn plan(conn: &Connection, question: &str) -> String {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {question}")).expect("a question");
    let numbers: Vec<i64> = vec![0; statement.parameter_count()];
    let steps = statement.query_map(rusqlite::params_from_iter(numbers), |row| row.get::<_, String>(3));
    steps.and_then(Iterator::collect::<Result<Vec<_>, _>>).expect("a plan").join("\n")
}

#[test]
fn what_is_asked_with_every_scan_reads_no_table_from_end_to_end() {
    let desk = Desk::new();
    drop(desk.open_sound());
    let conn = desk.raw("outbox.db");
    for question in [OVERLAY, UNSENT] {
        let plan = plan(&conn, question);
        for table in ["action", "outcome", "submission"] {
            assert!(!plan.contains(&format!("SCAN {table}")), "{question}\n{plan}");
        }
    }
}
