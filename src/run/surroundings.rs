//! What the process was started in: locale, terminal, colours, link, time zone. Read once, then handed on.

use std::env;
use std::path::PathBuf;

use chrono::{Local, Offset};
use etcetera::BaseStrategy;
use etcetera::base_strategy::Xdg;

use crate::config::Charset;

/// Facts of the environment that decide how the screen is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Nothing above 0x7e may be written.
    pub ascii: bool,
    /// The session runs over SSH: fewer frames a second.
    pub ssh: bool,
    /// Seconds that local time is ahead of UTC.
    pub local_offset: i32,
}

impl Surroundings {
    /// Looks around. `charset` is what the settings ask for.
    #[must_use]
    pub fn of_this_process(charset: Charset) -> Self {
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let ascii = match charset {
            Charset::Ascii => true,
            Charset::Unicode => false,
            Charset::Auto => {
                let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
                needs_ascii(locale.as_deref(), variable("TERM").as_deref())
            }
        };
        Self {
            ascii,
            ssh: variable("SSH_CONNECTION").is_some() || variable("SSH_TTY").is_some(),
            local_offset: Local::now().offset().fix().local_minus_utc(),
        }
    }
}

/// Whether a locale and a terminal cannot be trusted with box drawing: not UTF-8, a Linux console, or a CJK
/// locale, in which the glyphs of the screen are of ambiguous width.
fn needs_ascii(locale: Option<&str>, term: Option<&str>) -> bool {
    let locale = locale.unwrap_or("C").to_ascii_lowercase();
    let utf8 = locale.contains("utf-8") || locale.contains("utf8");
    let ambiguous = ["ja", "ko", "zh"].iter().any(|language| locale.starts_with(language));
    !utf8 || ambiguous || term == Some("linux")
}

/// Where settings and themes of this user are kept: `lambtop` in the XDG configuration directory.
#[must_use]
pub fn configuration_directory() -> Option<PathBuf> {
    Xdg::new().ok().map(|xdg| xdg.config_dir().join("lambtop"))
}

/// Where pictures of the screen go: the directory lambtop was started in.
#[must_use]
pub fn picture_directory() -> PathBuf {
    env::current_dir().unwrap_or_else(|_| PathBuf::from("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_that_cannot_show_boxes_get_ascii() {
        assert!(!needs_ascii(Some("en_GB.UTF-8"), Some("xterm-256color")));
        assert!(!needs_ascii(Some("C.utf8"), None));
        assert!(needs_ascii(Some("POSIX"), Some("xterm")));
        assert!(needs_ascii(None, Some("xterm")));
        assert!(needs_ascii(Some("ja_JP.UTF-8"), Some("xterm")));
        assert!(needs_ascii(Some("en_GB.UTF-8"), Some("linux")));
    }
}
