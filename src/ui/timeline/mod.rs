//! The timeline screen.

use super::paint::Paint;
use crate::app::{App, TimelineLayout};

/// Draws the timeline screen into its rectangles.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, layout: &TimelineLayout) {
    let _ = (app, paint, layout);
}
