//! What the screen leaves on the disk.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::terminal::{LAMBTOP, Terminal};

/// An empty folder of this name, also when the last run has left something there.
pub fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        fs::remove_dir_all(&path).expect("the last run's folder can go");
    }
    fs::create_dir_all(&path).expect("a scratch folder");
    path
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn the_debug_log_of_one_hour_stays_small() {
    let log = scratch("hour").join("lambtop.log");
    // An hour of the shop in a few seconds of ours.
    let mut terminal = Terminal::shell(&format!(
        "exec {LAMBTOP} demo --seed 7 --now 2026-03-01T12:00:00Z --speed 600 --debug-log {}",
        log.display()
    ));
    terminal.wait_for(" 13:0");
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
    let text = fs::read_to_string(&log).expect("there is a log");
    println!("an hour is {} bytes in {} lines", text.len(), text.lines().count());
    assert!(text.contains("a round is answered") && text.contains("GetMetricData"), "{text}");
    assert!(text.len() < 2_000_000, "{} bytes", text.len());
    assert_eq!(mode(&log), 0o600);
}

#[test]
fn a_saved_screen_is_its_owners_alone_and_never_overwrites_another() {
    let folder = scratch("saved");
    let mut terminal = Terminal::shell(&format!(
        "cd {} && exec {LAMBTOP} demo --seed 7 --now 2026-03-01T12:00:00Z --speed 0.1",
        folder.display()
    ));
    terminal.wait_for("checkout-api");
    let saved = || fs::read_dir(&folder).expect("a folder").filter_map(|entry| Some(entry.ok()?.path()));
    for pictures in 1..=3 {
        terminal.press("S");
        terminal.wait("two more files are there", |_| saved().count() == 2 * pictures);
    }
    for path in saved() {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn lines_are_written_beside_the_screen_to_a_file_of_their_owner_alone() {
    let folder = scratch("written");
    let mut terminal = Terminal::shell(&format!(
        "cd {} && exec {LAMBTOP} demo --seed 7 --now 2026-03-01T12:00:00Z",
        folder.display()
    ));
    terminal.wait_for("checkout-api");
    terminal.press("2");
    // A line stands there to be marked.
    terminal.wait_for("▎1");
    terminal.press(" ");
    let files = || fs::read_dir(&folder).expect("a folder").filter_map(|entry| Some(entry.ok()?.path()));
    let text = |path: PathBuf| fs::read_to_string(path).expect("text");
    for count in 1..=2 {
        terminal.press("w");
        terminal.wait("lines are written", |screen| {
            // A file is there before its lines are, and the words for the one before still stand.
            screen.contents().contains("written to")
                && files().filter(|path| text(path.clone()).ends_with('\n')).count() == count
        });
    }
    for path in files() {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        let text = text(path);
        assert!(text.starts_with("2026-03-01T1") && text.ends_with('\n'), "{text}");
    }
}
