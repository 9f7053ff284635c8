//! A search by `FilterLogEvents`: the newest window first, each read to its end in all groups, so that "searched back
//! to" holds of all of them.

use std::sync::Arc;

use super::super::pages::{Ended, Limit, Sweep, Turn};
use super::super::sift::Sift;
use super::super::sweep::{Purpose, Slice};
use super::{FIRST_WINDOW, LONGEST_WINDOW, Searching};
use crate::model::{FailureKind, GapReason, GroupKey, SearchProgress, SearchState, TimeRange};
use crate::source::aws::feed::{Session, Stop};
use crate::source::aws::pace::Backoff;

/// A window that needed more pages is halved for the next time, one that needed a single one doubled.
const MANY_PAGES: u32 = 5;

impl Searching {
    /// Searches all of the stretch.
    pub(super) async fn by_pattern(
        &self,
        session: Arc<Session>,
        pattern: &Arc<str>,
    ) -> Result<Option<SearchState>, Stop> {
        let range = self.search.range;
        let (mut end, mut length) = (range.end, FIRST_WINDOW);
        let mut progress = SearchProgress::default();
        while range.start < end {
            let window = TimeRange::new((end - length).max(range.start), end);
            let mut pages = 0;
            for group in &self.search.groups {
                pages = pages.max(self.window(&session, group, window, pattern, &mut progress).await?);
            }
            end = window.start;
            if pattern.is_empty() {
                self.mark(window, GapReason::NotRead, true).await?;
            } else {
                self.mark(window, GapReason::OnlyMatches, false).await?;
            }
            progress.searched_to = Some(end);
            if pages <= 1 {
                length = (length * 2).min(LONGEST_WINDOW);
            } else if pages > MANY_PAGES {
                length = (length / 2).max(FIRST_WINDOW / 10);
            }
            self.say(SearchState::Running(progress.clone())).await?;
        }
        let now = session.clients.server.now();
        if pattern.is_empty() && range.end < now {
            // All of it was read, and nothing of what came behind it.
            self.mark(TimeRange::new(range.end, now), GapReason::NotRead, false).await?;
        }
        Ok(Some(SearchState::Finished(progress)))
    }

    /// Searches a window of one group to its end; how many pages it took.
    async fn window(
        &self,
        session: &Session,
        group: &GroupKey,
        window: TimeRange,
        pattern: &Arc<str>,
        progress: &mut SearchProgress,
    ) -> Result<u32, Stop> {
        let before = progress.found;
        let mut backoff = Backoff::default();
        let mut sweep = Sweep::new(Slice { range: window, purpose: Purpose::Past });
        sweep.pattern = Some(Arc::clone(pattern));
        let mut turn = Turn {
            group: group.clone(),
            sweep,
            sift: Sift::new(),
            limit: Limit::new(),
            note: None,
            answered: false,
            passed: 0,
        };
        loop {
            let ended;
            (turn, ended) = turn.run(&self.context, session).await?;
            if std::mem::take(&mut turn.answered) {
                backoff.reset();
                progress.waits_for = None;
            }
            progress.found = before + turn.passed;
            match ended {
                Ended::Finished(_) | Ended::NotBackwards => return Ok(turn.sweep.pages),
                Ended::Paused => self.say(SearchState::Running(progress.clone())).await?,
                // Nothing was ever logged there.
                Ended::Failed(failure) if failure.kind == FailureKind::NotFound => {
                    if !progress.missing.contains(&group.name) {
                        progress.missing.push(Arc::clone(&group.name));
                    }
                    return Ok(0);
                }
                Ended::Failed(failure) => self.wait_after(failure, &mut backoff, progress).await?,
                Ended::Endless => {
                    return Err(Stop::Failed(crate::model::Failure {
                        operation: "FilterLogEvents".into(),
                        region: session.scope.region.clone(),
                        kind: FailureKind::Service,
                        detail: "its pages had no end".into(),
                    }));
                }
            }
        }
    }
}
