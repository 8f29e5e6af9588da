//! `cargo xtask demo`: the demo factory in a folder of its own, to look at and to script against.

use xshell::cmd;

use crate::{
    Outcome,
    checkout::{Checkout, Profile},
};

/// Fills an empty `target/demo-data` and prints every code in it.
pub fn perform(checkout: &Checkout) -> Outcome {
    let data = checkout.output("demo-data")?;
    if checkout.shell.path_exists(&data) {
        return Err(format!("{} is there already; delete it to start over", data.display()).into());
    }
    checkout.build_programs(Profile::Dev)?;
    let server = checkout.program(Profile::Dev, "cordwainer-server")?;
    cmd!(checkout.shell, "{server} demo load --data {data}").run()?;
    cmd!(checkout.shell, "{server} demo codes --data {data}").run()?;
    println!("\nServe it with: {} serve --data {}", server.display(), data.display());
    Ok(())
}
