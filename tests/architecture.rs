//! The rules of the house, read off the sources: which layer may name which, and where a few dangerous
//! things may stand. The map of the layers is the documentation of the crate (`src/lib.rs`).

#[path = "architecture/reader.rs"]
mod reader;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use reader::{Line, has_word, lines_of, literals_of, named_behind, sources, texts};

/// `src/ui/theme.rs` -> `ui`; `src/cli.rs` -> `cli`.
fn layer(file: &str) -> &str {
    let inside = file.strip_prefix("src/").unwrap_or(file);
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// The other layers that a file names, with the lines. All of them at once (`*`, the root under another name) is one too.
fn siblings(lines: &[Line]) -> Vec<(String, usize)> {
    let own = lines.first().map_or("", |line| layer(&line.file));
    let mut named = named_behind(None, lines);
    named.retain(|(name, _)| {
        name != own && (LAYERS.contains(&name.as_str()) || matches!(name.as_str(), "*" | "self"))
    });
    named
}

const LAYERS: &[&str] = &[
    "app", "cli", "config", "demo", "model", "parse", "query", "report", "run", "source", "store", "term",
    "ui",
];

/// R1: what each layer may name. `run` and `main` see all.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("term", &[]),
    ("demo", &[]),
    ("parse", &["model", "query"]),
    ("query", &["model"]),
    ("store", &["model", "query"]),
    ("cli", &["model", "query"]),
    ("config", &["model", "query"]),
    ("source", &["model", "parse"]),
    ("app", &["model", "query", "store"]),
    ("ui", &["model", "query", "store", "app"]),
    ("report", &["model", "query", "store", "app"]),
];

fn refuse(rule: &str, lines: &[Line], wrong: impl Fn(&Line) -> Option<String>) {
    let found: Vec<String> = lines
        .iter()
        .filter_map(|line| {
            wrong(line).map(|why| format!("{}:{}: {why}: {}", line.file, line.number, line.code.trim()))
        })
        .collect();
    assert!(found.is_empty(), "{rule}\n{}", found.join("\n"));
}

fn only_in(rule: &str, places: &[&str], wrong: impl Fn(&str) -> bool) {
    refuse(rule, &sources(), |line| {
        let allowed = places.iter().any(|place| line.file.starts_with(place));
        (!allowed && wrong(&line.code)).then(|| "not here".to_owned())
    });
}

#[test]
fn each_layer_names_only_those_below_it() {
    let lines = sources();
    let mut wrong = Vec::new();
    for file in lines.chunk_by(|a, b| a.file == b.file) {
        let own = layer(&file[0].file);
        if ["run", "main", "lib"].contains(&own) {
            continue;
        }
        let (_, allowed) = MAY_NAME.iter().find(|(name, _)| *name == own).expect("every layer has a rule");
        for (name, line) in siblings(file) {
            if !allowed.contains(&name.as_str()) {
                wrong.push(format!("{}:{line}: names {name}", file[0].file));
            }
        }
    }
    assert!(wrong.is_empty(), "R1\n{}", wrong.join("\n"));
}

#[test]
fn aws_crates_stay_in_the_source_and_the_demo() {
    only_in("R2", &["src/source/aws", "src/demo"], |code| code.contains("aws_"));
}

#[test]
fn ratatui_and_crossterm_stay_at_the_screen() {
    only_in("R2", &["src/ui", "src/report", "src/term", "src/run"], |code| has_word(code, "ratatui"));
    only_in("R2", &["src/term", "src/run", "src/app/keymap.rs"], |code| has_word(code, "crossterm"));
}

#[test]
fn only_sources_the_demo_and_the_loop_wait() {
    only_in("R2", &["src/source", "src/demo", "src/run", "src/main.rs"], |code| {
        has_word(code, "tokio") || code.contains(".await")
    });
}

#[test]
fn only_what_does_something_logs_what_it_does() {
    only_in("R2", &["src/run", "src/source", "src/term"], |code| {
        code.contains("tracing::") || code.contains("tracing_subscriber")
    });
}

#[test]
fn files_are_written_by_one_module_that_keeps_them_private() {
    let writes = [
        "OpenOptions",
        "File::create",
        "fs::write",
        "fs::copy",
        "create_dir",
        "create_dir_all",
        "DirBuilder",
    ];
    only_in("R7", &["src/run/private_file.rs"], |code| writes.iter().any(|word| code.contains(word)));
}

#[test]
fn a_clock_is_read_only_where_time_comes_in() {
    only_in("R3", &["src/run", "src/source", "src/term", "src/demo"], |code| {
        has_word(code, "SystemTime") || has_word(code, "Instant") || code.contains("::now")
    });
}

