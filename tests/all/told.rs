//! What sources tell of a log, for tests that hand it in themselves: its lines and how far it is read.

use std::time::Duration;

use lambtop::model::{GroupKey, LogPage, LogRow, TailReport, TailStatus, Timestamp};
use lambtop::parse;

/// Puts a message at the end of a page, read as the tail reads it; it came in 200 ms after it was written.
pub fn add(page: &mut LogPage, timestamp: Timestamp, id: u64, stream: u32, message: &str) {
    let said = parse::log::said(message, None);
    let row = page.rows.len() as u32;
    page.figures.extend(said.figures.map(|figures| (row, figures)));
    page.notes.extend(said.notes.map(|notes| (row, notes)));
    page.text.push_str(message);
    page.rows.push(LogRow {
        timestamp,
        ingested: timestamp + Duration::from_millis(200),
        id,
        stream,
        text_end: page.text.len() as u32,
        event_id_end: 0,
        level: said.level,
        kind: said.kind,
        request: said.request,
        provisional: false,
        late: false,
    });
}

/// A tail that runs well: the last hour is read, all of it up to five and a half minutes ago for certain.
pub fn tail(group: GroupKey, at: Timestamp) -> TailReport {
    TailReport {
        group,
        at,
        status: TailStatus::Polling,
        read_from: at - Duration::from_hours(1),
        at_beginning: false,
        seen_to: Some(at),
        complete_to: Some(at - Duration::from_secs(330)),
        interval: Duration::from_secs(2),
        late: 0,
        later_than_promised: 0,
        remembered_from: None,
        never_confirmed: 0,
        epoch: 0,
        clock_ahead_ms: 0,
        note: None,
    }
}
