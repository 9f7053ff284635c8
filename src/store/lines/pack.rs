//! Columns of whole numbers in as few bits as their range needs, each readable by itself.

/// Numbers as their distance from the least of them, packed bit by bit.
#[derive(Clone, Debug, Default)]
pub(super) struct Packed {
    base: u64,
    width: usize,
    /// One word more than the numbers fill, so that every read may look at two.
    words: Box<[u64]>,
}

impl Packed {
    /// Packs `values`; they are walked through twice.
    pub(super) fn new(values: impl Iterator<Item = u64> + Clone) -> Self {
        let (mut low, mut high, mut count) = (u64::MAX, 0, 0_usize);
        for value in values.clone() {
            low = low.min(value);
            high = high.max(value);
            count += 1;
        }
        if count == 0 {
            return Self::default();
        }
        let width = (u64::BITS - (high - low).leading_zeros()) as usize;
        if width == 0 {
            return Self { base: low, ..Self::default() };
        }
        let mut words = vec![0_u64; (count * width).div_ceil(64) + 1].into_boxed_slice();
        for (at, value) in values.enumerate() {
            let (word, shift) = (at * width / 64, at * width % 64);
            let value = value - low;
            words[word] |= value << shift;
            if shift + width > 64 {
                words[word + 1] |= value >> (64 - shift);
            }
        }
        Self { base: low, width, words }
    }

    /// The number at `at`; the caller knows how many there are.
    pub(super) fn get(&self, at: usize) -> u64 {
        if self.width == 0 {
            return self.base;
        }
        let (word, shift) = (at * self.width / 64, at * self.width % 64);
        // Shifted in two steps, because a shift by all 64 bits is none.
        let value = self.words[word] >> shift | self.words[word + 1] << 1 << (63 - shift);
        self.base + (value & u64::MAX >> (64 - self.width))
    }

    /// Bytes on the heap.
    pub(super) fn bytes(&self) -> usize {
        self.words.len() * 8
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_number_comes_back(mut values in proptest::collection::vec(any::<u64>(), 0..200), shift in 0_u32..64) {
            for value in &mut values {
                *value >>= shift;
            }
            let packed = Packed::new(values.iter().copied());
            let back: Vec<u64> = (0..values.len()).map(|at| packed.get(at)).collect();
            prop_assert_eq!(back, values);
        }
    }

    #[test]
    fn a_thousand_numbers_of_one_range_take_only_its_bits() {
        let packed = Packed::new((0..1000).map(|n| 1_700_000_000_000 + n % 8));
        assert!(packed.bytes() <= 1000 * 3 / 8 + 16, "{}", packed.bytes());
        assert_eq!(Packed::new(std::iter::repeat_n(7, 1000)).bytes(), 0);
    }
}
