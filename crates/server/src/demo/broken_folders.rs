//! Broken data files, each with the one line that tells its author what to do.

use std::path::Path;

use cordwainer_domain::code::{Code, CodeAlias, ExternalCode};

use super::factory::Factory;
use super::source::Source;

/// Writes the demo factory to a folder.
fn demo_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/demo");
    std::fs::create_dir(folder.path().join("pictures")).expect("a writable temporary folder");
    for inner in ["", "pictures"] {
        for entry in std::fs::read_dir(from.join(inner)).expect("the demo folder") {
            let entry = entry.expect("an entry of the demo folder");
            if entry.file_type().expect("its type").is_file() {
                std::fs::copy(entry.path(), folder.path().join(inner).join(entry.file_name())).expect("a copy");
            }
        }
    }
    folder
}

/// What a folder's author is told after one change to one file: `change` is text and what it becomes.
fn told(file: &str, (was, becomes): (&str, &str)) -> String {
    let folder = demo_folder();
    let path = folder.path().join(file);
    let text = std::fs::read_to_string(&path).expect("a file of the demo");
    assert!(text.contains(was), "{file} no longer holds {was:?}; the case tests nothing");
    std::fs::write(&path, text.replacen(was, becomes, 1)).expect("the changed file");
    match Factory::read(&Source::Folder(folder.path().to_owned())) {
        Ok(_) => String::new(),
        Err(faults) => faults.to_string(),
    }
}

fn assert_told(cases: &[(&str, (&str, &str), &str)]) {
    let wrong = cases.iter().filter_map(|(file, change, line)| {
        let told = told(file, *change);
        (told != *line).then(|| format!("after {change:?} in {file}\n  told:     {told}\n  expected: {line}\n"))
    });
    let wrong: String = wrong.collect();
    assert!(wrong.is_empty(), "authors were told something else:\n{wrong}");
}

