//! Tables and columns as a list of migrations leaves them, read from the statements' text. It knows just the
//! statements that our migrations use.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

/// Words with which a line of a table definition begins when it is no column.
const NO_COLUMNS: [&str; 7] = ["primary", "foreign", "unique", "check", "constraint", "exclude", "like"];

/// Table → its columns.
#[derive(Debug, Default)]
pub struct Schema {
    /// All in lower case.
    pub tables: BTreeMap<String, BTreeSet<String>>,
}

impl Schema {
    /// The schema after these migrations, in this order.
    pub fn after<'a>(steps: impl Iterator<Item = &'a str>) -> Self {
        let mut schema = Self::default();
        for step in steps {
            for statement in without_comments(step).split(';') {
                schema.apply(&statement.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
        schema
    }

    fn apply(&mut self, statement: &str) {
        const TABLE: &str = r#"(?:if (?:not )?exists )?(?:only )?"?(\w+)"?"#;
        let find = |pattern: &str| Regex::new(pattern).ok().and_then(|pattern| pattern.captures(statement));
        if let Some(found) = find(&format!(r"(?i)^create (?:unlogged )?table {TABLE} ?\((.*)$")) {
            self.tables.insert(lower(&found[1]), columns(&found[2]));
        } else if let Some(found) = find(&format!(r"(?i)^drop table {TABLE}")) {
            self.tables.remove(&lower(&found[1]));
        } else if let Some(found) = find(&format!(r"(?i)^alter table {TABLE} (.*)$")) {
            self.alter(&lower(&found[1]), &found[2]);
        }
    }

    fn alter(&mut self, table: &str, changes: &str) {
        const COLUMN: &str = r#"(?:column )?(?:if (?:not )?exists )?"?(\w+)"?"#;
        let find = |pattern: &str, change: &str| {
            let found = Regex::new(&format!("(?i)^{pattern}")).ok()?.captures(change)?;
            Some((lower(&found[1]), found.get(2).map(|second| lower(second.as_str()))))
        };
        if let Some((name, _)) = find(r#"rename to "?(\w+)"?"#, changes) {
            let columns = self.tables.remove(table).unwrap_or_default();
            self.tables.insert(name, columns);
            return;
        }
        let columns = self.tables.entry(table.to_owned()).or_default();
        for change in top_level_parts(changes) {
            if let Some((from, to)) = find(&format!(r#"rename {COLUMN} to "?(\w+)"?"#), &change) {
                columns.remove(&from);
                columns.extend(to);
            } else if let Some((name, _)) = find(&format!("add {COLUMN}"), &change) {
                columns.extend((!NO_COLUMNS.contains(&name.as_str())).then_some(name));
            } else if let Some((name, _)) = find(&format!("drop {COLUMN}"), &change) {
                columns.remove(&name);
            }
        }
    }
}

fn lower(name: &str) -> String {
    name.to_lowercase()
}

/// The column names in what stands behind the opening bracket of a table definition.
fn columns(body: &str) -> BTreeSet<String> {
    let first_words = top_level_parts(body).into_iter().filter_map(|part| {
        let word = part.split([' ', '(']).next()?.trim_matches('"').to_lowercase();
        (!word.is_empty()).then_some(word)
    });
    first_words.filter(|word| !NO_COLUMNS.contains(&word.as_str())).collect()
}

/// Splits at commas outside brackets; ends where a bracket closes that was opened before the text.
fn top_level_parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' if depth == 0 => break,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().into_iter().for_each(|part| part.push(letter));
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

fn without_comments(sql: &str) -> String {
    let lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join("\n");
    Regex::new(r"(?s)/\*.*?\*/").map_or(text.clone(), |block| block.replace_all(&text, " ").into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(sql: &str) -> Vec<String> {
        let schema = Schema::after(std::iter::once(sql));
        schema
            .tables
            .into_iter()
            .map(|(table, columns)| format!("{table}({})", columns.into_iter().collect::<Vec<_>>().join(",")))
            .collect()
    }

    #[test]
    fn constraints_and_comments_are_no_columns() {
        let sql = "-- why, and; how\nCREATE TABLE IF NOT EXISTS \"job\" (\n id UUID PRIMARY KEY, -- the job, itself\n\
            state TEXT NOT NULL CHECK (state IN ('a', 'b')),\n made NUMERIC(12, 3),\n CONSTRAINT once UNIQUE (id, state),\n\
            PRIMARY KEY (id),\n CHECK (made > 0)\n) WITHOUT ROWID;\nCREATE INDEX job_state ON job (state);";
        assert_eq!(after(sql), ["job(id,made,state)"], "commas in brackets do not part columns");
    }

    #[test]
    fn later_steps_change_the_schema() {
        let sql = "create table a (b int, c int);\nalter table a add column if not exists d int default 0, drop c;\n\
            alter table a rename column b to e;\nalter table a add constraint f check (e > 0);\nalter table a rename to g;\n\
            create table h (i int);\ndrop table if exists h;";
        assert_eq!(after(sql), ["g(d,e)"], "what counts is the end");
    }
}
