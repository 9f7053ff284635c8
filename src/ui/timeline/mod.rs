//! The timeline: what it is of, where the time went, the rows with their bars on one axis, the log lines on the same axis
//! and as a list, what is selected in full, and how much is known.
//!
//! ```text
//!  ✗ c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35  payment-capture v88 · unhandled · cold · billed 4,072 ms          title
//!  4,171 ms =  backoff 2,798 (67 %)   init 812 (19 %)   POST acquirer.example 312 (7 %)   own code 147 (4 %)  parts
//! ── critical path ━   other ─   waiting ╌   0 ms = 14:30:52.113 UTC ──────────────────────────────────────   legend
//!    SERVICE · OPERATION                          ┬0          ┬1,000      ┬2,000      ┬3,000        ms   self  axis
//!  ◇        ├ Init                           cold ━━━━━━━━━━━                                      812    812  rows
//! ▌✗         ▾ payment-ledger DynamoDB PutItem 400             ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━     2,888      0
//!  ⊘          ├ attempt 1                     400              ━                                   22     22
//!             │ retry backoff                                   ╌╌╌╌╌                             391    391
//!    log lines                                    ╌╌╌╌╌╌╌╌╌╌╌│╌╌▲╌╌╌╌▲╌╌╌╌╌╌╌╌╌▲╌╌╌╌╌╌╌╌✗╌╌                    ticks
//! ── log of this request · 9 lines ──────────────────────────── │ payment-ledger DynamoDB PutItem ──────────  log, detail
//! ▌▲   4,128 WARN  ledger put throttled, attempt 4 of 4          │ error   ProvisionedThroughputExceeded
//!  ● sampled: 1-69b02b3c… · 5 segments complete · read 9 s ago · 10 subsegments · clocks agree within 2 ms      state
//! ```

mod axis;
mod detail;
mod log;
mod state;
mod title;
mod tree;

use super::glyph::Glyph;
use super::paint::Paint;
use super::theme::Role;
use crate::app::{App, TimelineLayout, TimelineSource};
use crate::store::timeline::Mark;

/// Draws the timeline screen into its rectangles.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, layout: &TimelineLayout) {
    let Some(screen) = app.timeline() else { return };
    title::draw(app, screen, paint, layout.title.into());
    let from_trace = matches!(screen.source, TimelineSource::Trace(_));
    let (first, last) = (layout.parts, Some(layout.state));
    // What is not known of a request stands where one looks for where its time went.
    let (parts, state) =
        if from_trace { (first, last) } else { (last.filter(|_| first.is_some()), first.or(last)) };
    // Where there is room for one of them alone, a sentence says more than figures.
    match parts {
        Some(area) if layout.group.is_none() && screen.story.is_some() => {
            title::story(screen, paint, title::inner(area.into()));
        }
        Some(area) => title::parts(screen, paint, area.into()),
        None => {}
    }
    if let Some(area) = state {
        state::draw(app, screen, paint, area.into());
    }
    if let Some(area) = layout.legend {
        title::legend(app, screen, paint, area.into());
    }
    if screen.rows.is_empty() {
        let (first, second) = state::nothing(app, screen);
        tree::nothing(&first, &second, paint, layout.rows.into());
    } else {
        axis::head(screen, paint, layout.axis.into());
        tree::draw(screen, paint, layout.rows.into());
        if let Some(area) = layout.ticks {
            axis::ticks(screen, paint, area.into());
        }
    }
    if let Some(area) = layout.log {
        log::draw(screen, paint, area.into());
    }
    if let Some(area) = layout.detail {
        detail::draw(screen, paint, area.into(), layout.beside || layout.log.is_some());
    }
    if let Some(area) = layout.group {
        title::group(app, screen, paint, area.into());
    }
}

/// The sign of a mark; a wait has none.
const fn mark_glyph(mark: Mark) -> Option<Glyph> {
    Some(match mark {
        Mark::Ok => Glyph::Ok,
        Mark::Cold => Glyph::Cold,
        Mark::Throttle => Glyph::Throttle,
        Mark::Error => Glyph::Error,
        Mark::Timeout => Glyph::Timeout,
        Mark::OutOfMemory => Glyph::OutOfMemory,
        Mark::Open => Glyph::Unfinished,
        Mark::Quiet => return None,
    })
}

/// The colour of a mark; health has none.
const fn mark_role(mark: Mark) -> Role {
    match mark {
        Mark::Ok | Mark::Quiet => Role::Dim,
        Mark::Cold => Role::Cold,
        Mark::Throttle => Role::Throttle,
        Mark::Error => Role::Error,
        Mark::Timeout | Mark::OutOfMemory => Role::Timeout,
        Mark::Open => Role::Unknown,
    }
}