#[test]
fn the_folder_and_the_embedded_copy_are_the_same_factory() {
    let folder = demo_folder();
    let read = Factory::read(&Source::Folder(folder.path().to_owned())).expect("the demo is sound");
    assert_eq!(read, Factory::embedded().expect("the demo is sound"), "the program carries the folder of the checkout");
    assert_eq!((read.work_centres.len(), read.workstations.len(), read.people.len()), (8, 14, 24), "the demo's size");
    assert_eq!((read.defects.len(), read.commands.len(), read.work_orders.len()), (30, 14, 60), "the demo's size");
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_line() {
    assert_told(&[
        ("skills.toml", ("[[skill]]", "[[skill]"), "skills.toml: line 3: unclosed array table, expected `]`"),
        (
            "skills.toml",
            ("[[skill]]", "[skills]"),
            "skills.toml: `skills` is no key of this file; entries begin with [[skill]]",
        ),
        ("site.toml", ("time_zone = \"Asia/Shanghai\"", ""), "site.toml: missing field `time_zone`"),
    ]);
    let empty = tempfile::tempdir().expect("a temporary folder");
    let faults = Factory::read(&Source::Folder(empty.path().to_owned())).expect_err("nothing is there").to_string();
    assert_eq!(faults, "site.toml: the file is missing", "an empty folder is no factory");
}

#[test]
fn the_site_must_have_a_clock_and_working_time() {
    assert_told(&[
        (
            "site.toml",
            ("Asia/Shanghai", "Mars/Base"),
            "site.toml: `time_zone` is \"Mars/Base\"; write an IANA name such as \"Asia/Shanghai\"",
        ),
        (
            "site.toml",
            ("end = \"12:00\"", "end = \"07:00\""),
            "site.toml: shift 1 ends before it starts; a night shift is written as two shifts, one to 24:00 and one from 00:00",
        ),
        (
            "site.toml",
            ("weekdays = [1, 2", "weekdays = [0, 2"),
            "site.toml: shift 1 names a weekday outside 1 (Monday) to 7 (Sunday)",
        ),
    ]);
}

const ALIAS: &str =
    "[[alias]]\nexternal = { kind = \"tag\", value = \"e2:80:11:60\" }\ncode = \"M0000001\"\n\n[[shift]]";

#[test]
fn codes_of_others_come_with_the_site() {
    let folder = demo_folder();
    let path = folder.path().join("site.toml");
    let text = std::fs::read_to_string(&path).expect("the site").replacen("[[shift]]", ALIAS, 1);
    std::fs::write(&path, text).expect("the changed file");
    let read = Factory::read(&Source::Folder(folder.path().to_owned())).expect("a sound factory");
    let code = Code::from_stem("M0000001").expect("a lot");
    let external = ExternalCode::Tag("E2801160".to_owned());
    assert_eq!(
        read.site.aliases,
        [CodeAlias { external, code }],
        "written as somebody wrote it, kept as it is compared"
    );
}

#[test]
fn a_name_for_a_code_that_cannot_be_scanned_or_is_none_is_told() {
    let no_tag = ALIAS.replace("e2:80:11:60", "e2:8");
    let no_code = ALIAS.replace("M0000001", "M00");
    assert_told(&[
        (
            "site.toml",
            ("[[shift]]", &no_tag),
            "site.toml: \"e2:8\" is no code that can be scanned; write a text, a GS1 path such as /01/09506000134352, or the \
             number of a tag in `alias.external`",
        ),
        (
            "site.toml",
            ("[[shift]]", &no_code),
            "site.toml: the alias of \"E2801160\" names \"M00\"; write a code of eight characters",
        ),
    ]);
}

#[test]
fn an_entry_that_does_not_read_is_named() {
    assert_told(&[
        (
            "skills.toml",
            ("en = \"Pattern making\"", "en = \"\""),
            "skills.toml: pattern-making: `name` has no English text (`en`)",
        ),
        (
            "operations.toml",
            ("zh = \"楦面贴纸描中线\", ", ""),
            "operations.toml: cutting.pattern: `step 1.text` has no Chinese text (`zh`)",
        ),
        (
            "operations.toml",
            ("pictogram = \"pattern\"", "pictogram = \"pattern\"\nskill = [\"clicking\"]"),
            "operations.toml: cutting.pattern: `skill` is no key of this file; is it misspelt?",
        ),
        (
            "workstations.toml",
            ("SH2PQ64G", "SH2PQ64"),
            "workstations.toml: cut-1: `code` is \"SH2PQ64\"; write S and seven of 0-9 A-Z without I, L, O, U (the check character is \
             computed)",
        ),
        (
            "workstations.toml",
            ("SH2PQ64G", "BH2PQ64G"),
            "workstations.toml: cut-1: `code` is \"BH2PQ64G\", which does not begin with S",
        ),
        ("workers.toml", ("badge = \"BDF7JN4W\"", ""), "workers.toml: lin-guoqiang: `badge` is missing"),
        (
            "work_orders.toml",
            ("leather = \"ostrich\"", "leather = \"cardboard\""),
            "work_orders.toml: WO-2611-001: options.toml has no leather \"cardboard\"",
        ),
        (
            "commands.toml",
            ("id = \"finish\"", "id = \"dance\""),
            "commands.toml: dance: unknown variant `dance`, expected one of `finish`, `pause_material`, `pause_machine`, `pause_break`, `undo`, `pass`, `fail`, `rework`, `material_short`, `help`, `language`, `lock`, `sign_out`, `confirm` in `id`",
        ),
        (
            "operations.toml",
            ("picture = \"cutting.pattern-1.svg\"", "picture = \"../site.toml\""),
            "operations.toml: cutting.pattern: picture \"../site.toml\": write the plain name of a file in the folder pictures",
        ),
        (
            "operations.toml",
            ("picture = \"cutting.pattern-1.svg\"", "picture = \"nothing.svg\""),
            "operations.toml: cutting.pattern: picture \"nothing.svg\": the file is missing",
        ),
        (
            "pictures/cutting.pattern-1.svg",
            ("<svg ", "<svg><script>x</script></svg><svg "),
            "operations.toml: cutting.pattern: picture \"cutting.pattern-1.svg\": the drawing holds `<script`; it must be without \
             scripts, text and links",
        ),
    ]);
}

#[test]
fn a_reference_that_leads_nowhere_is_named() {
    assert_told(&[
        (
            "workstations.toml",
            ("work_centre = \"cutting\"", "work_centre = \"baking\""),
            "workstations.toml: cut-1: work_centres.toml has no \"baking\"",
        ),
        (
            "workstations.toml",
            ("work_centre = \"cutting\"\n", ""),
            "workstations.toml: cut-1: only a workstation of kind supervision has no work_centre",
        ),
        (
            "workers.toml",
            ("skills = [\"clicking\"", "skills = [\"juggling\""),
            "workers.toml: huang-zhiming: skills.toml has no \"juggling\"",
        ),
        (
            "styles.toml",
            ("routing = \"goodyear\"", "routing = \"norwegian\""),
            "styles.toml: oxford: routings.toml has no \"norwegian\"",
        ),
        (
            "defects.toml",
            ("operation = \"closing.stitch\"", "operation = \"closing.glue\""),
            "defects.toml: skipped-stitch: operations.toml has no \"closing.glue\"",
        ),
        (
            "work_orders.toml",
            ("style = \"loafer\"", "style = \"sandal\""),
            "work_orders.toml: WO-2611-001: styles.toml has no \"sandal\"",
        ),
        (
            "work_orders.toml",
            ("defect = \"bond-open\"", "defect = \"ugly\""),
            "work_orders.toml: WO-2611-012: defects.toml has no \"ugly\"",
        ),
    ]);
}

#[test]
fn two_things_never_share_a_name_or_a_code() {
    assert_told(&[
        (
            "skills.toml",
            ("id = \"clicking\"", "id = \"pattern-making\""),
            "skills.toml: pattern-making: two entries have this id\nworkers.toml: lin-guoqiang: skills.toml has no \"clicking\"\nworkers.toml: huang-zhiming: skills.toml has no \"clicking\"\nworkers.toml: zheng-xiaobo: skills.toml has no \"clicking\"\noperations.toml: cutting.upper: skills.toml has no \"clicking\"",
        ),
        (
            "workers.toml",
            ("badge = \"B2HKMZ0Z\"", "badge = \"BDF7JN4W\""),
            "workers.toml: huang-zhiming: the code BDF7JN4W is lin-guoqiang's already; draw another",
        ),
        (
            "workers.toml",
            ("zh = \"黄师傅\"", "zh = \"林师傅\""),
            "workers.toml: 林师傅: two entries have this short.zh",
        ),
        (
            "workstations.toml",
            ("id = \"cut-1\"", "id = \"Cut 1\""),
            "workstations.toml: Cut 1: an id has small letters, digits and . _ - only, for it stands in addresses and cursors",
        ),
    ]);
}

#[test]
fn a_standard_must_be_workable() {
    assert_told(&[
        (
            "operations.toml",
            ("min = \"7.5\"", "min = \"9.5\""),
            "operations.toml: cutting.pattern: parameter seam_allowance: min 9.5 is above max 8.5",
        ),
        (
            "operations.toml",
            ("target = \"8.0\"", "target = \"8.7\""),
            "operations.toml: cutting.pattern: parameter seam_allowance: target 8.7 is outside 7.5 to 8.5",
        ),
        (
            "operations.toml",
            ("target = \"8.0\"", "target = \"8.05\""),
            "operations.toml: cutting.pattern: parameter seam_allowance: target, min and max have more places than `decimals` = 1",
        ),
        (
            "operations.toml",
            ("standard_time_s = 5400", "standard_time_s = 0"),
            "operations.toml: cutting.pattern: `standard_time_s` is the time for one pair in seconds",
        ),
        (
            "operations.toml",
            ("recording = \"start_finish\"", "recording = \"one_scan\""),
            "operations.toml: cutting.pattern: one_scan, but parameter seam_allowance is required; nothing can be asked when one scan is the whole sign-off",
        ),
        (
            "operations.toml",
            ("zh = \"楦面贴纸描中线\"", "zh = \"楦面贴纸描中线楦面贴纸描中线\""),
            "operations.toml: cutting.pattern: step 1: 14 characters in Chinese; 12 can be read at a glance",
        ),
        (
            "operations.toml",
            ("inspection = false", "inspection = true"),
            "operations.toml: cutting.pattern: an inspection has characteristics; parameter seam_allowance would never be asked\noperations.toml: cutting.pattern: nobody in workers.toml has its skills and is an inspector\nroutings.toml: goodyear: cutting.pattern is an inspection with nothing before it to inspect\nroutings.toml: blake: cutting.pattern is an inspection with nothing before it to inspect",
        ),
        (
            "operations.toml",
            ("skills = [\"welting\"]", "skills = [\"welting\", \"packing\"]"),
            "operations.toml: soling.welt: nobody in workers.toml has its skills",
        ),
        (
            "workers.toml",
            ("pin = \"984192\"", "pin = \"98a192\""),
            "workers.toml: lin-guoqiang: `pin` must be 4 to 8 digits",
        ),
    ]);
}

#[test]
fn a_routing_is_a_graph_without_circles_and_with_one_end() {
    assert_told(&[
        (
            "routings.toml",
            ("after = [\"closing.skive\"]", "after = [\"closing.stitch\"]"),
            "routings.toml: goodyear: these operations wait for each other in a circle: closing.mark, closing.stitch",
        ),
        (
            "routings.toml",
            ("after = [\"closing.skive\"]", "after = [\"soling.delast\"]"),
            "routings.toml: goodyear: closing.mark comes after soling.delast, which is not in this routing",
        ),
        (
            "routings.toml",
            ("operation = \"closing.mark\"", "operation = \"closing.skive\""),
            "routings.toml: goodyear: closing.skive is listed twice\nroutings.toml: goodyear: closing.stitch comes after closing.mark, which is not in this routing",
        ),
        (
            "routings.toml",
            ("after = [\"closing.inspect\", \"bottom.rib\", ", "after = [\"closing.inspect\", "),
            "routings.toml: goodyear: a pair is finished in one operation, but nothing follows bottom.rib and packing.pack",
        ),
    ]);
}

#[test]
fn a_work_order_can_only_be_where_its_routing_leads() {
    assert_told(&[
        (
            "work_orders.toml",
            ("reached = \"soling.blake\"", "reached = \"soling.outstitch\""),
            "work_orders.toml: WO-2611-026: `reached` is soling.outstitch, which routing blake does not have",
        ),
        (
            "work_orders.toml",
            ("reached = \"packing.pack\"\nat = \"ready\"", "reached = \"packing.pack\"\nat = \"running\""),
            "work_orders.toml: WO-2611-009: packing.pack is one_scan: it is ready or done, never between",
        ),
        (
            "work_orders.toml",
            ("rework = \"finishing.polish\"", "rework = \"packing.pack\""),
            "work_orders.toml: WO-2611-011: `failed.rework` is packing.pack, which does not come before finishing.inspect",
        ),
        (
            "work_orders.toml",
            (
                "inspection = \"finishing.inspect\", defect = \"bond-open\"",
                "inspection = \"lasting.inspect\", defect = \"bond-open\"",
            ),
            "work_orders.toml: WO-2611-012: `reached` must be the failed inspection lasting.inspect",
        ),
        (
            "work_orders.toml",
            ("left_length_mm = 228", "left_length_mm = 22"),
            "work_orders.toml: WO-2611-001: `size` has 22; lengths and girths are in millimetres",
        ),
        (
            "work_orders.toml",
            ("released_days_ago = 23", "released_days_ago = 2300"),
            "work_orders.toml: WO-2611-001: `promise_in_days` and `released_days_ago` reach at most 365 days",
        ),
    ]);
}
