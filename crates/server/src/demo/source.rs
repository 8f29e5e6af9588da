//! Where a factory's files come from: a folder that somebody wrote, or the demo that every program carries.

use std::collections::BTreeMap;
use std::path::PathBuf;

use include_dir::{Dir, include_dir};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../assets/demo");

/// Longest data file or picture that is read; a larger one is a mistake, not a factory.
const LONGEST_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// A folder of data files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// The demo factory inside the program.
    Embedded,
    /// A folder on disk.
    Folder(PathBuf),
    /// Files in memory, by name.
    Files(BTreeMap<String, Vec<u8>>),
}

impl Source {
    /// The files of the demo factory, pictures included, to be changed in memory.
    pub fn embedded_files() -> BTreeMap<String, Vec<u8>> {
        fn gather(folder: &Dir<'_>, files: &mut BTreeMap<String, Vec<u8>>) {
            for file in folder.files() {
                files.insert(file.path().to_string_lossy().into_owned(), file.contents().to_vec());
            }
            folder.dirs().for_each(|inner| gather(inner, files));
        }
        let mut files = BTreeMap::new();
        gather(&EMBEDDED, &mut files);
        files
    }

    /// The bytes of a file, named relative to the folder.
    ///
    /// # Errors
    /// Why it cannot be read, as a half-sentence for the person who wrote the folder.
    pub fn bytes(&self, file: &str) -> Result<Vec<u8>, String> {
        match self {
            Self::Embedded => match EMBEDDED.get_file(file) {
                Some(found) => Ok(found.contents().to_vec()),
                None => Err("the file is missing".into()),
            },
            Self::Folder(folder) => read_file(&folder.join(file)),
            Self::Files(files) => files.get(file).cloned().ok_or_else(|| "the file is missing".into()),
        }
    }

    /// A file as text.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn text(&self, file: &str) -> Result<String, String> {
        String::from_utf8(self.bytes(file)?).map_err(|_| "the file is not UTF-8 text; save it as UTF-8".into())
    }
}

fn read_file(path: &std::path::Path) -> Result<Vec<u8>, String> {
    let length = match std::fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Err("the file is missing".into()),
        Err(fault) => return Err(format!("the file cannot be read ({fault})")),
    };
    if length > LONGEST_FILE_BYTES {
        return Err(format!("the file has {length} bytes; at most {LONGEST_FILE_BYTES} are read"));
    }
    std::fs::read(path).map_err(|fault| format!("the file cannot be read ({fault})"))
}
