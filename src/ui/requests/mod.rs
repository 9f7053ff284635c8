//! The requests screen.

use super::paint::Paint;
use crate::app::{App, RequestsLayout};

/// Draws the requests screen into its rectangles.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, layout: &RequestsLayout) {
    let _ = (app, paint, layout);
}
