//! Reads a factory's folder. Every file is read to its end, so that one run names everything that is wrong with it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use cordwainer_domain::code::{Code, CodeAlias, CodeType, ExternalCode};
use cordwainer_domain::equipment::{Calendar, Shift, Site};
use cordwainer_domain::people::{Role, Worker};
use cordwainer_domain::product::{OptionValue, PairSize, Routing};
use cordwainer_domain::production::{ChosenOption, Priority};
use cordwainer_domain::{
    CustomerOrderNumber, Language, LocalText, OperationId, OptionId, SiteId, SkillId, StyleId, WorkCentreId,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::check::check;
use super::entry::{complete_code, read_entry};
use super::factory::{At, Factory, Names, Person, StatedFailure, StatedOrder};
use super::fault::FactoryFaults;
use super::pictures::take_pictures;
use super::routing::in_order;
use super::source::Source;

impl Factory {
    /// The demo factory that every program carries.
    ///
    /// # Errors
    /// Never for a tested build; the type says so rather than a panic.
    pub fn embedded() -> Result<Self, FactoryFaults> {
        Self::read(&Source::Embedded)
    }

    /// Reads and checks a factory.
    ///
    /// # Errors
    /// Everything that does not fit, a line each.
    pub fn read(source: &Source) -> Result<Self, FactoryFaults> {
        let mut reader = Reader { source, faults: FactoryFaults::default() };
        let site = reader.site();
        let Some(site) = site else { return Err(reader.faults) };
        let mut factory = reader.factory(site);
        factory.pictures = take_pictures(source, &mut factory.operations, &mut reader.faults);
        // References are only worth checking once every entry is there to be referred to.
        reader.faults.or(())?;
        check(&factory)?;
        for routing in &mut factory.routings {
            in_order(routing);
        }
        Ok(factory)
    }
}

struct Reader<'a> {
    source: &'a Source,
    faults: FactoryFaults,
}

#[derive(Deserialize)]
struct SiteFile {
    id: SiteId,
    name: LocalText,
    time_zone: String,
    #[serde(default)]
    holidays: Vec<NaiveDate>,
    #[serde(default, rename = "shift")]
    shifts: Vec<Shift>,
    #[serde(default, rename = "alias")]
    aliases: Vec<AliasEntry>,
}

/// What a code of others is called here; `code` is written as every code of the files is, without its check character.
#[derive(Deserialize)]
struct AliasEntry {
    external: ExternalCode,
    code: String,
}

#[derive(Deserialize)]
struct WorkerEntry {
    id: String,
    name: LocalText,
    short: LocalText,
    badge: Code,
    pin: String,
    roles: Vec<Role>,
    skills: Vec<SkillId>,
    language: Language,
    #[serde(default)]
    work_centres: Vec<WorkCentreId>,
}

#[derive(Deserialize)]
struct WorkOrderEntry {
    number: String,
    code: Code,
    customer_order: CustomerOrderNumber,
    customer_name: LocalText,
    style: StyleId,
    options: BTreeMap<String, OptionId>,
    size: PairSize,
    priority: Priority,
    promise_in_days: i64,
    released_days_ago: u32,
    reached: OperationId,
    at: At,
    failed: Option<StatedFailure>,
}

