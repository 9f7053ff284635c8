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
    #[cfg(test)]
    pub(in crate::app) const ALL: [Self; 15] = [
        Self::Always,
        Self::Screens,
        Self::Functions,
        Self::Function,
        Self::Logs,
        Self::Requests,
        Self::Timeline,
        Self::Traces,
        Self::Typing,
        Self::Prompt,
        Self::Palette,
        Self::Help,
        Self::Themes,
        Self::Link,
        Self::Far,
    ];

    /// Where the keys hold, for the README.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Screens => "every screen",
            Self::Functions => "Functions",
            Self::Function => "a function",
            Self::Logs => "Logs",
            Self::Requests => "Requests",
            Self::Timeline => "a timeline",
            Self::Traces => "Traces",
            Self::Typing => "typing",
            Self::Prompt => "filter",
            Self::Palette => "palette",
            Self::Help => "help",
            Self::Themes => "themes",
            Self::Link => "a link",
            Self::Far => "search further",
        }
    }
}
