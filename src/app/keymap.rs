//! The one table of keys: dispatch, help, footer, palette and the README's table come from it.

mod context;
mod readme;

use super::action::{Action, Group};
use super::key::{Code, Key, Mouse, MouseKind};

pub(super) use context::Context;
pub use readme::readme_keys;

/// A key and a word for the footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The keys as they are written: `j ↓`.
    pub keys: &'static str,
    /// What they do, such as `open`; may hold a value (`range 1h`).
    pub text: String,
    /// Stands at the right edge (back, help, palette, quit).
    pub right: bool,
    /// Gives way to the others where the screen is narrow.
    pub spare: bool,
}

/// One row: keys, what they do, where, and every word about it.
#[derive(Debug)]
pub(super) struct Binding {
    /// Any of these.
    pub(super) keys: &'static [Key],
    /// The keys as they are written.
    pub(super) shown: &'static str,
    pub(super) action: Action,
    pub(super) context: Context,
    pub(super) group: Group,
    /// In the palette.
    pub(super) name: &'static str,
    /// In the help.
    pub(super) help: &'static str,
    /// In the footer, if it belongs there: keys and a word. Rows stand in the order of importance.
    pub(super) hint: Option<(&'static str, &'static str)>,
}

const fn plain(code: Code) -> Key {
    Key { code, ctrl: false, alt: false, shift: false }
}

const fn char(c: char) -> Key {
    plain(Code::Char(c))
}

const fn ctrl(c: char) -> Key {
    Key { ctrl: true, ..char(c) }
}

const fn shift(code: Code) -> Key {
    Key { shift: true, ..plain(code) }
}

macro_rules! bindings {
    ($($context:ident $group:ident { $($shown:literal [$($key:expr),+] $action:ident, $name:literal, $help:literal $(, $hint:literal $(by $by:literal)?)?;)* })*) => {
        &[$($(Binding {
            keys: &[$($key),+],
            shown: $shown,
            action: Action::$action,
            context: Context::$context,
            group: Group::$group,
            name: $name,
            help: $help,
            hint: bindings!(@hint $shown $($hint $($by)?)?),
        },)*)*]
    };
    (@hint $shown:literal) => { None };
    (@hint $shown:literal $hint:literal) => { Some(($shown, $hint)) };
    (@hint $shown:literal $hint:literal $by:literal) => { Some(($by, $hint)) };
}