#[test]
fn only_app_and_run_change_the_app() {
    only_in("R4", &["src/app", "src/run"], |code| {
        code.match_indices("mut ").any(|(at, mark)| {
            let path: String = code[at + mark.len()..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':'))
                .collect();
            path.rsplit("::").next() == Some("App")
        })
    });
}

#[test]
fn colours_are_named_only_by_themes_and_keys_only_by_the_key_table() {
    refuse("R4", &sources(), |line| {
        // Terminal and pictures translate the colours of cells.
        let may = ["src/ui/theme", "src/term/encode.rs", "src/report/picture"];
        let colour = ["Color::", "Stylize"].iter().any(|word| line.code.contains(word))
            && !may.iter().any(|place| line.file.starts_with(place));
        let key = ["KeyCode::", "KeyModifiers::"].iter().any(|word| line.code.contains(word))
            && line.file != "src/app/keymap.rs";
        (colour || key).then(|| "a literal".to_owned())
    });
}

#[test]
fn what_has_one_owner_has_no_locks() {
    refuse("R5", &sources(), |line| {
        let quiet = ["model", "parse", "query", "store", "app", "ui"].contains(&layer(&line.file));
        let lock = ["Mutex", "RwLock", "RefCell"].into_iter().find(|word| has_word(&line.code, word))?;
        quiet.then(|| format!("a {lock}"))
    });
}

#[test]
fn files_say_what_they_are_responsible_for() {
    for line in sources() {
        let stem = Path::new(&line.file).file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let vague = ["util", "utils", "helper", "helpers", "common", "misc", "types", "manager", "handler"];
        assert!(!vague.contains(&stem), "R6: {} says nothing", line.file);
    }
}

/// Ways around the one place that draws, in the lines of one file.
fn bypasses(lines: &[Line]) -> Vec<String> {
    let cells = [
        "set_symbol",
        "append_symbol",
        "merge_symbol",
        "set_char",
        "set_string",
        "set_stringn",
        "set_line",
        "set_span",
        "with_lines",
    ];
    let mut found = Vec::new();
    for line in lines {
        let drawn = cells.iter().find(|word| has_word(&line.code, word));
        let drawn = drawn.filter(|_| line.file != "src/ui/paint.rs").copied();
        // Words of our own source may be drawn as they are; nothing else lives as long as they do.
        let leaked = has_word(&line.code, "leak").then_some("leak");
        // Titles, clipboard and links are the terminal's module's affair.
        let told = ["SetTitle", "CopyToClipboard"].into_iter().find(|word| has_word(&line.code, word));
        let told = told.filter(|_| !line.file.starts_with("src/term"));
        found.extend(drawn.or(leaked).or(told).map(|what| format!("{}:{}: {what}", line.file, line.number)));
    }
    // Texts and widgets of ratatui take any string.
    for (name, line) in named_behind(Some("ratatui"), lines) {
        if !["buffer", "layout", "style"].contains(&name.as_str()) {
            found.push(format!("{}:{line}: ratatui::{name}", lines[0].file));
        }
    }
    found
}

#[test]
fn nothing_but_safe_text_is_drawn() {
    let found: Vec<_> = sources().chunk_by(|a, b| a.file == b.file).flat_map(bypasses).collect();
    assert!(found.is_empty(), "R7\n{}", found.join("\n"));
}

#[test]
fn a_way_around_the_place_that_draws_is_found() {
    for around in [
        "cell.set_symbol(name);",
        "buffer.set_string(0, 0, &row.name, style);",
        "cell.append_symbol(x);",
        "use ratatui::text::Span;",
        "use ratatui::{buffer::Buffer, widgets::{Block, Paragraph}};",
        "let line = ratatui::text::Line::from(name);",
        "ratatui::prelude::Text::raw(name)",
        "let words: &'static str = name.leak();",
        "Box::leak(name.into_boxed_str())",
        "execute!(out, SetTitle(name))",
    ] {
        assert!(!bypasses(&lines_of("src/ui/functions.rs", around)).is_empty(), "{around}");
    }
    assert!(bypasses(&lines_of("src/ui/header.rs", "pen.put(&SafeText::new(name), Role::Text);")).is_empty());
}

/// Whether a literal holds a character that begins a sequence which a terminal obeys, however it is written.
fn commands_terminals(literal: &str) -> bool {
    let raw = literal.starts_with('r') || literal.starts_with("br") || literal.starts_with("cr");
    let literal = literal.to_lowercase();
    let eight_bit = (0x80..=0x9f).any(|code| literal.contains(&format!("\\u{{{code:x}}}")));
    let escapes = ["\\x1b", "\\u{1b}", "\\u{01b}", "\\u{001b}", "\\u{00001b}"];
    literal.contains(|c: char| c == '\x1b' || ('\u{80}'..='\u{9f}').contains(&c))
        || (!raw && (eight_bit || escapes.iter().any(|escape| literal.contains(escape))))
}

