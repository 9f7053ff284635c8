//! What lines say in numbers, in a quarter of the room.

use crate::model::RequestFigures;

/// [`RequestFigures`] in thousandths, which is all that AWS writes; what would not fit is the most that does.
#[derive(Clone, Copy, Debug)]
pub(super) struct PackedFigures {
    values: [u32; 6],
    timed_out: bool,
    out_of_memory: bool,
}

const ABSENT: u32 = u32::MAX;

impl PackedFigures {
    pub(super) fn pack(figures: &RequestFigures) -> Self {
        let pack = |value: Option<f64>| {
            value.map_or(ABSENT, |value| (value * 1000.0).round().clamp(0.0, f64::from(ABSENT - 1)) as u32)
        };
        Self {
            values: [
                pack(figures.duration_ms),
                pack(figures.billed_ms),
                pack(figures.memory_mb),
                pack(figures.max_memory_mb),
                pack(figures.init_ms),
                pack(figures.restore_ms),
            ],
            timed_out: figures.timed_out,
            out_of_memory: figures.out_of_memory,
        }
    }

    pub(super) fn unpack(&self) -> RequestFigures {
        let [duration_ms, billed_ms, memory_mb, max_memory_mb, init_ms, restore_ms] =
            self.values.map(|value| (value != ABSENT).then(|| f64::from(value) / 1000.0));
        RequestFigures {
            duration_ms,
            billed_ms,
            memory_mb,
            max_memory_mb,
            init_ms,
            restore_ms,
            timed_out: self.timed_out,
            out_of_memory: self.out_of_memory,
        }
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
        assert_eq!(PackedFigures::pack(&figures).unpack(), figures);
        let hostile = RequestFigures {
            duration_ms: Some(f64::NAN),
            billed_ms: Some(1e300),
            init_ms: Some(-1.0),
            ..figures
        };
        let back = PackedFigures::pack(&hostile).unpack();
        assert!(back.billed_ms > Some(4e6) && back.duration_ms == Some(0.0) && back.init_ms == Some(0.0));
    }
}
