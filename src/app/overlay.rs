//! What lies over a screen: help, palette, themes.

use super::Field;
use super::keymap::{Action, Group};

/// An overlay with its state.
#[derive(Clone, Debug, PartialEq)]
pub enum Overlay {
    /// The keys of the screen underneath.
    Help(Help),
    /// Every action by name.
    Palette(Palette),
    /// The themes, previewed as the cursor moves.
    Themes(Themes),
}

/// State of the help.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Help {
    /// How many lines are scrolled away.
    pub scroll: usize,
    /// What is searched for, while `/` is open or after it.
    pub find: Option<Field>,
    /// The keys that match, in groups.
    pub lines: Vec<HelpLine>,
}

/// One key of the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    /// Under which heading.
    pub group: Group,
    /// The keys as they are written: `j ↓`.
    pub keys: String,
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
}

/// One action of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaletteEntry {
    /// What runs.
    pub action: Action,
    /// Its name.
    pub name: &'static str,
    /// The key that does the same.
    pub keys: String,
    /// Byte offsets of the matching characters in the name.
    pub matched: Vec<usize>,
}

/// State of the theme chooser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Themes {
    /// Index of the theme under the cursor: the one that is drawn with.
    pub cursor: usize,
}
