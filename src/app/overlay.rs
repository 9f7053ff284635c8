//! What lies over a screen: help, palette, themes, a link.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::ConsoleLink;
use crate::model::Timestamp;
use crate::query::{FilterError, Matcher, SavedSearch};

use super::Field;
use super::action::{Action, CHOICES, Group};
use super::far::FarBox;
use super::keymap::{BINDINGS, Context};
use super::logs::written_time;

/// An overlay with its state.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// The keys of the screen underneath.
    Help(Help),
    /// Every action by name.
    Palette(Palette),
    /// The themes, previewed as the cursor moves.
    Themes(Themes),
    /// A link into the AWS console.
    Link(LinkBox),
    /// What a search further back will ask.
    Far(Box<FarBox>),
}

/// State of the help.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Help {
    /// How many lines are scrolled away.
    pub scroll: usize,
    /// What is searched for; empty shows all keys.
    pub find: Field,
    /// Whether keys go into `find`.
    pub finding: bool,
    /// The keys that match, in groups.
    pub lines: Vec<HelpLine>,
}

impl Help {
    /// Lines that the keys take with their headings, one below the other.
    pub(super) fn rows(&self) -> usize {
        self.lines.len() + self.lines.chunk_by(|one, two| one.group == two.group).count()
    }
}

impl Help {
    /// Scrolls, no further than to the line `last`.
    pub(super) fn go(&mut self, action: Action, last: usize) {
        /// Lines of a page.
        const PAGE: usize = 10;
        self.scroll = match action {
            Action::Down => self.scroll + 1,
            Action::Up => self.scroll.saturating_sub(1),
            Action::PageDown => self.scroll + PAGE,
            Action::PageUp => self.scroll.saturating_sub(PAGE),
            Action::Top => 0,
            Action::Bottom => last,
            _ => self.scroll,
        }
        .min(last);
    }
}

/// One key of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// Under which heading.
    pub group: Group,
    /// The keys as they are written: `j ↓`.
    pub keys: &'static str,
    /// What they do.
    pub text: &'static str,
}

/// State of the palette.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Palette {
    /// What is typed.
    pub field: Field,
    /// The actions that match, the best first.
    pub entries: Vec<PaletteEntry>,
    /// Index of the entry under the cursor.
    pub cursor: usize,
    /// How many actions there are in all.
    pub total: usize,
    /// What is wrong with a time that is typed.
    pub mistake: Option<FilterError>,
}

/// One action of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteEntry {
    /// What runs.
    pub action: Action,
    /// Its name.
    pub name: Cow<'static, str>,
    /// The keys that do the same; empty where none does.
    pub keys: &'static str,
    /// Byte offsets of the matching characters in the name.
    pub matched: Vec<usize>,
}

impl PaletteEntry {
    /// Going to an instant, written in a zone so many seconds east of UTC.
    pub(super) fn go_to(at: Timestamp, zone: i32) -> Self {
        let name = Cow::Owned(format!("go to {}", written_time(at, zone)));
        Self { action: Action::GoTo(at), name, keys: "", matched: Vec::new() }
    }
}

/// What a time is typed behind, on the logs screen.
pub(super) const AT: &str = "at ";

/// State of the theme chooser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Themes {
    /// Index of the theme under the cursor: the one that is drawn with.
    pub cursor: usize,
}

impl Themes {
    /// To another of `count` themes; beyond the last one comes the first.
    pub(super) const fn go(&mut self, action: Action, count: usize) {
        self.cursor = match action {
            Action::Down => (self.cursor + 1) % count,
            Action::Up => (self.cursor + count - 1) % count,
            Action::Top => 0,
            Action::Bottom => count - 1,
            _ => self.cursor,
        };
    }
}

/// A link that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkBox {
    /// What the page shows: a function, or a log stream. Raw text.
    pub of: Arc<str>,
    /// The region whose console it is.
    pub region: Arc<str>,
    /// The link; `None` where the console of the region is not known.
    pub link: Option<ConsoleLink>,
}

/// The keys of a screen whose place is `screen`, by group, as far as they match `find`.
pub(super) fn help_lines(screen: Context, find: &str) -> Vec<HelpLine> {
    let find = find.to_lowercase();
    let contexts = [screen, Context::Screens, Context::Always];
    let mut lines: Vec<_> = BINDINGS
        .iter()
        .filter(|row| contexts.contains(&row.context))
        .filter(|row| row.shown.to_lowercase().contains(&find) || row.help.to_lowercase().contains(&find))
        .map(|row| HelpLine { group: row.group, keys: row.shown, text: row.help })
        .collect();
    lines.sort_by_key(|line| line.group);
    lines
}

/// The actions of a screen that match what is typed, the best first, and how many there are in all. `searches` are those
/// with names by which the screen can be filtered.
pub(super) fn palette(
    screen: Context,
    typed: &str,
    searches: &[SavedSearch],
    matcher: &mut Matcher,
) -> (Vec<PaletteEntry>, usize) {
    let contexts = [screen, Context::Screens];
    let keyed = BINDINGS
        .iter()
        .filter(|row| contexts.contains(&row.context) && row.action != Action::Palette)
        .map(|row| (row.action, Cow::Borrowed(row.name), row.shown));
    let choices = CHOICES
        .iter()
        .filter(|(action, _)| screen == Context::Functions || !action.is_of_the_table())
        .map(|(action, name)| (*action, Cow::Borrowed(*name), ""));
    let saved = searches
        .iter()
        .enumerate()
        .map(|(index, saved)| (Action::Search(index), Cow::Owned(format!("search: {}", saved.name)), ""));
    let all: Vec<_> = keyed.chain(choices).chain(saved).collect();
    let total = all.len();
    let mut found: Vec<_> = all
        .into_iter()
        .filter_map(|(action, name, keys)| {
            let (score, place) = matcher.fuzzy(typed, &name)?;
            Some((score, PaletteEntry { action, name, keys, matched: place.bytes }))
        })
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    (found.into_iter().map(|(_, entry)| entry).collect(), total)
}
