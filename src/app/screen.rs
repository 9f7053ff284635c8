//! The screens and the state each of them owns.

use crate::model::{FunctionKey, Timestamp};

use super::{Column, TimelineScreen};

/// A screen with its state. They lie on a stack over the fleet: Esc returns to where one was.
#[derive(Clone, Debug, PartialEq)]
pub enum Screen {
    /// The fleet, which lies below all others and is never closed: its state is the app's own.
    Functions,
    /// One function.
    Function(FunctionScreen),
    /// Log lines: the state is the app's own, so that coming back finds everything as it was.
    Logs,
    /// Requests, one row each: the state is the app's own.
    Requests,
    /// One request or one trace on an axis of time.
    Timeline(Box<TimelineScreen>),
    /// Traces and the map of services: the state is the app's own.
    Traces,
}

/// State of the functions screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FunctionsScreen {
    /// The function under the cursor; `None` as long as nobody moved it: then it is the first row.
    pub cursor: Option<FunctionKey>,
    /// Index of the first row on screen.
    pub top: usize,
    /// What the rows are sorted by.
    pub sort: Column,
    /// Turned around against the column's natural order.
    pub reversed: bool,
}

/// State of one function's screen.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionScreen {
    /// Which function.
    pub key: FunctionKey,
    /// How many charts are scrolled away at the top.
    pub scroll: usize,
    /// Start of the bucket under the crosshair; `None` reads the newest settled one.
    pub crosshair: Option<Timestamp>,
    /// Where the window ends when it does not follow the clock.
    pub held_at: Option<Timestamp>,
    /// Where keys go.
    pub pane: FunctionPane,
}

/// A part of one function's screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FunctionPane {
    /// The charts.
    #[default]
    Charts,
    /// Its last requests.
    Requests,
    /// Its errors.
    Errors,
}

impl FunctionPane {
    /// The next one; after the last comes the first.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Charts => Self::Requests,
            Self::Requests => Self::Errors,
            Self::Errors => Self::Charts,
        }
    }
}
