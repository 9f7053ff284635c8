//! The rules of the house, read off the sources: which layer may name which, and where a few dangerous
//! things may stand. The map of the layers is the documentation of the crate (`src/lib.rs`).

use std::fs;
use std::path::{Path, PathBuf};

/// One line of code outside of comments, strings and tests.
struct Line {
    file: String,
    number: usize,
    code: String,
}

/// `src/ui/theme.rs` -> `ui`; `src/cli.rs` -> `cli`.
fn layer(file: &str) -> &str {
    let inside = file.strip_prefix("src/").unwrap_or(file);
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("the sources can be listed");
    for entry in entries {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every line of `src`, without comments, the insides of strings, and test modules.
fn sources() -> Vec<Line> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&root.join("src"), &mut found);
    found.sort();
    assert!(found.len() > 20, "the sources were found");
    found
        .iter()
        .flat_map(|path| {
            let text = fs::read_to_string(path).expect("a source is UTF-8");
            let file = path.strip_prefix(root).expect("a source lies in the project").display().to_string();
            code(&text)
                .into_iter()
                .map(move |(number, code)| Line { file: file.clone(), number, code })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The lines of one file up to its test module, comments and the insides of strings blanked.
fn code(text: &str) -> Vec<(usize, String)> {
    let text = text.find("#[cfg(test)]\nmod ").map_or(text, |at| &text[..at]);
    let mut lines = Vec::new();
    let mut in_string = false;
    for (index, line) in text.lines().enumerate() {
        let mut kept = String::new();
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' if in_string => drop(chars.next()),
                '"' => in_string = !in_string,
                _ if in_string => {}
                '\'' if chars.clone().nth(1) == Some('\'') => drop(chars.nth(1)),
                '/' if chars.peek() == Some(&'/') => break,
                _ => kept.push(c),
            }
        }
        lines.push((index + 1, kept));
    }
    lines
}

/// The names that follow `prefix` in a line: `crate::app::App` gives `app`, `crate::{app, ui::draw}` both.
fn named_after(code: &str, prefix: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let starts_a_word = code[..at]
            .chars()
            .next_back()
            .is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':' && c != '$');
        if !starts_a_word {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.push(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut fresh = true;
        for (offset, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => fresh = true,
                ' ' => {}
                _ if fresh && depth == 0 => {
                    names.push(word(&group[offset..]));
                    fresh = false;
                }
                _ => {}
            }
        }
    }
    names
}

/// Siblings that a line names, by `crate::` or by climbing out of its own layer with `super`.
fn siblings(line: &Line) -> Vec<String> {
    let mut names = named_after(&line.code, "crate::");
    let depth = line.file.matches('/').count() - usize::from(line.file.ends_with("/mod.rs"));
    let climb = "super::".repeat(depth.max(1));
    names.extend(named_after(&line.code, &climb).into_iter().filter(|name| LAYERS.contains(&name.as_str())));
    names.retain(|name| name != layer(&line.file) && LAYERS.contains(&name.as_str()));
    names
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

fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let part_of_name = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !part_of_name(before) && !part_of_name(after)
    })
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
    refuse("R1", &lines, |line| {
        let (_, allowed) = MAY_NAME.iter().find(|(name, _)| *name == layer(&line.file))?;
        siblings(line)
            .into_iter()
            .find(|name| !allowed.contains(&name.as_str()))
            .map(|name| format!("names {name}"))
    });
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
fn a_clock_is_read_only_where_time_comes_in() {
    only_in("R3", &["src/run", "src/source", "src/term", "src/demo"], |code| {
        ["SystemTime::now", "Instant::now", "Utc::now", "Local::now"].iter().any(|clock| code.contains(clock))
    });
}

#[test]
fn only_app_and_run_change_the_app() {
    only_in("R4", &["src/app", "src/run"], |code| code.contains("&mut App"));
}

#[test]
fn colours_are_named_only_by_themes_and_keys_only_by_the_key_table() {
    refuse("R4", &sources(), |line| {
        let colour = line.file.starts_with("src/ui")
            && line.code.contains("Color::")
            && !line.file.starts_with("src/ui/theme");
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

#[test]
fn nothing_but_safe_text_is_drawn() {
    let cells = [
        "set_symbol",
        "set_string",
        "set_stringn",
        "set_line",
        "set_span",
        "Span::",
        "Line::from",
        "Text::from",
        "Paragraph::",
    ];
    refuse("R7", &sources(), |line| {
        let drawing = ["ui", "report", "run", "term"].contains(&layer(&line.file));
        let bypass = cells.iter().find(|word| line.code.contains(**word))?;
        (drawing && line.file != "src/ui/paint.rs").then(|| format!("{bypass} outside of ui/paint.rs"))
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
fn the_reader_of_these_rules_sees_through_comments_strings_and_groups() {
    let line = |file: &str, code: &str| Line { file: file.into(), number: 1, code: code.into() };
    let (_, kept) = code("let a = \"crate::ui\"; // crate::run").remove(0);
    assert_eq!(kept, "let a = ; ");
    assert_eq!(siblings(&line("src/app/mod.rs", "use crate::{model::Scope, ui::draw};")), ["model", "ui"]);
    assert_eq!(siblings(&line("src/app/keymap.rs", "use super::super::ui::draw;")), ["ui"]);
    assert_eq!(siblings(&line("src/app/mod.rs", "use super::run;")), ["run"]);
    assert_eq!(siblings(&line("src/app/screen/list.rs", "use super::ui;")), Vec::<String>::new());
    assert!(has_word("a: Mutex<u8>", "Mutex") && !has_word("MutexGuardian", "Mutex"));
}
