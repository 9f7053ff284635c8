//! The traces screen: the list of traces, or the map of services.
//!
//! ```text
//!  [list]  15m, since 14:16 · seen to 14:31:07               X-Ray takes the first request each second and 5 % of the rest   title
//!  ▾ TIME         OUTCOME     CODE      ms              ENTRY                      SERVICES                       TRACE     head
//! ▌✗ 14:31:03.614 fault        502   4,171 ━━━━━━━━━━━━ POST /checkout             5 shop-gateway checkout-api …  4f1e8a2b  rows
//!  · 14:31:02.120              200     212 ━            GET /cart                  2 shop-gateway cart-api        90be3377
//! ── 1-20 of 1,204 · newest first ─────────────────────────────────────────────────────────────────────────────────        place
//!  / fault checkout · X-Ray is asked: fault                                                                                filter
//! ```

mod list;
mod map;
mod pane;
mod status;

use super::paint::Paint;
use crate::app::{App, TracesLayout, TracesView};

/// Draws the traces screen into its rectangles.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, layout: &TracesLayout) {
    if app.traces().view == TracesView::Map {
        status::map_title(app, paint, layout.title.into());
        map::head(app, paint, layout.head.into());
        map::draw(app, paint, layout.rows.into());
        if let Some(area) = layout.pane {
            pane::draw(app, paint, area.into());
        }
        pane::meaning(app, paint, layout.place.into());
        return status::map_note(app, paint, layout.filter.into());
    }
    status::title(app, paint, layout.title.into());
    list::head(app, paint, layout.head.into());
    list::rows(app, paint, layout.rows.into());
    status::place(app, paint, layout.place.into(), layout.rows.height);
    status::filter(app, paint, layout.filter.into());
}
