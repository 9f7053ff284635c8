//! When CloudWatch has a line, and under which id.

use std::sync::Arc;

use super::{Line, LogEvent};
use crate::demo::fleet::draw::Draw;

/// Share of requests whose lines are late.
pub const LATE_SHARE: f64 = 0.01;

/// No line comes later than so long after it was written, ms.
pub const MOST_LATE_MS: i64 = 300_000;

/// How the lines of one function come to CloudWatch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shipping {
    /// Share of requests whose lines are late.
    pub late_share: f64,
    /// All chance about it.
    pub seed: Draw,
}

impl Shipping {
    /// Ships the lines of one request, or of one environment: `name` is its id.
    ///
    /// Lines go in batches, each of which has one ingestion time. Where a request is late, it is so from some line on.
    pub(super) fn ship(self, name: &str, stream: &Arc<str>, lines: Vec<Line>, into: &mut Vec<Arc<LogEvent>>) {
        let draw = self.seed.about_name(name);
        let usual = 700 + draw.below(1_300).cast_signed();
        let late = draw.about(LATE).chance(self.late_share);
        let late_from = if late { draw.about(LATE + 1).below(3) as usize } else { usize::MAX };
        let late_by = 4_000 + draw.about(LATE + 2).below(MOST_LATE_MS as u64 - 10_000).cast_signed();
        for (number, line) in lines.into_iter().enumerate() {
            let timestamp = line.at_ms.floor() as i64;
            let extra = if number >= late_from { late_by } else { 0 };
            into.push(Arc::new(LogEvent {
                timestamp,
                ingested: timestamp - timestamp.rem_euclid(500) + usual + extra,
                // Ids sort as the lines were written.
                id: format!("3{timestamp:013}{:020}{number:022}", draw.bits()),
                stream: Arc::clone(stream),
                message: line.message,
            }));
        }
    }
}

/// Keeps the draws of lateness apart.
const LATE: u64 = 0x1A_7E_00;
