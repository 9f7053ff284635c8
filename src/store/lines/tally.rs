//! Counting lines without looking at them: how many lie before or behind a key, and how many of each level there are
//! over time.

use crate::model::{TimeRange, Timestamp};

use super::Lines;
use super::block::Levels;
use super::key::{GroupId, LineKey};

/// Lines by level over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    /// Which stretch it covers.
    pub range: Option<TimeRange>,
    /// Stretches of equal length (the last may be longer by a rounding), the oldest first.
    pub buckets: Vec<Levels>,
}

impl Histogram {
    /// Which bucket an instant lies in.
    #[must_use]
    pub fn bucket_of(&self, at: Timestamp) -> Option<usize> {
        let range = self.range.filter(|range| range.contains(at))?;
        let length = i128::from(range.end.millis()) - i128::from(range.start.millis());
        let offset = i128::from(at.millis()) - i128::from(range.start.millis());
        usize::try_from(offset * self.buckets.len() as i128 / length).ok()
    }
}

impl Lines {
    /// The first and the last line of some groups whose time can be right.
    #[must_use]
    pub fn span(&self, groups: &[GroupId]) -> Option<(LineKey, LineKey)> {
        let plausible = self.chosen(groups).flat_map(|(id, group)| {
            let good = group.slots.iter().filter(|slot| !slot.block.has_bad_times());
            good.map(move |slot| (slot.first.of(id), slot.last.of(id)))
        });
        plausible.reduce(|(first, last), (start, end)| (first.min(start), last.max(end)))
    }

    /// How many lines of some groups stand behind `key`, itself not counted.
    #[must_use]
    pub fn count_after(&self, groups: &[GroupId], key: LineKey) -> u64 {
        let after = self.chosen(groups).map(|(id, group)| {
            let counts = group.slots.iter().filter(|slot| slot.last.of(id) > key).map(|slot| {
                let place = key.place();
                let before = slot.block.before(place);
                let same = before < slot.block.len() && slot.block.place(before) == place;
                slot.block.len() - before - usize::from(same && id <= key.group)
            });
            counts.sum::<usize>() as u64
        });
        after.sum()
    }

    /// How many lines of some groups stand before `key`, itself not counted.
    #[must_use]
    pub fn count_before(&self, groups: &[GroupId], key: LineKey) -> u64 {
        let before = self.chosen(groups).map(|(id, group)| {
            let counts = group.slots.iter().take_while(|slot| slot.first.of(id) < key).map(|slot| {
                let place = key.place();
                let before = slot.block.before(place);
                let same = before < slot.block.len() && slot.block.place(before) == place;
                before + usize::from(same && id < key.group)
            });
            counts.sum::<usize>() as u64
        });
        before.sum()
    }

    /// How many lines of each level some groups have over `range`, in `buckets` stretches of equal length.
    ///
    /// Blocks that lie within one stretch are counted as a whole.
    #[must_use]
    pub fn histogram(&self, groups: &[GroupId], range: TimeRange, buckets: usize) -> Histogram {
        let mut histogram = Histogram { range: Some(range), buckets: vec![Levels::default(); buckets] };
        for (_, group) in self.chosen(groups) {
            for slot in &group.slots {
                if slot.first.timestamp >= range.end {
                    break;
                }
                if slot.last.timestamp < range.start {
                    continue;
                }
                let block = &slot.block;
                let ends = (slot.first.timestamp, slot.last.timestamp);
                match (histogram.bucket_of(ends.0), histogram.bucket_of(ends.1)) {
                    (Some(first), Some(last)) if first == last => {
                        histogram.buckets[first].add(block.levels());
                    }
                    _ => {
                        for at in block.first_at(range.start)..block.first_at(range.end) {
                            if let Some(bucket) = histogram.bucket_of(block.timestamp(at)) {
                                histogram.buckets[bucket].count(block.level(at));
                            }
                        }
                    }
                }
            }
        }
        histogram
    }
}