/// The table.
#[rustfmt::skip]
pub(super) static BINDINGS: &[Binding] = bindings! {
    Functions Open {
        "Enter" [plain(Code::Enter)] Open, "open function", "open the function", "open";
        "l" [char('l')] OpenLogs, "logs", "logs of the marked, or of this one", "logs";
        "r" [char('r')] OpenRequests, "requests", "requests of the marked, or of this one", "requests";
        "a" [char('a')] AllLogs, "logs of all in the filter", "logs of all that pass the filter";
    }
    Function Open {
        "l" [char('l')] OpenLogs, "logs", "its logs", "logs";
        "r" [char('r')] OpenRequests, "requests", "its requests", "requests";
        "Tab" [plain(Code::Tab)] NextPane, "charts, requests, errors", "to its requests, its errors, its charts", "pane";
        "Enter" [plain(Code::Enter)] Open, "open request or error", "this request, or requests of this error", "open";
    }
    Requests Open {
        "Enter" [plain(Code::Enter)] Open, "open timeline", "its timeline, or the requests of a group", "timeline";
    }
    Requests Find {
        "/" [char('/')] Filter, "filter requests", "filter: cold duration>1s mem>90% fn:pay*", "filter";
        "Tab" [plain(Code::Tab)] NextPane, "pick on the map", "to the map to pick on it, and back", "pick";
    }
    Requests Show {
        "s" [char('s')] SortNext, "sort in the next order", "sort: newest, slowest, memory, cost", "sort";
        "g" [char('g')] GroupNext, "group requests", "group: error, version, environment", "group";
    }
    Requests Open {
        "f" [char('f')] OnlyRequest, "log of this request", "its log lines alone", "its log";
        "v" [char('v')] OpenTrace, "trace of this request", "its trace, if X-Ray sampled it", "trace";
        "l" [char('l')] OpenLogs, "logs", "logs of its function", "logs";
        "a" [char('a')] AllRequests, "requests of all in the filter", "requests of all functions in the filter";
    }
    Requests Show {
        "w" [char('w')] Write, "write requests to a file", "write the rows to a file, as CSV", "write";
        "<" [char('<')] SortLeft, "sort by column to the left", "sort one column to the left";
        ">" [char('>')] SortRight, "sort by column to the right", "sort one column to the right";
        "I" [char('I')] SortInvert, "invert order", "turn the order around";
        "←" [plain(Code::Left)] HeatLeft, "pick earlier", "pick earlier on the map", "times" by "←→";
        "→" [plain(Code::Right)] HeatRight, "pick later", "pick later on the map";
        "S-←" [shift(Code::Left)] HeatFarLeft, "pick from earlier", "pick from a column earlier";
        "S-→" [shift(Code::Right)] HeatFarRight, "pick to later", "pick to a column later";
        "S-↑" [shift(Code::Up)] HeatFarUp, "pick slower too", "pick slower ones too";
        "S-↓" [shift(Code::Down)] HeatFarDown, "pick faster too", "pick faster ones too";
    }
    Functions Find {
        "/" [char('/')] Filter, "filter functions", "filter by name, runtime, tag", "filter";
    }
    Logs Find {
        "/" [char('/')] Filter, "filter lines", "filter: words \"a phrase\" -not /regex/", "filter";
        "n" [char('n')] NextMatch, "next match", "next match", "match" by "n N";
        "N" [char('N')] PreviousMatch, "previous match", "previous match";
        "e" [char('e')] NextError, "next error", "next error", "error" by "e E";
        "E" [char('E')] PreviousError, "previous error", "previous error";
        "f" [char('f')] OnlyRequest, "this request only", "lines of this request only, or all again", "this request";
        "Tab" [plain(Code::Tab)] AllLines, "only matches or all lines", "matches alone, or all lines";
    }
    Logs Open {
        "Enter" [plain(Code::Enter)] Open, "request of the line", "the timeline of the line's request", "timeline";
        "J" [char('J')] Detail, "line in full", "the line in full, JSON as a tree", "line";
        "v" [char('v')] OpenTrace, "trace of the line", "the trace of the line's request", "trace";
        "a" [char('a')] AllLogs, "logs of all in the filter", "logs of all that pass the filter";
        "S-↓" [shift(Code::Down)] DetailDown, "line in full: down", "one line down in it", "scroll" by "S-↑↓";
        "S-↑" [shift(Code::Up)] DetailUp, "line in full: up", "one line up in it";
        "^D" [ctrl('d')] DetailPageDown, "line in full: half a page down", "half a page down in it";
        "^U" [ctrl('u')] DetailPageUp, "line in full: half a page up", "half a page up in it";
    }
    Logs Find {
        "B" [char('B')] SearchFurther, "search further back", "search beyond what is held, at CloudWatch";
    }
    Logs Show {
        "p" [char('p')] Platform, "platform lines", "routine lines of the platform", "platform";
        "L" [char('L')] LiveTail, "Live Tail", "Live Tail on or off", "live";
        "b" [char('b')] Backfill, "backfill", "read again what may be missing";
        "d" [char('d')] Times, "times of lines", "times: clock, age, none";
        "^W" [ctrl('w')] WrapLines, "wrap or cut lines", "long lines wrapped or cut";
        "c" [char('c')] Context, "lines around matches", "lines around matches: 0 1 3";
        "x" [char('x')] RawText, "raw text", "lines exactly as they came";
        "C" [char('C')] Colours, "colours of lines", "colours that lines ask for";
        "M" [char('M')] Reveal, "show masked secrets", "show what is masked in this line";
        "Space" [char(' ')] Mark, "mark line", "mark the line";
        "w" [char('w')] Write, "write lines to a file", "write lines to a file: marked, found or all", "write";
        "←" [plain(Code::Left)] CrosshairLeft, "earlier on the histogram", "to the last bar that has lines";
        "→" [plain(Code::Right)] CrosshairRight, "later on the histogram", "to the next bar that has lines";
    }
    Timeline Show {
        "←" [plain(Code::Left)] FoldNode, "fold row", "fold the row, or go to what it is part of", "fold" by "←→";
        "→" [plain(Code::Right)] UnfoldNode, "unfold row", "unfold the row, or go into it";
    }
    Timeline Find {
        "Tab" [plain(Code::Tab)] NextPane, "next pane", "next pane: rows, log lines, in full", "pane";
    }
    Timeline Show {
        "+" [char('+')] ZoomIn, "zoom in", "zoom in on the row under the cursor", "zoom" by "+ -";
        "-" [char('-')] ZoomOut, "zoom out", "zoom out";
        "c" [char('c')] CriticalPath, "critical path only", "only what the end waited for, or all", "critical";
        "[" [char('[')] PanEarlier, "pan earlier", "half of what is on screen earlier";
        "]" [char(']')] PanLater, "pan later", "half of what is on screen later";
        "0 =" [char('0'), char('=')] WholeAxis, "whole axis", "all of the axis", "whole axis" by "0";
        "w" [char('w')] Write, "write log of the request to a file", "write its log lines to a file", "write";
    }
    Timeline Open {
        "v" [char('v')] OpenTrace, "traced request like it", "a traced request of the same kind", "traced one";
        "f" [char('f')] OnlyRequest, "full log of the request", "its log lines alone, on Logs", "full log";
        "l" [char('l')] OpenLogs, "logs", "logs of its function at that time";
        "r" [char('r')] OpenRequests, "requests", "requests of its function";
        "Enter" [plain(Code::Enter)] Open, "fold, or in full", "fold the row, or go to what is said of it", "in full";
    }
    Functions Show {
        "Space" [char(' ')] Mark, "mark function", "mark the function", "mark";
        "s" [char('s')] SortNext, "sort by next column", "sort by the next column", "sort";
        "<" [char('<')] SortLeft, "sort by column to the left", "sort one column to the left";
        ">" [char('>')] SortRight, "sort by column to the right", "sort one column to the right";
        "I" [char('I')] SortInvert, "invert order", "turn the order around";
        "W" [char('W')] WindowNext, "window of numbers", "window: 1m 5m 15m 1h", "window";
    }
    Function Show {
        "←" [plain(Code::Left)] CrosshairLeft, "crosshair earlier", "crosshair one bucket earlier", "crosshair" by "←→";
        "→" [plain(Code::Right)] CrosshairRight, "crosshair later", "crosshair one bucket later";
    }
    Traces Open {
        "Enter" [plain(Code::Enter)] Open, "open trace", "the trace; on the map traces of the service", "open";
        "l" [char('l')] OpenLogs, "logs of the function", "logs of its function", "logs";
        "r" [char('r')] OpenRequests, "requests of the function", "requests of its function", "requests";
    }
    Traces Find {
        "/" [char('/')] Filter, "filter traces", "filter: fault duration>1s; on the map a name", "filter";
        "n" [char('n')] NextMatch, "next service found", "next service of that name";
        "N" [char('N')] PreviousMatch, "previous service found", "service of that name before";
    }
    Traces Show {
        "m Tab" [char('m'), plain(Code::Tab)] ToggleMap, "map or list", "the map of services, or the list", "map" by "m";
        "←" [plain(Code::Left)] ToCaller, "to who calls it", "on the map to who calls it", "calls" by "←→";
        "→" [plain(Code::Right)] ToCallee, "to whom it calls", "on the map to whom it calls";
        "z" [char('z')] Zoom, "boxes or lines", "on the map boxes with numbers, or lines", "boxes";
        "+" [char('+')] ZoomIn, "boxes", "boxes with numbers";
        "-" [char('-')] ZoomOut, "lines", "lines";
        "s" [char('s')] SortNext, "sort by next column", "sort by the next column", "sort";
        "<" [char('<')] SortLeft, "sort by column to the left", "sort one column to the left";
        ">" [char('>')] SortRight, "sort by column to the right", "sort one column to the right";
        "I" [char('I')] SortInvert, "invert order", "turn the order around";
    }
    Traces Open {
        "w" [char('w')] Write, "write traces to a file", "write the rows to a file, as CSV", "write";
    }
    Traces Move {
        "j ↓" [char('j'), plain(Code::Down)] Down, "down", "one line down";
        "k ↑" [char('k'), plain(Code::Up)] Up, "up", "one line up";
        "PgDn" [plain(Code::PageDown)] PageDown, "page down", "one page down";
        "PgUp" [plain(Code::PageUp)] PageUp, "page up", "one page up";
        "g Home" [char('g'), plain(Code::Home)] Top, "to first", "first line, and stay there";
        "G End" [char('G'), plain(Code::End)] Bottom, "to last", "last line";
    }
    Screens Show {
        "t" [char('t')] RangeNext, "range of charts", "range: of charts to 30d, of traces to 6h", "range";
    }
    Function Show {
        "[" [char('[')] PanEarlier, "pan earlier", "half a range earlier", "pan" by "[ ]";
        "]" [char(']')] PanLater, "pan later", "half a range later";
        "z" [char('z')] Hold, "hold window", "hold the window, or follow", "hold";
        "S-←" [shift(Code::Left)] CrosshairFarLeft, "crosshair ten earlier", "ten buckets earlier";
        "S-→" [shift(Code::Right)] CrosshairFarRight, "crosshair ten later", "ten buckets later";
        "Home" [plain(Code::Home)] CrosshairFirst, "crosshair to start", "crosshair to first; in a pane the first row";
        "End" [plain(Code::End)] CrosshairNewest, "crosshair to newest", "crosshair to newest; in a pane the last row";
    }
    Functions Move {
        "j ↓" [char('j'), plain(Code::Down)] Down, "down", "one line down";
        "k ↑" [char('k'), plain(Code::Up)] Up, "up", "one line up";
        "PgDn" [plain(Code::PageDown)] PageDown, "page down", "one page down";
        "PgUp" [plain(Code::PageUp)] PageUp, "page up", "one page up";
        "g Home" [char('g'), plain(Code::Home)] Top, "to first", "first line";
        "G End" [char('G'), plain(Code::End)] Bottom, "to last", "last line";
    }
    Logs Move {
        "j ↓" [char('j'), plain(Code::Down)] Down, "down", "one line down";
        "k ↑" [char('k'), plain(Code::Up)] Up, "up", "one line up";
        "PgDn" [plain(Code::PageDown)] PageDown, "page down", "one page down";
        "PgUp" [plain(Code::PageUp)] PageUp, "page up", "one page up";
        "g Home" [char('g'), plain(Code::Home)] Top, "to oldest", "oldest line, and asks for older ones";
        "G End" [char('G'), plain(Code::End)] Bottom, "follow", "newest line, and follow", "follow" by "G";
    }
    Requests Move {
        "j ↓" [char('j'), plain(Code::Down)] Down, "down", "one line down; on the map: faster", "row" by "↑↓";
        "k ↑" [char('k'), plain(Code::Up)] Up, "up", "one line up; on the map: slower";
        "PgDn" [plain(Code::PageDown)] PageDown, "page down", "one page down";
        "PgUp" [plain(Code::PageUp)] PageUp, "page up", "one page up";
        "Home" [plain(Code::Home)] Top, "to first, and follow", "first row, and stay there";
        "G End" [char('G'), plain(Code::End)] Bottom, "to last", "last row";
    }
    Timeline Move {
        "j ↓" [char('j'), plain(Code::Down)] Down, "down", "next row or line", "row" by "↑↓";
        "k ↑" [char('k'), plain(Code::Up)] Up, "up", "row or line before";
        "PgDn" [plain(Code::PageDown)] PageDown, "page down", "one page down";
        "PgUp" [plain(Code::PageUp)] PageUp, "page up", "one page up";
        "g Home" [char('g'), plain(Code::Home)] Top, "to first", "first row or line";
        "G End" [char('G'), plain(Code::End)] Bottom, "to last", "last row or line";
    }
    Function Move {
        "j ↓" [char('j'), plain(Code::Down)] Down, "charts down", "further charts; in a pane a row down", "charts" by "↑↓";
        "k ↑" [char('k'), plain(Code::Up)] Up, "charts up", "charts above; in a pane a row up";
        "PgDn" [plain(Code::PageDown)] PageDown, "page of charts down", "one page of charts down";
        "PgUp" [plain(Code::PageUp)] PageUp, "page of charts up", "one page of charts up";
        "g" [char('g')] Top, "to first chart", "first chart";
        "G" [char('G')] Bottom, "to last chart", "last chart";
    }
    Screens Go {
        "y" [char('y')] Copy, "copy", "copy the row or the reading", "copy";
        "Y" [char('Y')] CopyArn, "copy ARN", "copy the ARN";
        "o" [char('o')] Link, "console link", "show and copy console link", "console";
    }
    Screens Show {
        "u" [char('u')] Zone, "UTC or local time", "UTC or local time";
        "T" [char('T')] Themes, "theme", "choose a theme";
        "R" [char('R')] AskAgain, "ask AWS again now", "ask AWS again now";
        "S" [char('S')] SaveScreen, "save screen", "save the screen to a file";
    }
    Screens Go {
        "1" [char('1')] Functions, "go to functions", "functions";
        "2" [char('2')] Logs, "go to logs", "logs";
        "3" [char('3')] Requests, "go to requests", "requests";
        "4" [char('4')] Traces, "go to traces", "traces";
    }
    Screens Quit {
        "Esc" [plain(Code::Esc)] Back, "back", "back, or clear the filter", "back";
    }
    Screens Go {
        "?" [char('?')] Help, "help", "the keys of this screen", "help";
        ":" [char(':')] Palette, "palette", "every action by name", "palette";
    }
    Screens Quit {
        "q" [char('q')] Quit, "quit", "leave", "quit";
    }
    Always Quit {
        "^C" [ctrl('c')] Quit, "quit at once", "leave, even while typing";
        "^Z" [ctrl('z')] Suspend, "suspend", "stop until fg continues it";
    }
    Prompt Find {
        "Enter" [plain(Code::Enter)] Accept, "keep filter", "keep what was typed", "keep";
        "Esc" [plain(Code::Esc)] Cancel, "clear filter", "clear what was typed", "clear";
        "↓" [plain(Code::Down)] Down, "down", "a row down; of lines: a later filter";
        "↑" [plain(Code::Up)] Up, "up", "a row up; of lines: an earlier filter";
    }
    Palette Find {
        "Enter" [plain(Code::Enter)] Accept, "run action", "run the action", "run";
        "Tab" [plain(Code::Tab)] Complete, "complete name", "complete the name", "complete";
        "Esc" [plain(Code::Esc)] Cancel, "close palette", "close", "close";
        "↓ ^N" [plain(Code::Down), ctrl('n')] Down, "down", "next action";
        "↑ ^P" [plain(Code::Up), ctrl('p')] Up, "up", "previous action";
    }
    Typing Find {
        "Backspace ^H" [plain(Code::Backspace), ctrl('h')] EraseLeft, "erase left", "erase a character";
        "Delete" [plain(Code::Delete)] EraseRight, "erase right", "erase the character under the cursor";
        "^W" [ctrl('w')] EraseWord, "erase word", "erase a word";
        "^U" [ctrl('u')] EraseLine, "erase line", "erase everything before the cursor";
        "←" [plain(Code::Left)] CursorLeft, "cursor left", "one character to the left";
        "→" [plain(Code::Right)] CursorRight, "cursor right", "one character to the right";
        "Home ^A" [plain(Code::Home), ctrl('a')] CursorStart, "cursor to start", "to the beginning";
        "End ^E" [plain(Code::End), ctrl('e')] CursorEnd, "cursor to end", "to the end";
    }
    Help Find {
        "/" [char('/')] Find, "find key", "find a key", "find";
        "Esc ?" [plain(Code::Esc), char('?')] Back, "close help", "close", "close";
        "j ↓" [char('j'), plain(Code::Down)] Down, "down", "one line down";
        "k ↑" [char('k'), plain(Code::Up)] Up, "up", "one line up";
        "PgDn" [plain(Code::PageDown)] PageDown, "page down", "one page down";
        "PgUp" [plain(Code::PageUp)] PageUp, "page up", "one page up";
        "g Home" [char('g'), plain(Code::Home)] Top, "to first", "first line";
        "G End" [char('G'), plain(Code::End)] Bottom, "to last", "last line";
        "q" [char('q')] Quit, "quit", "leave";
    }
    Themes Show {
        "Enter" [plain(Code::Enter)] Accept, "keep theme", "keep the theme", "keep";
        "Esc" [plain(Code::Esc)] Cancel, "put theme back", "put it back as it was", "back";
        "j ↓" [char('j'), plain(Code::Down)] Down, "down", "next theme", "next";
        "k ↑" [char('k'), plain(Code::Up)] Up, "up", "previous theme", "previous";
        "g Home" [char('g'), plain(Code::Home)] Top, "to first", "first theme";
        "G End" [char('G'), plain(Code::End)] Bottom, "to last", "last theme";
        "q" [char('q')] Quit, "quit", "leave";
    }
    Far Find {
        "Enter" [plain(Code::Enter)] Accept, "search", "search; what costs asks once more", "search";
        "←" [plain(Code::Left)] CrosshairLeft, "shorter stretch", "not so far back", "stretch" by "←→";
        "→" [plain(Code::Right)] CrosshairRight, "longer stretch", "further back";
        "Tab" [plain(Code::Tab)] SearchBy, "other API", "by FilterLogEvents or Logs Insights", "other API";
        "x" [char('x')] StopSearch, "stop search", "stop the search", "stop";
        "Esc B" [plain(Code::Esc), char('B')] Cancel, "close search", "close; a search goes on", "close" by "Esc";
        "q" [char('q')] Quit, "quit", "leave";
    }
    Link Go {
        "y" [char('y')] Copy, "copy link", "copy the link again", "copy";
        "Esc o Enter" [plain(Code::Esc), char('o'), plain(Code::Enter)] Back, "close link", "close", "close" by "Esc";
        "q" [char('q')] Quit, "quit", "leave";
    }
};

