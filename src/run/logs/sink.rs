//! Where lines go: standard output, or a file of the owner's alone.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::run::{Stop, is_deserted, offer, private_file};

/// An open place for lines.
pub(super) enum Sink {
    Standard,
    File {
        file: File,
        path: PathBuf,
        /// What was in it before is gone. It stays until there is something to write.
        begun: bool,
    },
}

impl Sink {
    /// Opens the file, if one is named; what is in it stays for now.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Stop> {
        let Some(path) = path else { return Ok(Self::Standard) };
        let file = private_file::open_as_it_is(path).map_err(|error| {
            Stop::BadInput(format!("--output {}: cannot be written: {error}", path.display()))
        })?;
        Ok(Self::File { file, path: path.to_owned(), begun: false })
    }

    /// Writes a batch at once; false if nobody reads any more.
    pub(super) fn write(&mut self, text: &str) -> Result<bool, Stop> {
        if text.is_empty() {
            return Ok(true);
        }
        self.begin()?;
        match self {
            Self::Standard => offer(text),
            Self::File { file, path, .. } => {
                file.write_all(text.as_bytes()).map(|()| true).map_err(|error| broken(path, &error))
            }
        }
    }

    /// Empties the file, where that has not been done: from here on it holds this run.
    pub(super) fn begin(&mut self) -> Result<(), Stop> {
        let Self::File { file, path, begun } = self else { return Ok(()) };
        if !std::mem::replace(begun, true) {
            let regular = file.metadata().is_ok_and(|metadata| metadata.is_file());
            // A pipe or a device has no length.
            if regular {
                file.set_len(0).map_err(|error| broken(path, &error))?;
            }
        }
        Ok(())
    }

    /// Whether nobody reads any more, found out without writing: a follow may have nothing to write for long.
    pub(super) fn is_deserted(&self) -> bool {
        matches!(self, Self::Standard) && is_deserted()
    }

    /// What the summary says of it.
    pub(super) fn said(&self, interrupted: bool) -> Option<String> {
        let Self::File { path, begun, .. } = self else { return None };
        let path = path.display();
        Some(match (begun, interrupted) {
            (true, true) => format!("interrupted: {path} holds what was written until then"),
            (true, false) => format!("written to {path}"),
            (false, _) => format!("{path} was left as it is"),
        })
    }
}

fn broken(path: &Path, error: &io::Error) -> Stop {
    Stop::Failed(format!("--output {}: cannot be written further: {error}", path.display()))
}
