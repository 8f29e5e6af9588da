//! What is held, as sums that the server can be asked for: whether this station shows what it should, without sending it.

use std::collections::BTreeMap;

use cordwainer_protocol::sync::Table;
use cordwainer_sync::{Hash, RowSum, row_hash};

use super::super::fault::StoreFault;
use super::Cache;
use super::load::Lives;

/// A row as it lies here.
struct Kept {
    table: String,
    pk: String,
    row: String,
    row_version: i64,
    sent_hash: Option<Vec<u8>>,
}

impl Cache {
    /// The sums of the rows that are shown, table by table. What left the scope and is still referred to is not counted.
    ///
    /// # Errors
    /// [`StoreFault`] when the cache cannot be read, or holds what is no row.
    pub fn sums(&self) -> Result<BTreeMap<Table, RowSum>, StoreFault> {
        // Read at once and hashed without the lock: screens need it meanwhile.
        let rows = self.kept_rows()?;
        let mut sums: BTreeMap<Table, RowSum> = BTreeMap::new();
        for row in &rows {
            let bad = |column| StoreFault::BadRow { table: "held", column, id: row.pk.clone() };
            let table = Table::from_name(&row.table).ok_or_else(|| bad("tbl"))?;
            let hash = match &row.sent_hash {
                Some(hash) => Hash::from_slice(hash).ok_or_else(|| bad("sent_hash"))?,
                None => row_hash(table.name(), &row.pk, u64::try_from(row.row_version).unwrap_or(0), &row.row),
            };
            sums.entry(table).or_default().add(hash);
        }
        Ok(sums)
    }

    fn kept_rows(&self) -> Result<Vec<Kept>, StoreFault> {
        let conn = self.lock();
        let shown = Lives::read(&conn)?.shown;
        let mut statement = conn.prepare_cached(
            "SELECT tbl, pk, row, row_version, sent_hash FROM held WHERE life = ?1 AND left_scope = 0",
        )?;
        let rows = statement.query_map([shown], |row| {
            Ok(Kept {
                table: row.get(0)?,
                pk: row.get(1)?,
                row: row.get(2)?,
                row_version: row.get(3)?,
                sent_hash: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
