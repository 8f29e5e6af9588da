//! A private PostgreSQL cluster for one test process: a unix socket in a temporary folder, no port, no installation.
//!
//! `initdb` runs once for the machine; each process copies its result. The cluster is watched over by a small shell that
//! holds a pipe to the test process: whatever way the process ends, the pipe closes, and the shell stops the cluster and
//! removes the folder. PostgreSQL refuses to run as root, so root becomes `postgres`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

/// What the shell does: copy, start, say so, wait for the pipe to close, stop, remove. `$1` programs, `$2` template, `$3` folder.
const WATCH: &str = r#"
bin=$1; template=$2; dir=$3
trap 'exit 0' TERM INT HUP
trap '"$bin/pg_ctl" stop -s -D "$dir/data" -m immediate >/dev/null 2>&1; rm -rf "$dir"' EXIT
mkdir -p "$dir" && chmod 700 "$dir" || exit 1
if [ ! -d "$template" ]; then
    "$bin/initdb" -D "$dir/template" -U postgres -A trust -E UTF8 --no-locale --no-sync --wal-segsize=1 >"$dir/log" 2>&1 || { cat "$dir/log"; exit 1; }
    mv -T "$dir/template" "$template" 2>/dev/null || true
fi
cp -r "$template" "$dir/data" && chmod 700 "$dir/data" || exit 1
"$bin/pg_ctl" start -s -w -t 60 -D "$dir/data" -l "$dir/log" \
    -o "-k $dir -c listen_addresses='' -c fsync=off -c max_connections=200 -c shared_buffers=16MB -c max_wal_size=64MB" \
    </dev/null >/dev/null 2>&1 || { cat "$dir/log"; exit 1; }
echo ready
read -r _
"#;

/// A running cluster.
struct Cluster {
    folder: PathBuf,
    // Its standard input is the pipe that the shell waits on.
    _watch: Child,
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The URL of a fresh, empty database in this process's cluster.
///
/// # Panics
/// When PostgreSQL is not installed or does not start, with what to do.
pub async fn fresh_database() -> String {
    let cluster = CLUSTER.get_or_init(|| async { start() }).await;
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::SeqCst));
    let mut admin = PgConnection::connect(&url(&cluster.folder, "postgres")).await.unwrap();
    let create = AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0"));
    sqlx::query(create).execute(&mut admin).await.unwrap();
    admin.close().await.unwrap();
    url(&cluster.folder, &name)
}

fn url(folder: &Path, database: &str) -> String {
    format!("postgres://postgres@localhost/{database}?host={}", folder.display())
}

fn start() -> Cluster {
    let programs = programs();
    let version =
        programs.parent().and_then(Path::file_name).map_or_else(String::new, |name| name.to_string_lossy().into());
    let temporary = std::env::temp_dir();
    let template = temporary.join(format!("cordwainer-postgres-template-{version}"));
    let folder = temporary.join(format!("cordwainer-pg-{}", std::process::id()));
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"));
    let mut command = if is_root { Command::new("runuser") } else { Command::new("sh") };
    if is_root {
        command.args(["-u", "postgres", "--", "sh"]);
    }
    command.args(["-c", WATCH, "watch"]).arg(&programs).arg(&template).arg(&folder);
    let mut watch = command
        .current_dir(&temporary)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|fault| panic!("the private PostgreSQL cannot be started: {fault}"));
    let mut said = String::new();
    let mut stdout = BufReader::new(watch.stdout.take().unwrap());
    while stdout.read_line(&mut said).unwrap() > 0 && !said.ends_with("ready\n") {}
    assert!(said.ends_with("ready\n"), "the private PostgreSQL does not start:\n{said}");
    Cluster { folder, _watch: watch }
}

/// Where `initdb` and `pg_ctl` are. Debian keeps them out of the path, and its newest comes first.
fn programs() -> PathBuf {
    let is_complete = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = debian.map(|entry| entry.path().join("bin")).filter(is_complete).max();
    let in_path = || std::env::split_paths(&std::env::var_os("PATH")?).find(is_complete);
    newest.or_else(in_path).unwrap_or_else(|| {
        panic!("PostgreSQL is not installed; run `cargo xtask setup`, or apt-get install postgresql")
    })
}