/// What a key does, looked up in `contexts` one after the other.
pub(super) fn lookup(key: Key, contexts: &[Context]) -> Option<Action> {
    contexts.iter().find_map(|context| {
        BINDINGS.iter().find(|row| row.context == *context && row.keys.contains(&key)).map(|row| row.action)
    })
}

/// The character that a key types, if it types one.
pub(super) const fn typed(key: Key) -> Option<char> {
    match key.code {
        Code::Char(c) if !key.ctrl && !key.alt => Some(c),
        _ => None,
    }
}

impl From<crossterm::event::KeyEvent> for Key {
    fn from(event: crossterm::event::KeyEvent) -> Self {
        use crossterm::event::{KeyCode, KeyModifiers};
        let code = match event.code {
            KeyCode::Char(c) => Code::Char(c),
            KeyCode::Enter => Code::Enter,
            KeyCode::Esc => Code::Esc,
            KeyCode::Tab | KeyCode::BackTab => Code::Tab,
            KeyCode::Backspace => Code::Backspace,
            KeyCode::Delete => Code::Delete,
            KeyCode::Left => Code::Left,
            KeyCode::Right => Code::Right,
            KeyCode::Up => Code::Up,
            KeyCode::Down => Code::Down,
            KeyCode::Home => Code::Home,
            KeyCode::End => Code::End,
            KeyCode::PageUp => Code::PageUp,
            KeyCode::PageDown => Code::PageDown,
            _ => Code::Other,
        };
        let has = |modifier| event.modifiers.contains(modifier);
        let shift = has(KeyModifiers::SHIFT) && !matches!(code, Code::Char(_));
        Self { code, ctrl: has(KeyModifiers::CONTROL), alt: has(KeyModifiers::ALT), shift }
    }
}

