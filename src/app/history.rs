//! The filters that were kept before, gone through with the arrows while one is typed.

/// Filters that are remembered.
const MOST: usize = 50;

/// Filters of lines that were kept, the newest last; each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct History {
    kept: Vec<String>,
    /// Which of them stands in the field, and what was typed before it.
    shown: Option<(usize, String)>,
}

impl History {
    /// With the filters of earlier sessions, the newest last.
    pub(super) fn of(earlier: &[String]) -> Self {
        let mut history = Self::default();
        for text in earlier {
            history.keep(text);
        }
        history
    }

    /// A filter was kept; says whether that is news.
    pub(super) fn keep(&mut self, text: &str) -> bool {
        self.shown = None;
        if text.trim().is_empty() || self.kept.last().is_some_and(|last| last == text) {
            return false;
        }
        self.kept.retain(|own| own != text);
        self.kept.push(text.to_owned());
        if self.kept.len() > MOST {
            self.kept.remove(0);
        }
        true
    }

    /// The filter before the one that stands in the field, which is `typed` if none of them does.
    pub(super) fn earlier(&mut self, typed: &str) -> Option<&str> {
        let (at, typed) = self.shown.take().unwrap_or_else(|| (self.kept.len(), typed.to_owned()));
        let earlier = at.checked_sub(1);
        self.shown = (at < self.kept.len() || earlier.is_some()).then(|| (earlier.unwrap_or(at), typed));
        self.kept.get(earlier?).map(String::as_str)
    }

    /// The filter after it; behind the newest, what was typed.
    pub(super) fn later(&mut self) -> Option<String> {
        let (at, typed) = self.shown.take()?;
        match self.kept.get(at + 1) {
            Some(later) => {
                self.shown = Some((at + 1, typed));
                Some(later.clone())
            }
            None => Some(typed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrows_go_through_what_was_kept_and_back_to_what_was_typed() {
        let mut history = History::default();
        assert_eq!(history.earlier("x"), None);
        assert_eq!(history.later(), None);
        for text in ["one", "two", " ", "one"] {
            history.keep(text);
        }
        assert_eq!(history.earlier("typed"), Some("one"));
        assert_eq!(history.earlier("one"), Some("two"));
        assert_eq!(history.earlier("two"), None, "there is nothing before the first");
        assert_eq!(history.later().as_deref(), Some("one"));
        assert_eq!(history.later().as_deref(), Some("typed"));
        assert_eq!(history.later(), None);
    }
}
