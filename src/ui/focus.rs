//! Where someone looks after a key: on a slow link that row is sent first.

use crate::app::requests::RequestPane;
use crate::app::{App, Frame};

/// The row of the screen in which the answer to a key is looked for, if it is in one.
#[must_use]
pub fn focus(app: &App) -> Option<u16> {
    match app.frame() {
        _ if app.overlay().is_some() => None,
        Frame::Functions(layout) if app.filter().typing => Some(layout.status.y),
        Frame::Functions(layout) => {
            let row = app.cursor()?.checked_sub(app.first_row())?;
            (row < usize::from(layout.rows.height)).then(|| layout.rows.y.saturating_add(row as u16))
        }
        Frame::Logs(layout) if app.is_typing() => Some(layout.filter.y),
        Frame::Logs(layout) => {
            let row = app.logs().cursor;
            (row < usize::from(layout.rows.height)).then(|| layout.rows.y.saturating_add(row as u16))
        }
        Frame::Requests(layout) if app.is_typing() => Some(layout.status.y),
        Frame::Requests(layout) => {
            let requests = app.requests();
            let row = requests.at.checked_sub(requests.top)?;
            let seen = requests.pane == RequestPane::Rows && row < usize::from(layout.rows.height);
            seen.then(|| layout.rows.y.saturating_add(row as u16))
        }
        Frame::Traces(layout) if app.is_typing() => Some(layout.filter.y),
        Frame::Function(_) | Frame::Timeline(_) | Frame::Traces(_) | Frame::TooSmall => None,
    }
}