impl Reader<'_> {
    fn factory(&mut self, site: Site) -> Factory {
        let names = Names::of(&site.id);
        let options: Vec<OptionValue> = self.entries("options.toml", "option", "id", None, &[]);
        let people = self.entries("workers.toml", "worker", "id", Some(("badge", CodeType::Badge)), &[]);
        let code = |kind| Some(("code", kind));
        Factory {
            site,
            work_centres: self.entries("work_centres.toml", "work_centre", "id", None, &[]),
            workstations: self.entries("workstations.toml", "workstation", "id", code(CodeType::Workstation), &[]),
            skills: self.entries("skills.toml", "skill", "id", None, &[]),
            people: people.into_iter().map(|entry| person(names, entry)).collect(),
            operations: self.entries("operations.toml", "operation", "id", code(CodeType::Operation), &[]),
            routings: self.entries::<Routing>("routings.toml", "routing", "id", None, &["name"]),
            styles: self.entries("styles.toml", "style", "id", None, &["product_line"]),
            defects: self.entries("defects.toml", "defect", "id", code(CodeType::Defect), &[]),
            // The bodies of command cards are the program's, fixed for ever: a card must mean the same in every factory.
            commands: self.entries("commands.toml", "command", "id", None, &["pictogram"]),
            pictures: Vec::new(),
            work_orders: self.work_orders(&options),
            options,
        }
    }

    fn site(&mut self) -> Option<Site> {
        const FILE: &str = "site.toml";
        let table = self.table(FILE)?;
        let file: SiteFile = match read_entry(table, &[]) {
            Ok(file) => file,
            Err(reason) => {
                self.faults.push(FILE, "", reason);
                return None;
            }
        };
        let Ok(time_zone) = file.time_zone.parse::<Tz>() else {
            let reason = format!("`time_zone` is \"{}\"; write an IANA name such as \"Asia/Shanghai\"", file.time_zone);
            self.faults.push(FILE, "", reason);
            return None;
        };
        let calendar = Calendar { time_zone, shifts: file.shifts, holidays: file.holidays };
        if let Err(fault) = calendar.check() {
            self.faults.push(FILE, "", fault.to_string());
            return None;
        }
        let mut aliases = Vec::with_capacity(file.aliases.len());
        for AliasEntry { external, code } in file.aliases {
            let Ok(code) = Code::from_stem(&code) else {
                let reason = format!(
                    "the alias of \"{}\" names \"{code}\"; write a code of eight characters",
                    external.as_str()
                );
                self.faults.push(FILE, "", reason);
                return None;
            };
            aliases.push(CodeAlias { external, code });
        }
        Some(Site { id: file.id, name: file.name, calendar, aliases })
    }

    fn work_orders(&mut self, options: &[OptionValue]) -> Vec<StatedOrder> {
        const FILE: &str = "work_orders.toml";
        let code = Some(("code", CodeType::WorkOrder));
        let entries: Vec<WorkOrderEntry> = self.entries(FILE, "work_order", "number", code, &[]);
        let mut orders = Vec::with_capacity(entries.len());
        for entry in entries {
            let number = entry.number.clone();
            match stated_order(entry, options) {
                Ok(order) => orders.push(order),
                Err(reason) => self.faults.push(FILE, &number, reason),
            }
        }
        orders
    }

    /// The entries of a file; what cannot be read is noted and left out.
    fn entries<T: DeserializeOwned>(
        &mut self,
        file: &str,
        kind: &str,
        key: &str,
        code: Option<(&str, CodeType)>,
        known: &[&str],
    ) -> Vec<T> {
        let Some(mut table) = self.table(file) else { return Vec::new() };
        let listed = table.remove(kind);
        if let Some(other) = table.keys().next() {
            self.faults.push(file, "", format!("`{other}` is no key of this file; entries begin with [[{kind}]]"));
        }
        let items = match listed {
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.faults.push(file, "", format!("entries begin with [[{kind}]], in double brackets"));
                return Vec::new();
            }
            None => Vec::new(),
        };
        let mut read = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let Value::Table(mut entry) = item else { continue };
            let name = match entry.get(key) {
                Some(Value::String(name)) if !name.is_empty() => name.clone(),
                _ => format!("{kind} {}", index + 1),
            };
            let completed = code.map_or(Ok(()), |(key, kind)| complete_code(&mut entry, key, kind));
            match completed.and_then(|()| read_entry(entry, known)) {
                Ok(value) => read.push(value),
                Err(reason) => self.faults.push(file, &name, reason),
            }
        }
        read
    }

    fn table(&mut self, file: &str) -> Option<Table> {
        let text = match self.source.text(file) {
            Ok(text) => text,
            Err(reason) => {
                self.faults.push(file, "", reason);
                return None;
            }
        };
        match text.parse::<Table>() {
            Ok(table) => Some(table),
            Err(fault) => {
                let before = fault.span().map_or("", |span| text.get(..span.start).unwrap_or_default());
                let line = before.lines().count().max(1);
                self.faults.push(file, &format!("line {line}"), fault.message());
                None
            }
        }
    }
}

fn person(names: Names, entry: WorkerEntry) -> Person {
    let worker = Worker {
        id: names.worker(&entry.id),
        name: entry.name,
        short: entry.short,
        badge: entry.badge,
        roles: entry.roles,
        skills: entry.skills,
        language: entry.language,
        work_centres: entry.work_centres,
        active: true,
    };
    Person { key: entry.id, worker, pin: entry.pin }
}

fn stated_order(entry: WorkOrderEntry, options: &[OptionValue]) -> Result<StatedOrder, String> {
    let chosen = |(group, id): (&String, &OptionId)| {
        let value = options.iter().find(|value| value.group == *group && value.id == *id);
        let value = value.ok_or_else(|| format!("options.toml has no {group} \"{id}\""))?;
        Ok(ChosenOption { group: group.clone(), id: id.clone(), name: value.name.clone(), hex: value.hex.clone() })
    };
    Ok(StatedOrder {
        options: entry.options.iter().map(chosen).collect::<Result<_, String>>()?,
        number: entry.number,
        code: entry.code,
        customer_order: entry.customer_order,
        customer_name: entry.customer_name,
        style: entry.style,
        size: entry.size,
        priority: entry.priority,
        promise_in_days: entry.promise_in_days,
        released_days_ago: entry.released_days_ago,
        reached: entry.reached,
        at: entry.at,
        failed: entry.failed,
    })
}
