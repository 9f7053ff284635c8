//! What lines say in numbers, as columns of a block.

use crate::model::RequestFigures;

use super::pack::Packed;

/// The [`RequestFigures`] of a block's lines, in thousandths, which is all that AWS writes.
#[derive(Clone, Debug, Default)]
pub(super) struct FigureColumns {
    lines: usize,
    /// Which row each belongs to.
    rows: Packed,
    /// 0 is absent, else one more than the number of thousandths.
    values: [Packed; 6],
    /// Timed out, out of memory.
    flags: Packed,
}

fn thousandths(value: Option<f64>) -> u64 {
    value.map_or(0, |value| (value * 1000.0).round().clamp(0.0, 1e15) as u64 + 1)
}

fn number(thousandths: u64) -> Option<f64> {
    thousandths.checked_sub(1).map(|value| value as f64 / 1000.0)
}

fn values(figures: &RequestFigures) -> [Option<f64>; 6] {
    [
        figures.duration_ms,
        figures.billed_ms,
        figures.memory_mb,
        figures.max_memory_mb,
        figures.init_ms,
        figures.restore_ms,
    ]
}

impl FigureColumns {
    /// Packs figures, each with its row; the rows are counted from `start`.
    pub(super) fn pack(figures: &[(u32, RequestFigures)], start: u32) -> Self {
        let column = |at: usize| Packed::new(figures.iter().map(move |(_, of)| thousandths(values(of)[at])));
        let flags = |of: &RequestFigures| u64::from(of.timed_out) | u64::from(of.out_of_memory) << 1;
        Self {
            lines: figures.len(),
            rows: Packed::new(figures.iter().map(|(row, _)| u64::from(row - start))),
            values: std::array::from_fn(column),
            flags: Packed::new(figures.iter().map(|(_, of)| flags(of))),
        }
    }

    /// All of them, each with its row.
    pub(super) fn unpack(&self) -> impl Iterator<Item = (u32, RequestFigures)> + '_ {
        (0..self.lines).map(|at| {
            let [duration_ms, billed_ms, memory_mb, max_memory_mb, init_ms, restore_ms] =
                std::array::from_fn(|column| number(self.values[column].get(at)));
            let flags = self.flags.get(at);
            let figures = RequestFigures {
                duration_ms,
                billed_ms,
                memory_mb,
                max_memory_mb,
                init_ms,
                restore_ms,
                timed_out: flags & 1 != 0,
                out_of_memory: flags & 2 != 0,
            };
            (self.rows.get(at) as u32, figures)
        })
    }

    /// Bytes on the heap.
    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.flags.bytes() + self.values.iter().map(Packed::bytes).sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_come_back_as_they_were_written() {
        let figures = RequestFigures {
            duration_ms: Some(542.01),
            billed_ms: Some(900_000.0),
            memory_mb: Some(10_240.0),
            init_ms: Some(53.877),
            timed_out: true,
            ..RequestFigures::default()
        };
        let hostile = RequestFigures {
            duration_ms: Some(f64::NAN),
            billed_ms: Some(1e300),
            init_ms: Some(-1.0),
            out_of_memory: true,
            ..RequestFigures::default()
        };
        let all = [(7, figures), (9, RequestFigures::default()), (12, hostile)];
        let back: Vec<_> = FigureColumns::pack(&all, 5).unpack().collect();
        assert_eq!(back[..2], [(2, figures), (4, RequestFigures::default())]);
        let bounded = back[2].1;
        assert!(bounded.out_of_memory && bounded.billed_ms > Some(4e6), "{bounded:?}");
        assert_eq!((bounded.duration_ms, bounded.init_ms), (Some(0.0), Some(0.0)));
    }
}
