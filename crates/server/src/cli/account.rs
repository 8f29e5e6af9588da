//! `account add`: makes an account, also when nobody can sign in any more. Whoever can start this program has the database.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use cordwainer_domain::people::OfficeRole;
use cordwainer_domain::{Language, SiteId};
use cordwainer_server::store::Store;
use serde_json::json;

use super::{Database, Fault, answer};

/// `account …`.
#[derive(Args, Debug)]
pub struct Account {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// Make an account; prints a password for one sign-in, good for 72 hours.
    Add {
        #[command(flatten)]
        database: Database,
        /// What the person types: a-z, 0-9, dot, hyphen, underscore or @.
        #[arg(long)]
        login: String,
        /// The person's name.
        #[arg(long)]
        name: String,
        /// A role; once for each.
        #[arg(long = "role", value_name = "ROLE", required = true, value_parser = role)]
        roles: Vec<OfficeRole>,
        /// The site, if there are several.
        #[arg(long)]
        site: Option<String>,
        /// The language of the person's screens.
        #[arg(long, value_enum, default_value_t = Speaks::ZhCn)]
        language: Speaks,
    },
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Speaks {
    #[value(name = "zh-CN")]
    ZhCn,
    #[value(name = "en")]
    En,
}

fn role(key: &str) -> Result<OfficeRole, String> {
    OfficeRole::from_key(key).ok_or_else(|| format!("one of {}", OfficeRole::ALL.map(OfficeRole::key).join(", ")))
}

impl Account {
    pub(super) async fn run(self) -> Result<ExitCode, Fault> {
        let Verb::Add { database, .. } = &self.verb;
        let store = database.config().open_store().await?;
        let outcome = add(&self.verb, &store).await;
        store.close().await;
        outcome?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn add(verb: &Verb, store: &Store) -> Result<(), Fault> {
    let Verb::Add { login, name, roles, site, language, .. } = verb;
    let site = site.as_deref().map(SiteId::from);
    let language = if *language == Speaks::En { Language::En } else { Language::ZhCn };
    let added = store.add_account(site, login, name, roles, language).await?;
    answer(&json!({
        "account": added.password.account,
        "login": added.password.login,
        "site": added.site,
        "password": added.password.password.expose(),
        "good_until": added.password.good_until,
    }))
}
