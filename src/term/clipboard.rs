//! The way to a clipboard: OSC 52, wrapped as the multiplexer in between wants it. Write only: it is never read.
//!
//! What each does with it:
//!
//! * a terminal takes `ESC ] 52 ; c ; BASE64 BEL` (xterm's control sequences, "Manipulate Selection Data"), or ignores
//!   it; nothing is answered either way;
//! * tmux takes the same from a program if its `set-clipboard` is `on` (its default, `external`, ignores programs), and
//!   hands `ESC P tmux; ... ESC \` on to its terminal, escapes doubled, if `allow-passthrough` is on (tmux before 3.3
//!   always does). It gets both: each is silence where it is not allowed, and twice the same where both are;
//! * GNU screen hands `ESC P ... ESC \` on, and forgets what is longer than 768 bytes: so it gets pieces;
//! * over SSH a `TERM` of `screen` may be either of the two: it gets the plain one and the pieces, which tmux skips;
//! * the Linux console and real VT terminals have no clipboard and may print what they do not know.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bytes of one piece for GNU screen, with room for what stands around it.
const PIECE: usize = 512;

/// What stands between the program and the clipboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Terminal,
    Tmux,
    Screen,
    /// `TERM` says `screen`, and nothing says which of the two it is.
    TmuxOrScreen,
    Nowhere,
}

/// The terminal has no clipboard that a program can write to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoClipboard;

/// What has to be true for a copy to arrive, where something stands in between.
pub type Condition = Option<&'static str>;

impl Route {
    /// As the environment tells: `TERM`, and whether `TMUX` and `STY` (GNU screen's) are set.
    pub(super) fn announced(term: &str, tmux: bool, sty: bool) -> Self {
        let named = |name: &str| term.split('-').next() == Some(name);
        match () {
            () if named("linux") || (term.starts_with("vt") && !term.starts_with("vte")) => Self::Nowhere,
            () if tmux || named("tmux") => Self::Tmux,
            () if sty => Self::Screen,
            () if named("screen") => Self::TmuxOrScreen,
            () => Self::Terminal,
        }
    }

    /// What has to be set for the text to arrive.
    pub(super) const fn condition(self) -> Condition {
        match self {
            Self::Tmux | Self::TmuxOrScreen => Some("tmux needs: set -s set-clipboard on"),
            Self::Terminal | Self::Screen | Self::Nowhere => None,
        }
    }

    /// The bytes that hand `text` over. Whatever the text is, it is letters and digits in them.
    pub(super) fn sequence(self, text: &str) -> Result<String, NoClipboard> {
        let plain = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
        match self {
            Self::Terminal => Ok(plain),
            Self::Tmux => Ok(format!("{plain}\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b"))),
            Self::Screen => Ok(pieces(&plain)),
            Self::TmuxOrScreen => Ok(plain.clone() + &pieces(&plain)),
            Self::Nowhere => Err(NoClipboard),
        }
    }
}

/// The sequence in device control strings, none too long for GNU screen.
fn pieces(plain: &str) -> String {
    let mut all = String::new();
    // The sequence is ASCII: it can be cut anywhere.
    for piece in plain.as_bytes().chunks(PIECE) {
        all.push_str("\x1bP");
        all.push_str(&String::from_utf8_lossy(piece));
        all.push_str("\x1b\\");
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(text: &str) -> String {
        format!("\x1b]52;c;{}\x07", STANDARD.encode(text))
    }

    #[test]
    fn the_environment_tells_what_stands_in_between() {
        for (term, tmux, sty, route) in [
            ("xterm-256color", false, false, Route::Terminal),
            ("vte-256color", false, false, Route::Terminal),
            ("xterm-256color", true, false, Route::Tmux),
            ("tmux-256color", false, false, Route::Tmux),
            ("screen-256color", true, false, Route::Tmux),
            ("screen.xterm-256color", false, true, Route::Screen),
            ("screen", false, true, Route::Screen),
            ("screen-256color", false, false, Route::TmuxOrScreen),
            ("linux", false, false, Route::Nowhere),
            ("vt220", false, false, Route::Nowhere),
        ] {
            assert_eq!(Route::announced(term, tmux, sty), route, "{term} {tmux} {sty}");
        }
    }

    #[test]
    fn tmux_gets_it_plain_and_passed_through() {
        let sequence = Route::Tmux.sequence("arn").unwrap();
        let passed = sequence.strip_prefix(&inside("arn")).expect("the plain one comes first");
        let passed = passed.strip_prefix("\x1bPtmux;").and_then(|rest| rest.strip_suffix("\x1b\\")).unwrap();
        assert_eq!(passed.replace("\x1b\x1b", "\x1b"), inside("arn"));
    }

    #[test]
    fn screen_gets_it_in_pieces_that_it_can_hold() {
        let text = "x".repeat(64 * 1024);
        let sequence = Route::Screen.sequence(&text).unwrap();
        let mut joined = String::new();
        for piece in sequence.split_inclusive("\x1b\\") {
            assert!(piece.len() < 768, "{}", piece.len());
            joined += piece.strip_prefix("\x1bP").and_then(|rest| rest.strip_suffix("\x1b\\")).unwrap();
        }
        assert_eq!(joined, inside(&text));
    }

    #[test]
    fn a_text_cannot_leave_its_sequence() {
        let hostile = "\x1b\\\x07\x1b]0;owned\x07\u{9c}\x1b[2J";
        for route in [Route::Terminal, Route::Tmux, Route::Screen, Route::TmuxOrScreen] {
            let sequence = route.sequence(hostile).unwrap();
            assert!(!sequence.contains("owned") && !sequence.contains("[2J"), "{route:?}");
            assert!(sequence.is_ascii());
        }
        assert_eq!(Route::Nowhere.sequence("x"), Err(NoClipboard));
    }
}