/// `"\u{1b}[31m"` and nothing else.
fn is_colour(literal: &str) -> bool {
    let inside = literal.strip_prefix("\"\\u{1b}[").and_then(|rest| rest.strip_suffix("m\""));
    inside.is_some_and(|codes| codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'))
}

/// Titles, clipboard, links and modes are told to the terminal by its module alone. Elsewhere the character stands by
/// itself, where it is looked for, or in what the demo's strangers write.
#[test]
fn only_the_terminals_module_writes_sequences() {
    let may = ["src/term/", "src/demo/", "src/model/safe_text/", "src/model/secret/"];
    let mut found = Vec::new();
    for (file, text) in texts().iter().filter(|(file, _)| !may.iter().any(|place| file.starts_with(place))) {
        for (line, literal) in literals_of(text) {
            let alone = literal.ends_with('\'');
            // What is printed for people is coloured.
            let coloured = file.starts_with("src/report/logs/") && is_colour(&literal);
            if commands_terminals(&literal) && !alone && !coloured {
                found.push(format!("{file}:{line}: {literal}"));
            }
        }
    }
    assert!(found.is_empty(), "R7\n{}", found.join("\n"));
    for sequence in [r#""\x1b]52;c;""#, r#""\x1bPtmux;""#, r#"b"\u{1b}[2J""#, r#""\u{9d}0;t""#, "\"\x1b[2J\""]
    {
        assert!(commands_terminals(sequence), "{sequence}");
    }
    assert!(!commands_terminals(r#""x1b] and \u{b7}""#));
}

#[test]
fn only_two_doors_lead_to_standard_output_and_error() {
    only_in("R7", &["src/run/mod.rs", "src/term"], |code| {
        has_word(code, "stdout") || has_word(code, "stderr")
    });
}

#[test]
fn every_file_can_be_read_in_one_sitting() {
    let mut long = Vec::new();
    let lines = sources();
    for last in lines.chunk_by(|a, b| a.file == b.file).filter_map(|file| file.last()) {
        if last.number > 450 {
            long.push(format!("{}: {} lines before its tests", last.file, last.number));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn layers_are_found_however_they_are_named() {
    let named = |file: &str, text: &str| {
        siblings(&lines_of(file, text)).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(named("src/app/mod.rs", "use crate::{model::Scope, ui::draw};"), ["model", "ui"]);
    assert_eq!(
        named("src/app/mod.rs", "use crate::{\n    model::{Scope, Feed},\n    ui::draw,\n};"),
        ["model", "ui"]
    );
    assert_eq!(named("src/app/keymap.rs", "use super::super::ui::draw;"), ["ui"]);
    assert_eq!(named("src/app/keymap.rs", "use super::{Key, super::ui};"), ["ui"]);
    assert_eq!(named("src/app/keymap.rs", "mod inner {\n use super::super::super::ui;\n}"), ["ui"]);
    assert_eq!(named("src/app/mod.rs", "use super::run;"), ["run"]);
    assert_eq!(named("src/app/mod.rs", "fn f(a: &self::super::run::Loop) {}"), ["run"]);
    assert_eq!(named("src/app/mod.rs", "macro_rules! m { () => { $crate::ui::draw() } }"), ["ui"]);
    assert_eq!(named("src/app/mod.rs", "lambtop::ui::draw();"), ["ui"]);
    assert_eq!(named("src/app/mod.rs", "use crate::*; use crate::{self as all};"), ["*", "self"]);
    assert_eq!(named("src/app/screen/list.rs", "use super::ui; use crate::app::ui;"), Vec::<String>::new());
}

/// Else every change between `cargo run` and `cargo test` would build the SDK again, for ten minutes.
#[test]
fn dev_dependencies_change_no_feature_of_normal_ones() {
    let tree = |edges: &str| {
        let output = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--locked",
                "--offline",
                "--prefix",
                "none",
                "--format",
                "{p} {f}",
                "--edges",
                edges,
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut features: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let words: Vec<&str> = line.trim_end_matches(" (*)").splitn(3, ' ').collect();
            let package = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
            features.entry(package).or_default().insert(words.get(2).copied().unwrap_or_default().to_owned());
        }
        features
    };
    let (normal, with_tests) = (tree("normal,build"), tree("normal,build,dev"));
    assert!(normal.len() > 100, "the tree was read");
    let changed: Vec<_> =
        normal.iter().filter(|(package, features)| with_tests.get(*package) != Some(*features)).collect();
    assert!(changed.is_empty(), "enable these in [dependencies] too: {changed:?}");
}
