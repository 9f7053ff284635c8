//! Where keys hold.

/// Where a row of the table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Context {
    /// Everywhere, even while typing.
    Always,
    /// On every screen, without an overlay and without typing.
    Screens,
    /// On the functions screen.
    Functions,
    /// On one function's screen.
    Function,
    /// On the logs screen.
    Logs,
    /// On the requests screen.
    Requests,
    /// On the timeline of a request or a trace.
    Timeline,
    /// On the traces screen.
    Traces,
    /// While typing, whatever into.
    Typing,
    /// While typing the filter, or what to find in the help.
    Prompt,
    /// In the palette.
    Palette,
    /// In the help.
    Help,
    /// While choosing a theme.
    Themes,
    /// While a link is shown.
    Link,
    /// While a search further back is asked for, or shown.
    Far,
}

impl Context {
    /// All of them.
    /// All of them, those first that are used first.
    pub(in crate::app) const ALL: [Self; 15] = [
        Self::Screens,
        Self::Functions,
        Self::Function,
        Self::Logs,
        Self::Requests,
        Self::Timeline,
        Self::Traces,
        Self::Prompt,
        Self::Typing,
        Self::Far,
        Self::Palette,
        Self::Help,
        Self::Themes,
        Self::Link,
        Self::Always,
    ];

    /// Where the keys hold, for the README.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Always => "Always",
            Self::Screens => "Every screen",
            Self::Functions => "Functions",
            Self::Function => "One function",
            Self::Logs => "Logs",
            Self::Requests => "Requests",
            Self::Timeline => "Timeline",
            Self::Traces => "Traces",
            Self::Typing => "Typing anything",
            Self::Prompt => "Typing a filter",
            Self::Palette => "Palette",
            Self::Help => "Help",
            Self::Themes => "Themes",
            Self::Link => "Link",
            Self::Far => "Searching further back",
        }
    }
}
