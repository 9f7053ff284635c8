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
    /// The terminal is known to make links of OSC 8.
    pub links: bool,
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
            links: takes_links(variable),
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

/// Whether the terminal is known to take links (OSC 8): asking it is no option, and one that does not know them may print
/// them. Over SSH only `TERM` arrives, and most terminals call themselves xterm there: then a link is plain text.
fn takes_links(variable: impl Fn(&str) -> Option<String>) -> bool {
    let term = variable("TERM").unwrap_or_default();
    let program = variable("TERM_PROGRAM").unwrap_or_default();
    let version = |name: &str| -> (u32, u32) {
        let text = variable(name).unwrap_or_default();
        let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap_or(0));
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
    };
    let named = |name: &str| term.split('-').next() == Some(name);
    // What stands between the program and the terminal decides, whatever the terminal is.
    if variable("STY").is_some() || named("screen") && variable("TMUX").is_none() {
        return false;
    }
    if variable("TMUX").is_some() || named("tmux") {
        // tmux passes links on since 3.4 (its CHANGES), and says which it is in these variables since 3.2.
        return program == "tmux" && version("TERM_PROGRAM_VERSION") >= (3, 4);
    }
    if named("linux") || term.starts_with("vt") {
        return false;
    }
    let by_program = match &*program {
        "iTerm.app" => version("TERM_PROGRAM_VERSION") >= (3, 1),
        "WezTerm" | "ghostty" | "mintty" | "rio" | "vscode" => true,
        _ => false,
    };
    // VTE before 0.50 crashed on some links, so its terminals are trusted from there on.
    let vte = version("VTE_VERSION").0 >= 5000;
    let by_term = ["alacritty", "contour", "foot"].into_iter().any(named)
        || ["xterm-kitty", "xterm-ghostty"].contains(&&*term);
    by_program || vte || by_term || variable("WT_SESSION").is_some()
}

/// Where settings and themes of this user are kept: `lambtop` in the XDG configuration directory.
#[must_use]
pub fn configuration_directory() -> Option<PathBuf> {
    Xdg::new().ok().map(|xdg| xdg.config_dir().join("lambtop"))
}

/// Where lambtop keeps what it remembers of this user: `lambtop` in the XDG state directory.
#[must_use]
pub fn state_directory() -> Option<PathBuf> {
    Xdg::new().ok().and_then(|xdg| Some(xdg.state_dir()?.join("lambtop")))
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
    fn links_go_only_to_terminals_that_are_known_to_take_them() {
        let takes = |set: &[(&str, &str)]| {
            takes_links(|name| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        let vte = ("VTE_VERSION", "6003");
        assert!(takes(&[("TERM", "xterm-256color"), vte]));
        assert!(takes(&[("TERM", "xterm-kitty")]) && takes(&[("TERM", "foot-extra")]));
        assert!(takes(&[("TERM_PROGRAM", "iTerm.app"), ("TERM_PROGRAM_VERSION", "3.5.2")]));
        assert!(!takes(&[("TERM", "xterm-256color")]));
        assert!(!takes(&[("TERM", "xterm-256color"), ("VTE_VERSION", "4801")]));
        assert!(!takes(&[("TERM", "linux"), vte]) && !takes(&[("TERM", "screen"), ("STY", "1.pts"), vte]));
        let tmux = |version| {
            takes(&[("TMUX", "/tmp/x"), ("TERM_PROGRAM", "tmux"), ("TERM_PROGRAM_VERSION", version), vte])
        };
        assert!(tmux("3.4") && tmux("3.5a") && !tmux("3.3a") && !takes(&[("TMUX", "/tmp/x"), vte]));
    }

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
