//! What a key of the screen leaves on the disk: pictures of it, and log lines. Each is a new file of its owner alone,
//! under a name made of the time, where lambtop was started.

use std::fs;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use ratatui::buffer::Buffer;

use super::picture::page;
use super::private_file;
use super::screen::{Save, WriteDown};
use super::surroundings::picture_directory;
use crate::app::{Export, Written};
use crate::report::{logs, picture, requests, traces};
use crate::source::clock::Clock;
use crate::ui::theme::Theme;

/// Files of one second that have names.
const MOST: usize = 99;

/// Saves pictures of the screen.
pub(super) fn saver(themes: Vec<Theme>, clock: Clock) -> Save {
    Arc::new(move |cells, theme| {
        under_a_new_name(&picture_directory(), &clock, |stem| picture(stem, cells, &themes[theme]))
            .map_err(|error| error.to_string())
    })
}

/// Writes what the app wants written; gives up, and leaves nothing, once the flag says that the program ends.
pub(super) fn writer(clock: Clock) -> WriteDown {
    Arc::new(move |export, leaving| {
        let goes_on = || !leaving.load(Ordering::Relaxed);
        under_a_new_name(&picture_directory(), &clock, |stem| write(stem, export, &goes_on))
            .map_err(|error| error.to_string())
    })
}

/// Has `make` write under the name of this second; several in one, or another lambtop beside this one, are all kept.
fn under_a_new_name<T>(
    folder: &Path,
    clock: &Clock,
    mut make: impl FnMut(&Path) -> io::Result<T>,
) -> io::Result<T> {
    let time = clock.now().utc().map(|time| time.format("%Y%m%d-%H%M%S").to_string());
    let name = format!("lambtop-{}", time.unwrap_or_default());
    let mut outcome = make(&folder.join(&name));
    for number in 2..=MOST {
        if !outcome.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AlreadyExists) {
            break;
        }
        outcome = make(&folder.join(format!("{name}-{number}")));
    }
    outcome
}

fn with_ending(stem: &Path, ending: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Writes `stem.svg` and `stem.txt`; says what it wrote.
fn picture(stem: &Path, cells: &Buffer, theme: &Theme) -> io::Result<String> {
    let svg = with_ending(stem, ".svg");
    private_file::create(&svg, picture::svg(cells, &page(theme)).as_bytes())?;
    private_file::create(&with_ending(stem, ".txt"), picture::text(cells).as_bytes())?;
    Ok(format!("{} and .txt", svg.display()))
}

/// Writes `stem.log` or `stem.csv`, or nothing at all.
fn write(stem: &Path, export: &Export, goes_on: &dyn Fn() -> bool) -> io::Result<Written> {
    let ending = match export {
        Export::Lines(_) => ".log",
        Export::Requests(_) | Export::Traces(_) => ".csv",
    };
    let path = with_ending(stem, ending);
    let mut file = BufWriter::new(private_file::create_new(&path)?);
    let (what, count) = match export {
        Export::Lines(lines) => ("line", logs::export(lines, &mut file, goes_on)),
        Export::Requests(rows) => ("request", requests::export(rows, &mut file, goes_on)),
        Export::Traces(rows) => ("trace", traces::export(rows, &mut file, goes_on)),
    };
    let count = count.and_then(|count| file.flush().map(|()| count));
    match count {
        Ok(count) if count > 0 => Ok(Written { count, what, path: path.display().to_string() }),
        nothing => {
            // Half of it would look like all of it. The file is ours: it was not there before.
            fs::remove_file(&path)?;
            Err(nothing.err().unwrap_or_else(|| io::Error::other(format!("there is no {what}"))))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::env::temp_dir;

    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn files_of_one_second_have_names_of_their_own() {
        let folder = temp_dir().join(format!("lambtop-saving-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let clock = Clock::starting_at(Timestamp::from_secs(1_772_375_476), 0.0);
        let make = |stem: &Path| {
            let path = with_ending(stem, ".log");
            private_file::create(&path, b"x").map(|()| path.file_name().unwrap().to_owned())
        };
        let names: Vec<_> = (0..3).map(|_| under_a_new_name(&folder, &clock, make).unwrap()).collect();
        assert_eq!(
            names,
            ["lambtop-20260301-143116.log", "lambtop-20260301-143116-2.log", "lambtop-20260301-143116-3.log"]
        );
        let denied = under_a_new_name(&folder, &clock, |_| {
            Err::<(), _>(io::Error::from(io::ErrorKind::PermissionDenied))
        });
        assert_eq!(denied.unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        fs::remove_dir_all(&folder).unwrap();
    }
}
