//! The filters of earlier sessions: a file of one filter a line, for its owner alone, in the state directory. It is there
//! only for who asks for it (`history = true`), because filters can tell of customers.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::private_file;
use super::screen::Remember;
use super::surroundings::state_directory;

/// Filters that are of use.
const MOST: usize = 50;
/// A file of more lines is written anew at the start.
const LONG: usize = 500;
/// Bytes that are looked at, from the start: it is never as long as that.
const LOOKED_AT: u64 = 1 << 20;

fn file() -> Option<PathBuf> {
    state_directory().map(|directory| directory.join("history"))
}

/// The filters that were kept before, the newest last. That there is no file is usual; one that cannot be read is no
/// reason not to start.
pub(super) fn load() -> Vec<String> {
    file().map(|path| read(&path)).unwrap_or_default()
}

/// Adds a filter. Several lambtops may do so at once: each line is one write at the end.
pub(super) fn keeper() -> Remember {
    Arc::new(|filter| {
        let Some(path) = file() else { return Err("there is no directory for it".to_owned()) };
        add(&path, filter).map_err(|error| format!("{}: {error}", path.display()))
    })
}

fn read(path: &Path) -> Vec<String> {
    let mut text = String::new();
    let read = fs::File::open(path).and_then(|file| file.take(LOOKED_AT).read_to_string(&mut text));
    if read.is_err() {
        return Vec::new();
    }
    let mut seen = HashSet::new();
    let usable = |line: &&str| !line.trim().is_empty() && !line.contains(char::is_control);
    let mut kept: Vec<String> = text
        .lines()
        .rev()
        .filter(usable)
        .filter(|line| seen.insert(*line))
        .take(MOST)
        .map(str::to_owned)
        .collect();
    kept.reverse();
    if text.lines().count() > LONG {
        let shorter: String = kept.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        // What cannot be shortened can still be used.
        let _ = private_file::replace(path, shorter.as_bytes());
    }
    kept
}

fn add(path: &Path, filter: &str) -> io::Result<()> {
    if filter.contains(char::is_control) {
        return Ok(());
    }
    if let Some(directory) = path.parent() {
        private_file::make_directory(directory)?;
    }
    private_file::append(path)?.write_all(format!("{filter}\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn filters_are_kept_in_order_each_once_and_for_their_owner_alone() {
        let folder = std::env::temp_dir().join(format!("lambtop-history-{}", std::process::id()));
        let path = folder.join("state/lambtop/history");
        assert_eq!(read(&path), Vec::<String>::new(), "there is none yet");
        for filter in ["one", "two", "a\u{1b}[2J", "one"] {
            add(&path, filter).unwrap();
        }
        assert_eq!(read(&path), ["two", "one"]);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        for number in 0..LONG {
            add(&path, &format!("filter {number}")).unwrap();
        }
        let kept = read(&path);
        assert_eq!((kept.len(), kept[MOST - 1].as_str()), (MOST, "filter 499"));
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), MOST, "it was shortened");
        fs::remove_dir_all(&folder).unwrap();
    }
}
