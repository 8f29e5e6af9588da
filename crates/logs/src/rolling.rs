//! A log that begins another file every day and whenever one has grown large, and keeps a bounded number of them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use tracing_subscriber::fmt::MakeWriter;

/// How large and how many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// A file that would grow beyond this is followed by another.
    pub file_bytes: u64,
    /// So many files stay; the oldest goes first.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 10 * 1024 * 1024, files: 30 }
    }
}

/// The log files of a program in a folder. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RollingFile {
    state: Arc<Mutex<State>>,
    now: fn() -> DateTime<Utc>,
}

#[derive(Debug)]
struct State {
    folder: PathBuf,
    program: String,
    limits: Limits,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    day: NaiveDate,
    bytes: u64,
}

#[expect(
    clippy::disallowed_methods,
    reason = "a log tells the machine's time, whatever the clock that is being tested"
)]
fn machine_time() -> DateTime<Utc> {
    Utc::now()
}

impl RollingFile {
    /// Log files of a program in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn open(folder: &Path, program: &str, limits: Limits) -> io::Result<Self> {
        Self::open_at(folder, program, limits, machine_time)
    }

    fn open_at(folder: &Path, program: &str, limits: Limits, now: fn() -> DateTime<Utc>) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut state = State { folder: folder.to_owned(), program: program.to_owned(), limits, open: None };
        state.open_for(now().date_naive(), 0)?;
        Ok(Self { state: Arc::new(Mutex::new(state)), now })
    }

    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        // A thread that died while it wrote has left a whole state behind: at worst a line is torn.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let open = state.open_for((self.now)().date_naive(), bytes.len() as u64)?;
        open.bytes += bytes.len() as u64;
        open.file.write_all(bytes)
    }
}

impl State {
    /// The file for so many more bytes on this day.
    fn open_for(&mut self, day: NaiveDate, more: u64) -> io::Result<&mut Open> {
        let fits = |open: &Open| open.day == day && (open.bytes == 0 || open.bytes + more <= self.limits.file_bytes);
        let open = match self.open.take().filter(fits) {
            Some(open) => open,
            None => self.begin(day, more)?,
        };
        Ok(self.open.insert(open))
    }

    /// Goes on with the newest file of the day if there is room, and begins another one otherwise.
    fn begin(&self, day: NaiveDate, more: u64) -> io::Result<Open> {
        let begins = format!("{}-{}-", self.program, day.format("%Y%m%d"));
        let numbers = self
            .files()?
            .into_iter()
            .filter_map(|name| name.strip_prefix(&begins)?.strip_suffix(".log")?.parse::<u32>().ok());
        let newest = numbers.max().unwrap_or(0);
        for number in [newest.max(1), newest + 1] {
            let path = self.folder.join(format!("{begins}{number:04}.log"));
            let file = OpenOptions::new().create(true).append(true).open(path)?;
            let bytes = file.metadata()?.len();
            if bytes == 0 || bytes + more <= self.limits.file_bytes {
                self.thin_out()?;
                return Ok(Open { file, day, bytes });
            }
        }
        Err(io::Error::other("the newest log file is not empty"))
    }

    /// The program's log files, oldest first: their names sort by day and number.
    fn files(&self) -> io::Result<Vec<String>> {
        let begins = format!("{}-", self.program);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.starts_with(&begins) && name.ends_with(".log") {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn thin_out(&self) -> io::Result<()> {
        let names = self.files()?;
        let too_many = names.len().saturating_sub(self.limits.files);
        names.iter().take(too_many).try_for_each(|name| fs::remove_file(self.folder.join(name)))
    }
}

impl Write for RollingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.append(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for RollingFile {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, RollingFile};
    use chrono::{DateTime, TimeDelta, Utc};
    use std::io::Write;
    use std::sync::atomic::{AtomicI64, Ordering};

    static DAY: AtomicI64 = AtomicI64::new(0);

    fn chosen_day() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(DAY.load(Ordering::SeqCst))
    }

    #[test]
    fn a_log_rotates_by_size_and_by_day_and_keeps_a_bounded_number_of_files() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { file_bytes: 100, files: 3 };
        let mut log = RollingFile::open_at(folder.path(), "server", limits, chosen_day).unwrap();
        let names = || {
            let mut names: Vec<String> = std::fs::read_dir(folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
                .collect();
            names.sort();
            names
        };
        log.write_all(&[b'x'; 60]).unwrap();
        log.write_all(&[b'x'; 60]).unwrap();
        assert_eq!(names(), ["server-19700101-0001.log", "server-19700101-0002.log"], "the first one was full");
        let mut again = RollingFile::open_at(folder.path(), "server", limits, chosen_day).unwrap();
        again.write_all(&[b'y'; 30]).unwrap();
        let second = std::fs::read(folder.path().join("server-19700101-0002.log")).unwrap();
        assert_eq!(second.len(), 90, "a program that starts again goes on where there is room");
        std::fs::write(folder.path().join("station-19700101-0001.log"), "of another program").unwrap();
        DAY.store(1, Ordering::SeqCst);
        again.write_all(b"next day").unwrap();
        DAY.store(2, Ordering::SeqCst);
        again.write_all(&[b'z'; 500]).unwrap();
        assert_eq!(
            names(),
            [
                "server-19700101-0002.log",
                "server-19700102-0001.log",
                "server-19700103-0001.log",
                "station-19700101-0001.log"
            ],
            "three stay, a line that is too large has a file of its own, and nobody else's are touched"
        );
    }
}
