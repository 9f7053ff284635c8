//! What happens to the program, and what it wants done about it.

use std::time::Duration;

use crate::model::{Event, Timestamp};
use crate::store::Severity;
use crate::store::lines::{Chore, Hits, Tidied};

use super::{Clip, Export, Key, Mouse, SearchJob, Written};

/// Everything that happens to the program.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something.
    Mouse(Mouse),
    /// Text was pasted; raw.
    Paste(String),
    /// The terminal has another size.
    Resize {
        /// Width in cells.
        columns: u16,
        /// Height in cells.
        rows: u16,
    },
    /// A source told something.
    Event(Box<Event>),
    /// An [`Effect`] was carried out.
    Done(Job),
    /// A second passed.
    Tick,
    /// The program goes on after it did not run for so long: it was stopped, or the computer slept.
    Woke(Duration),
    /// A background task has panicked: place and message. Raw text.
    TaskPanicked(String),
}

/// What the app wants done outside of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// End the program.
    Quit,
    /// Save the screen as it stands; answered by [`Job::ScreenSaved`].
    SaveScreen,
    /// Write something to a file; answered by [`Job::Written`].
    Write(Export),
    /// Keep a filter of lines for the next session; answered by [`Job::Remembered`].
    Remember(String),
    /// Hand text to the terminal's clipboard; answered by [`Job::Copied`].
    Copy(Clip),
    /// Search the log lines that are held, on workers; answered by [`Job::Found`], as often as something is found.
    Search(SearchJob),
    /// Give the terminal back and stop until continued (Ctrl-Z).
    Suspend,
    /// Merge and compress log lines on a worker; answered by [`Job::Tidied`].
    Tidy(Chore),
}

/// What became of an [`Effect`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// The screen was saved: the file's path, or why not. Raw text.
    ScreenSaved(Result<String, String>),
    /// Something was written to a file, or why not. Raw text.
    Written(Result<Written, String>),
    /// A filter was kept for the next session, or why not. Raw text.
    Remembered(Result<(), String>),
    /// A search of log lines got on.
    Found(Hits),
    /// Text was handed to the terminal: what, counted; or why this terminal has no clipboard.
    Copied(Result<String, String>),
    /// Log lines were merged and compressed.
    Tidied(Tidied),
}

/// One line that tells what just happened; raw text. It goes by itself after five seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What happened.
    pub text: String,
    /// `Error` for what did not work, `Ok` for what did.
    pub severity: Severity,
    /// When it was said.
    pub at: Timestamp,
}
