//! How the program was started: plain values from flags, environment and configuration.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Prices, Window};
use crate::query::SavedSearch;

/// What the command line and the configuration decided.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line, on or off")]
pub struct Settings {
    /// The profile that was chosen and gives the credentials: commands can name it.
    pub profile: Option<Arc<str>>,
    /// What the header says of the credentials where no profile was chosen: a word, never a name for a command.
    pub login: Option<Arc<str>>,
    /// The URL that every call goes to instead of AWS, if one is configured.
    pub endpoint: Option<Arc<str>>,
    /// The region's code, if one is configured.
    pub region: Option<Arc<str>>,
    /// The stretch that trends and sums of a row cover (`--since`).
    pub since: Duration,
    /// The stretch that a row's numbers cover at first (`--window`).
    pub window: Window,
    /// Draw with ASCII alone.
    pub ascii: bool,
    /// React to the mouse.
    pub mouse: bool,
    /// Copying may write to the terminal's clipboard.
    pub clipboard: bool,
    /// Names of all themes, in the order of the chooser; never empty.
    pub themes: Vec<Arc<str>>,
    /// Index of the theme in use.
    pub theme: usize,
    /// Write times in local time at first, instead of UTC.
    pub local_time: bool,
    /// Offset of local time from UTC, in seconds; east is positive.
    pub utc_offset: i32,
    /// The demo's fleet is shown, not an account.
    pub demo: bool,
    /// Most US dollars per hour, if capped.
    pub spend_cap: Option<f64>,
    /// What Lambda charges, for what requests cost.
    pub prices: Prices,
    /// Bytes of memory that log lines may take.
    pub log_memory: usize,
    /// Log groups to open the logs screen on at the start.
    pub log_groups: Vec<Arc<str>>,
    /// Searches that have names.
    pub searches: Vec<SavedSearch>,
    /// Filters of earlier sessions, the newest last; `None` if filters are not to be kept.
    pub history: Option<Vec<String>>,
    /// The globs of `--function`, where the fleet is narrowed from outside.
    pub globs: Vec<Arc<str>>,
}

impl Settings {
    /// What [`Settings::login`] says where the keys stand in the environment.
    pub const ENVIRONMENT: &'static str = "environment";
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: None,
            login: None,
            endpoint: None,
            region: None,
            since: Duration::from_hours(1),
            window: Window::default(),
            ascii: false,
            mouse: true,
            clipboard: true,
            themes: vec!["dark".into()],
            theme: 0,
            local_time: false,
            utc_offset: 0,
            demo: false,
            spend_cap: None,
            prices: Prices::LIST,
            log_memory: 256_000_000,
            log_groups: Vec::new(),
            searches: Vec::new(),
            history: None,
            globs: Vec::new(),
        }
    }
}