impl Mouse {
    /// What a mouse event means here; `None` for moves, drags and other buttons.
    #[must_use]
    pub const fn from_event(event: crossterm::event::MouseEvent) -> Option<Self> {
        use crossterm::event::{MouseButton, MouseEventKind};
        let kind = match event.kind {
            MouseEventKind::Down(MouseButton::Left) => MouseKind::Click,
            MouseEventKind::ScrollUp => MouseKind::WheelUp,
            MouseEventKind::ScrollDown => MouseKind::WheelDown,
            _ => return None,
        };
        Some(Self { kind, x: event.column, y: event.row })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// The contexts that are asked together for one key.
    const TOGETHER: [&[Context]; 12] = [
        &[Context::Always, Context::Functions, Context::Screens],
        &[Context::Always, Context::Function, Context::Screens],
        &[Context::Always, Context::Logs, Context::Screens],
        &[Context::Always, Context::Requests, Context::Screens],
        &[Context::Always, Context::Timeline, Context::Screens],
        &[Context::Always, Context::Traces, Context::Screens],
        &[Context::Always, Context::Prompt, Context::Typing],
        &[Context::Always, Context::Palette, Context::Typing],
        &[Context::Always, Context::Help],
        &[Context::Always, Context::Themes],
        &[Context::Always, Context::Link],
        &[Context::Always, Context::Far],
    ];

    fn written(key: Key) -> String {
        let name = match key.code {
            Code::Char(c) if key.ctrl => format!("^{}", c.to_ascii_uppercase()),
            Code::Char(' ') => "Space".to_owned(),
            Code::Char(c) => c.to_string(),
            Code::Left => "←".to_owned(),
            Code::Right => "→".to_owned(),
            Code::Up => "↑".to_owned(),
            Code::Down => "↓".to_owned(),
            Code::PageUp => "PgUp".to_owned(),
            Code::PageDown => "PgDn".to_owned(),
            other => format!("{other:?}"),
        };
        if key.shift { format!("S-{name}") } else { name }
    }

    #[test]
    fn no_two_rows_want_the_same_key_in_one_place() {
        for contexts in TOGETHER {
            let mut seen = HashSet::new();
            for row in BINDINGS.iter().filter(|row| contexts.contains(&row.context)) {
                for key in row.keys {
                    assert!(seen.insert(*key), "{key:?} twice in {contexts:?}");
                }
            }
        }
        assert!(
            Context::ALL.iter().all(|context| TOGETHER.iter().any(|contexts| contexts.contains(context)))
        );
    }

    #[test]
    fn keys_are_written_as_they_are_pressed() {
        for row in BINDINGS {
            let keys: Vec<_> = row.keys.iter().copied().map(written).collect();
            assert_eq!(row.shown, keys.join(" "));
        }
    }

    #[test]
    fn every_row_has_words_and_hints_are_short() {
        for row in BINDINGS {
            assert!(!row.name.is_empty() && !row.help.is_empty(), "{row:?}");
            assert!(row.help.chars().count() <= 44, "{}", row.help);
            assert!(row.hint.is_none_or(|(_, word)| word.len() <= 12), "{row:?}");
        }
    }

    #[test]
    fn a_name_means_one_action() {
        for row in BINDINGS.iter().filter(|row| {
            matches!(row.context, Context::Screens | Context::Functions | Context::Function | Context::Logs)
        }) {
            for other in BINDINGS.iter().filter(|other| other.name == row.name) {
                assert_eq!(row.action, other.action, "{}", row.name);
            }
        }
    }
}
