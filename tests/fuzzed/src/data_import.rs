//! A factory's data files as somebody wrote them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use cordwainer_server::demo::{Factory, Source};

/// The files, in the order in which the first byte of an input chooses among them.
pub const FILES: [&str; 12] = [
    "site.toml",
    "skills.toml",
    "work_centres.toml",
    "workstations.toml",
    "operations.toml",
    "options.toml",
    "defects.toml",
    "routings.toml",
    "styles.toml",
    "workers.toml",
    "work_orders.toml",
    "commands.toml",
];

/// The first byte chooses a file of the demo factory, the rest takes its place. The folder is refused in words, or what is
/// read hangs together.
pub fn data_import(input: &[u8]) {
    let Some((choice, text)) = input.split_first() else { return };
    let mut files = demo().clone();
    files.insert(FILES[usize::from(*choice) % FILES.len()].to_owned(), text.to_vec());
    match Factory::read(&Source::Files(files)) {
        Ok(factory) => {
            for routing in &factory.routings {
                for step in &routing.steps {
                    assert!(factory.operation(&step.operation).is_some(), "a routing names operations that exist");
                }
            }
        }
        Err(faults) => assert!(!faults.to_string().is_empty(), "it says what is wrong"),
    }
}

fn demo() -> &'static BTreeMap<String, Vec<u8>> {
    static DEMO: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    DEMO.get_or_init(Source::embedded_files)
}
