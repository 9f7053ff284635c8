//! What the README and the pictures say is what the program does.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::commands::lambtop;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).expect("there is a README")
}

/// The pictures in `screenshots/`, and how each is made.
const PICTURES: &[(&str, &[&str])] = &[
    ("functions-80x24", &["--screen", "functions", "--size", "80x24"]),
    ("functions-120x40", &["--screen", "functions", "--size", "120x40"]),
    ("functions-200x50", &["--screen", "functions", "--size", "200x50"]),
    ("functions-paper-120x40", &["--screen", "functions", "--size", "120x40", "--theme", "paper"]),
    ("functions-ascii-80x24", &["--screen", "functions", "--size", "80x24", "--ascii", "--theme", "mono"]),
    ("function-80x24", &["--screen", "function", "--size", "80x24"]),
    ("function-120x40", &["--screen", "function", "--size", "120x40"]),
    ("function-200x50", &["--screen", "function", "--size", "200x50"]),
    ("logs-80x24", &["--screen", "logs", "--size", "80x24"]),
    ("logs-120x40", &["--screen", "logs", "--size", "120x40"]),
    ("requests-80x24", &["--screen", "requests", "--size", "80x24"]),
    ("requests-120x40", &["--screen", "requests", "--size", "120x40"]),
    ("timeline-80x24", &["--screen", "timeline", "--size", "80x24"]),
    ("timeline-120x40", &["--screen", "timeline", "--size", "120x40"]),
    ("timeline-200x50", &["--screen", "timeline", "--size", "200x50"]),
    ("traces-80x24", &["--screen", "traces", "--size", "80x24"]),
    ("traces-120x40", &["--screen", "traces", "--size", "120x40"]),
    ("map-80x24", &["--screen", "map", "--size", "80x24"]),
    ("map-120x40", &["--screen", "map", "--size", "120x40"]),
    ("map-200x50", &["--screen", "map", "--size", "200x50"]),
    ("help-120x40", &["--screen", "help", "--size", "120x40"]),
    ("palette-120x40", &["--screen", "palette", "--size", "120x40"]),
    ("themes-120x40", &["--screen", "themes", "--size", "120x40"]),
];

/// The program's pictures of one screen.
fn draw(arguments: &[&str], files: &[String]) -> Vec<String> {
    let paths: Vec<PathBuf> =
        files.iter().map(|file| Path::new(env!("CARGO_TARGET_TMPDIR")).join(file)).collect();
    let output = lambtop(&["screenshot", "--demo"])
        .args(arguments)
        .args(paths.iter().flat_map(|path| [OsStr::new("--out"), path.as_os_str()]))
        .env("LC_ALL", "C.UTF-8")
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .output()
        .expect("the binary starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    paths.iter().map(|path| fs::read_to_string(path).expect("the picture is there")).collect()
}

/// How what is made by the program is made anew, after a change of the screens or keys.
const RENEW: &str = "LAMBTOP_RENEW=1 cargo test --test all documents";

fn renewing() -> bool {
    std::env::var_os("LAMBTOP_RENEW").is_some()
}

#[test]
fn the_pictures_are_what_the_program_draws() {
    let mut stale = Vec::new();
    for (name, arguments) in PICTURES {
        let files = ["txt", "svg"].map(|ending| format!("{name}.{ending}"));
        for (file, fresh) in files.iter().zip(draw(arguments, &files)) {
            let kept = root().join("screenshots").join(file);
            if renewing() {
                fs::write(&kept, &fresh).expect("the picture can be renewed");
            } else if fs::read_to_string(&kept).ok().as_deref() != Some(&fresh) {
                stale.push(file.clone());
            }
        }
    }
    assert!(stale.is_empty(), "old: {stale:?}; renew with {RENEW}");
    let mut kept: Vec<String> = fs::read_dir(root().join("screenshots"))
        .expect("there are pictures")
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .collect();
    kept.sort();
    kept.dedup();
    let mut named: Vec<&str> = PICTURES.iter().map(|(name, _)| *name).collect();
    named.sort_unstable();
    assert_eq!(kept, named, "every picture is made by this table");
}

#[test]
fn the_readme_lists_the_keys_of_the_key_table() {
    let readme = readme();
    let table = readme
        .split_once("<!-- keys -->\n")
        .and_then(|(_, rest)| rest.split_once("<!-- /keys -->"))
        .map(|(table, _)| table)
        .expect("the README has a place for the keys");
    let keys = lambtop::app::readme_keys();
    if renewing() {
        let renewed =
            readme.replacen(&format!("<!-- keys -->\n{table}"), &format!("<!-- keys -->\n{keys}"), 1);
        return fs::write(root().join("README.md"), renewed).expect("the README can be renewed");
    }
    assert_eq!(table.trim(), keys.trim(), "renew with {RENEW}");
}

#[test]
fn every_picture_and_setting_the_readme_names_exists() {
    let readme = readme();
    for (_, rest) in
        readme.match_indices("](screenshots/").map(|(at, found)| (at, &readme[at + found.len()..]))
    {
        let name = rest.split(')').next().unwrap_or_default();
        assert!(root().join("screenshots").join(name).exists(), "{name}");
    }
    let help = lambtop(&["--help"]).output().expect("it starts");
    let help = String::from_utf8(help.stdout).expect("UTF-8");
    for flag in help
        .split_whitespace()
        .filter(|word| word.starts_with("--") && *word != "--help" && *word != "--version")
    {
        let flag = flag.trim_end_matches([',', '>', ']']);
        let known = readme.contains(flag) || flag == "--config";
        assert!(known, "the README does not know {flag}");
    }
}
