//! Patterns of names as a shell has them: `*` is any text, `?` is any one character.

/// A pattern that a whole name has to match, capitals included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(Vec<char>);

impl Glob {
    /// The pattern written as `text`; every text is one.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.chars().collect())
    }

    /// Whether `name` matches from end to end. Takes time of pattern times name at worst, whatever the pattern.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let (mut at, mut in_name) = (0, 0);
        // The last star, and the first character that it does not swallow yet.
        let mut star: Option<(usize, usize)> = None;
        while in_name < name.len() {
            match self.0.get(at) {
                Some('*') => {
                    star = Some((at, in_name));
                    at += 1;
                }
                Some(c) if *c == '?' || *c == name[in_name] => {
                    at += 1;
                    in_name += 1;
                }
                _ => {
                    let Some((star_at, swallowed)) = star else { return false };
                    star = Some((star_at, swallowed + 1));
                    at = star_at + 1;
                    in_name = swallowed + 1;
                }
            }
        }
        self.0[at..].iter().all(|c| *c == '*')
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_is_any_text_and_a_question_mark_one_character() {
        let matches = |pattern: &str, name: &str| Glob::new(pattern).matches(name);
        assert!(matches("payment-*", "payment-capture") && matches("payment-*", "payment-"));
        assert!(matches("*-api", "checkout-api") && !matches("*-api", "checkout-api-v2"));
        assert!(matches("order-?", "order-1") && !matches("order-?", "order-12"));
        assert!(matches("*a*b*", "xxaxxbxx") && !matches("*a*b*", "xxbxxaxx"));
        assert!(!matches("payment", "payment-capture") && !matches("", "x") && matches("", ""));
        assert!(!matches("Payment-*", "payment-capture"));
    }

    #[test]
    fn a_hostile_pattern_takes_no_longer() {
        assert!(!Glob::new(&"*a".repeat(50)).matches(&"a".repeat(49)));
        assert!(!Glob::new(&format!("{}b", "*a".repeat(60))).matches(&"a".repeat(2000)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_name_matches_itself_and_anything_that_contains_it(name in "[a-z0-9_-]{0,20}", around in "[a-z]{0,5}") {
            prop_assert!(Glob::new(&name).matches(&name));
            let wide = format!("{around}{name}{around}");
            let pattern = format!("*{name}*");
            prop_assert!(Glob::new(&pattern).matches(&wide));
        }
    }
}
