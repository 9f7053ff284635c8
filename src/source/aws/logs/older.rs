//! Older lines, asked for as a number of them: read backwards where the endpoint can, else in growing windows.

use std::collections::VecDeque;
use std::time::Duration;

use super::sweep::{Plan, Purpose, Slice};
use crate::model::{TimeRange, Timestamp, WantId};

/// Nothing before 2024-01-01 can be read backwards.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>.
const BACKWARDS_SINCE: Timestamp = Timestamp::from_secs(1_704_067_200);
/// The first window back; each is twice as long as the one before.
const FIRST_WINDOW: Duration = Duration::from_secs(1);

/// What is asked for of a group's older lines.
#[derive(Debug, Default)]
pub(super) struct Older {
    asked: VecDeque<(WantId, u32)>,
    answered: Vec<WantId>,
    /// The endpoint cannot read backwards: the next window, and the lines that the windows brought.
    windows: Option<(Duration, u64)>,
    at_beginning: bool,
}

impl Older {
    /// Asks for so many lines.
    pub fn ask(&mut self, id: WantId, lines: u32) {
        self.asked.push_back((id, lines.max(1)));
    }

    /// How many lines are asked for now.
    pub fn wanted(&self) -> u32 {
        self.asked.front().map_or(0, |(_, lines)| *lines)
    }

    /// The stretch to be read backwards, if it is time for one. Windows are put into the plan instead.
    pub fn slice(&mut self, plan: &mut Plan, oldest: Option<Timestamp>) -> Option<Slice> {
        self.asked.front()?;
        let end = match plan.seen() {
            Some(seen) if seen.start <= plan.start() => seen.start,
            None if plan.is_untouched() => plan.start(),
            // What was asked for before is read first.
            _ => return None,
        };
        let edge = oldest.unwrap_or(Timestamp::from_millis(0));
        if end <= edge || self.at_beginning {
            self.finished(true);
            return None;
        }
        let Some((window, brought)) = self.windows else {
            let start = edge.max(BACKWARDS_SINCE);
            if start < end {
                return Some(Slice { range: TimeRange::new(start, end), purpose: Purpose::Past });
            }
            self.windows = Some((Duration::from_hours(24), 0));
            return None;
        };
        if brought >= u64::from(self.wanted()) {
            self.finished(false);
            self.windows = Some((FIRST_WINDOW, 0));
        } else {
            self.windows = Some((window * 2, brought));
            plan.extend((end - window).max(edge));
        }
        None
    }

    /// So many lines of the past came.
    pub fn passed(&mut self, lines: u64) {
        if let Some((_, brought)) = &mut self.windows {
            *brought += lines;
        }
    }

    /// The endpoint cannot read backwards.
    pub fn not_backwards(&mut self) {
        self.windows.get_or_insert((FIRST_WINDOW, 0));
    }

    /// The lines that were asked for have come; `all` if there are no older ones.
    pub fn finished(&mut self, all: bool) {
        self.at_beginning |= all;
        if let Some((id, _)) = self.asked.pop_front() {
            self.answered.push(id);
        }
    }

    /// The wants that have been answered since this was asked last.
    pub fn answered(&mut self) -> Vec<WantId> {
        std::mem::take(&mut self.answered)
    }

    /// Whether there is nothing older than what was read.
    pub const fn is_at_beginning(&self) -> bool {
        self.at_beginning
    }
}
