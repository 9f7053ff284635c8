//! Commands that print: the table of functions and the policy.

use super::launch::Launch;
use super::{Stop, print, say, watch};
use crate::app::App;
use crate::cli::{Format, OnDemo};
use crate::model::Feed;
use crate::report::{self, fleet};
use crate::source::aws::OPERATIONS;
use crate::term::Exit;

/// Size of the screen that is never drawn.
const SIZE: (u16, u16) = (200, 50);

/// `lambtop policy`.
pub(super) fn policy() -> String {
    report::policy(OPERATIONS.iter().map(|operation| operation.action))
}

/// `lambtop functions`: exit 1 and a line on stderr for everything that is known to be missing.
pub(super) fn functions(launch: &Launch, format: Format, json: bool, demo: &OnDemo) -> Result<Exit, Stop> {
    let app = if demo.demo {
        watch::simulated(launch, &demo.simulation, SIZE, async |mut watch, end| {
            watch.until(end).await;
            Ok(watch.app)
        })?
    } else {
        watch::account(launch, SIZE, async |mut watch| {
            watch.settle(watch::settled).await;
            Ok(watch.app)
        })?
    };
    let window = app.window();
    let records: Vec<_> =
        app.rows().iter().map(|row| fleet::Record::of(row, app.store(), window, app.now())).collect();
    print(&match if json { Format::Json } else { format } {
        Format::Table => fleet::table(&records, window),
        Format::Json => fleet::json(&records),
        Format::Csv => fleet::csv(&records),
    })?;
    Ok(report_missing(&app))
}

/// Says what is missing.
fn report_missing(app: &App) -> Exit {
    let mut exit = Exit::Success;
    for feed in Feed::ALL {
        let state = app.store().feed(feed);
        for failure in state.failing.map(|failing| failing.failure).into_iter().chain(state.degraded) {
            say(&format!("lambtop: {failure}"));
            exit = Exit::Incomplete;
        }
        let unanswered = matches!(feed, Feed::Functions | Feed::Metrics) && state.last_answered.is_none();
        if unanswered && exit == Exit::Success {
            say(&format!("lambtop: {}: no answer in time", feed.label()));
            exit = Exit::Incomplete;
        }
    }
    exit
}
