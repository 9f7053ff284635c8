//! What was asked about single functions, what was answered, and what is due next. Pure.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::question::{Answer, Question};
use crate::model::{Concurrency, Detail, Failure, FunctionKey, Interest, Known, Scope, Timestamp};

/// How long an answer is kept, and a refusal too.
const KEPT: Duration = Duration::from_mins(15);

/// What is known of one function, and when each question was answered or refused.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub detail: Detail,
    at: HashMap<Question, Timestamp>,
    /// Told together with provisioned concurrency, which is asked after it.
    reserved: Known<Option<u32>>,
    /// As `GetFunctionConfiguration` answered it, for lists that name no ARN.
    arn: Option<Arc<str>>,
}

/// Everything that was asked, and the operations that are not allowed.
#[derive(Debug, Default)]
pub(super) struct Notes {
    functions: HashMap<FunctionKey, Asked>,
    refused: HashMap<Question, (Timestamp, Failure)>,
}

impl Notes {
    /// The next question, if any is due at `now`: of the selected function, then of the visible ones from the top.
    pub fn next(
        &self,
        interest: &Interest,
        scope: &Scope,
        now: Timestamp,
    ) -> Option<(FunctionKey, Question)> {
        let mut seen = HashSet::new();
        let wanted = interest.selected.iter().map(|key| (key, true));
        let wanted = wanted.chain(interest.visible.iter().map(|key| (key, false)));
        for (key, selected) in wanted {
            if key.scope != *scope || !seen.insert(key) {
                continue;
            }
            for question in Question::ALL {
                if question == Question::Metrics && !selected {
                    continue;
                }
                let at = self.functions.get(key).and_then(|asked| asked.at.get(&question));
                if at.is_none_or(|at| now.since(*at) >= KEPT || *at > now) {
                    return Some((key.clone(), question));
                }
            }
        }
        None
    }

    /// When the oldest answer about anything on screen gets too old.
    pub fn next_due(&self, interest: &Interest, now: Timestamp) -> Duration {
        interest
            .selected
            .iter()
            .chain(&interest.visible)
            .filter_map(|key| self.functions.get(key))
            .flat_map(|asked| asked.at.values())
            .map(|at| (*at + KEPT).since(now))
            .min()
            .unwrap_or(KEPT)
    }

    pub fn refusal(&self, question: Question, now: Timestamp) -> Option<Failure> {
        let (at, failure) = self.refused.get(&question)?;
        (now.since(*at) < KEPT).then(|| failure.clone())
    }

    /// What was refused is asked again; what was answered is kept.
    pub fn ask_again(&mut self) {
        let refused = std::mem::take(&mut self.refused);
        for asked in self.functions.values_mut() {
            asked.at.retain(|question, _| !refused.contains_key(question));
        }
    }

    /// Keeps a refusal for every function that is asked about from now on.
    pub fn refuse(&mut self, question: Question, failure: &Failure, at: Timestamp) {
        self.refused.retain(|_, (since, _)| at.since(*since) < KEPT);
        self.refused.entry(question).or_insert_with(|| (at, failure.clone()));
    }

    /// What is known of one function, for an answer that came `at` that instant.
    pub fn answered(&mut self, key: &FunctionKey, question: Question, at: Timestamp) -> &mut Asked {
        let asked = self.functions.entry(key.clone()).or_default();
        asked.at.insert(question, at);
        asked
    }

    /// The function's ARN, as far as it has been asked.
    pub fn arn(&self, key: &FunctionKey) -> Option<Arc<str>> {
        self.functions.get(key)?.arn.clone()
    }

    /// Any refusal that still holds.
    pub fn any_refusal(&self, now: Timestamp) -> Option<Failure> {
        Question::ALL.into_iter().find_map(|question| self.refusal(question, now))
    }

    /// Forgets functions whose answers are all too old: nobody has looked at them since.
    pub fn forget(&mut self, now: Timestamp) {
        self.functions.retain(|_, asked| asked.at.values().any(|at| now.since(*at) < KEPT));
    }
}

impl Asked {
    /// Keeps an answer; says whether the detail changed.
    pub fn take_in(&mut self, question: Question, answer: Answer, at: Timestamp) -> bool {
        let detail = &mut self.detail;
        match answer {
            Answer::Metrics(_) | Answer::Unknown => return false,
            Answer::State(value, arn) => {
                self.arn = arn;
                detail.state = Known::Known { value, at };
            }
            Answer::Aliases(value) => detail.aliases = Known::Known { value, at },
            Answer::Tags(value) => detail.tags = Known::Known { value, at },
            Answer::Reserved(value) => {
                self.reserved = Known::Known { value, at };
                return false;
            }
            Answer::Provisioned(provisioned) => {
                // Without the one, the other is only half of the truth: then the refusal stands.
                let Some(reserved) = self.reserved.value().copied() else { return false };
                detail.concurrency = Known::Known { value: Concurrency { reserved, provisioned }, at };
            }
            Answer::Refused(failure) => match question {
                Question::Metrics => return false,
                Question::State => detail.state = Known::Refused(failure),
                Question::Reserved => {
                    self.reserved = Known::Refused(failure.clone());
                    detail.concurrency = Known::Refused(failure);
                }
                Question::Provisioned => detail.concurrency = Known::Refused(failure),
                Question::Aliases => detail.aliases = Known::Refused(failure),
                Question::Tags => detail.tags = Known::Refused(failure),
            },
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_function_is_asked_about_first_and_answers_are_kept_for_a_quarter_of_an_hour() {
        let scope = Scope::new("123456789012", "eu-west-1");
        let (selected, visible) =
            (FunctionKey::new(&scope, "checkout-api"), FunctionKey::new(&scope, "cart-api"));
        let elsewhere = FunctionKey::new(&Scope::new("123456789012", "us-east-1"), "checkout-api");
        let interest = Interest {
            selected: Some(selected.clone()),
            visible: vec![elsewhere, visible.clone(), selected.clone()],
            ..Interest::default()
        };
        let now = Timestamp::from_secs(1_772_366_400);
        let mut notes = Notes::default();
        let mut order = Vec::new();
        while let Some((key, question)) = notes.next(&interest, &scope, now) {
            notes.answered(&key, question, now);
            order.push((key, question));
        }
        assert_eq!(order.len(), 11, "six about the selected function, five about the visible one: {order:?}");
        assert!(
            order[..6].iter().all(|(key, _)| *key == selected)
                && order[6..].iter().all(|(key, _)| *key == visible)
        );
        assert_eq!(notes.next(&interest, &scope, now + KEPT - Duration::from_secs(1)), None);
        assert_eq!(notes.next(&interest, &scope, now + KEPT), Some((selected, Question::Metrics)));
        assert_eq!(notes.next_due(&interest, now + Duration::from_mins(1)), Duration::from_mins(14));
    }
}
