//! The traces screen.

use super::paint::Paint;
use crate::app::{App, TracesLayout};

/// Draws the traces screen into its rectangles.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, layout: &TracesLayout) {
    let _ = (app, paint, layout);
}
