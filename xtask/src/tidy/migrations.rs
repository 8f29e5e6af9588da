//! The server's store has two dialects of one schema: the same steps, the same tables, the same columns.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Finding, Sources,
    schema::Schema,
    sources::{extension, file_name},
};

const SQLITE: &str = "migrations/server/sqlite";
const POSTGRES: &str = "migrations/server/postgres";

/// Compares the two folders.
pub fn check(sources: &Sources) -> Vec<Finding> {
    let sqlite = steps(sources, SQLITE);
    let postgres = steps(sources, POSTGRES);
    if sqlite.is_empty() && postgres.is_empty() {
        return vec![Finding::new("migrations/server", "holds no migration: the folder moved, and this rule with it")];
    }
    let mut findings = Vec::new();
    for (name, lacking, has) in [(SQLITE, &sqlite, &postgres), (POSTGRES, &postgres, &sqlite)] {
        let missing = has.keys().filter(|step| !lacking.contains_key(*step));
        findings.extend(missing.map(|step| Finding::new(name, format!("lacks {step}, which the other dialect has"))));
    }
    let (left, right) = (Schema::after(sqlite.values().copied()), Schema::after(postgres.values().copied()));
    findings.extend(differences(SQLITE, &left.tables, &right.tables));
    findings.extend(differences(POSTGRES, &right.tables, &left.tables));
    findings
}

/// File name → text, in the order in which they are applied.
fn steps<'a>(sources: &'a Sources, folder: &str) -> BTreeMap<&'a str, &'a str> {
    let files = sources.texts_below(folder).filter(|(path, _)| extension(path) == "sql");
    files.map(|(path, text)| (file_name(path), text)).collect()
}

type Tables = BTreeMap<String, BTreeSet<String>>;

/// What `lacking` lacks of `has`.
fn differences(folder: &str, lacking: &Tables, has: &Tables) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (table, columns) in has {
        let Some(own) = lacking.get(table) else {
            findings.push(Finding::new(folder, format!("lacks the table {table}")));
            continue;
        };
        findings.extend(
            columns.difference(own).map(|column| Finding::new(folder, format!("lacks the column {table}.{column}"))),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sqlite: &str, postgres: &str) -> Vec<String> {
        let files = [
            ("migrations/server/sqlite/0001_jobs.sql", sqlite),
            ("migrations/server/postgres/0001_jobs.sql", postgres),
        ];
        check(&Sources::of(&files)).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn types_may_differ_and_columns_may_not() {
        let sqlite = "CREATE TABLE job (id BLOB PRIMARY KEY, made INTEGER NOT NULL) STRICT;";
        assert!(
            found(sqlite, "create table job (id uuid primary key, made numeric(12, 3) not null);").is_empty(),
            "types"
        );
        let findings = found(sqlite, "create table job (id uuid primary key);");
        assert_eq!(findings, ["migrations/server/postgres: lacks the column job.made"], "the drift is named");
    }

    #[test]
    fn a_table_of_one_dialect_is_found() {
        let findings = found("create table a (b int); create table c (d int);", "create table a (b int);");
        assert_eq!(findings, ["migrations/server/postgres: lacks the table c"], "once, and not for each column");
    }

    #[test]
    fn a_step_of_one_dialect_is_found() {
        let files = [("migrations/server/sqlite/0001.sql", ""), ("migrations/server/postgres/0002.sql", "")];
        assert_eq!(check(&Sources::of(&files)).len(), 2, "each lacks the other's");
        assert_eq!(check(&Sources::of(&[])).len(), 1, "and none at all is no clean bill");
    }
}
