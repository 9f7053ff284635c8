//! A cache that forgets what nobody asked for lately.

use std::collections::HashMap;
use std::hash::Hash;

/// Values by key, of bounded cost: when the newer half is full, it becomes the older half, and what was in the older
/// half is forgotten. A value that is asked for moves to the newer half.
#[derive(Debug)]
pub(super) struct Recent<K, V> {
    newer: HashMap<K, (V, usize)>,
    older: HashMap<K, (V, usize)>,
    cost: usize,
    most: usize,
}

impl<K: Eq + Hash + Clone, V: Clone> Recent<K, V> {
    /// A cache that holds values of at most this cost in all.
    pub(super) fn new(most: usize) -> Self {
        Self { newer: HashMap::new(), older: HashMap::new(), cost: 0, most }
    }

    /// The value of a key, if it is still known.
    pub(super) fn get(&mut self, key: &K) -> Option<V> {
        if let Some((value, _)) = self.newer.get(key) {
            return Some(value.clone());
        }
        let (value, cost) = self.older.remove(key)?;
        self.put(key.clone(), value.clone(), cost);
        Some(value)
    }

    /// Remembers a value of this cost.
    pub(super) fn put(&mut self, key: K, value: V, cost: usize) {
        if self.cost + cost > self.most / 2 {
            self.older = std::mem::take(&mut self.newer);
            self.cost = 0;
        }
        self.cost += cost;
        self.newer.insert(key, (value, cost));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_stays_and_the_rest_is_forgotten() {
        let mut recent = Recent::new(20);
        for key in 0..100 {
            recent.put(key, key * 10, 1);
            assert_eq!(recent.get(&0), Some(0), "asked for at {key}");
        }
        assert_eq!(recent.get(&99), Some(990));
        assert_eq!(recent.get(&50), None);
        assert!(recent.newer.len() + recent.older.len() <= 20);
    }
}
