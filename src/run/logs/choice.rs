//! From the names of the command line to log groups.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::{
    Event, Failure, Feed, FeedReport, FleetOrigin, Function, FunctionKey, GroupKey, LogWant, Scope,
};
use crate::parse::glob::Glob;
use crate::run::Stop;

/// A log group that is read, and of which functions. A group may be shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) struct Chosen {
    pub key: GroupKey,
    /// Whose lines are wanted; none is everyone's.
    pub only: Option<BTreeSet<Arc<str>>>,
}

/// What was named, and what has become known of it.
#[derive(Debug)]
pub(in crate::run) struct Choice {
    names: Vec<Name>,
    groups: Vec<String>,
    scope: Option<Scope>,
    chosen: Vec<Chosen>,
    list: List,
    /// Names that nothing answers to, in words.
    pub missing: Vec<String>,
    /// What is known of the functions that were named.
    pub functions: Vec<Function>,
}

#[derive(Debug)]
struct Name {
    text: String,
    /// None for a name that is meant as it stands.
    pattern: Option<Glob>,
    found: bool,
}

/// What is known of the functions there are.
#[derive(Debug)]
enum List {
    Awaited,
    Whole,
    /// Only names, without their groups.
    Names(Failure),
    Refused(String),
}

impl Choice {
    pub(in crate::run) fn new(names: Vec<String>, groups: Vec<String>) -> Self {
        let name = |text: String| {
            let pattern = text.contains(['*', '?']).then(|| Glob::new(&text));
            Name { text, pattern, found: false }
        };
        Self {
            names: names.into_iter().map(name).collect(),
            groups,
            scope: None,
            chosen: Vec::new(),
            list: List::Awaited,
            missing: Vec::new(),
            functions: Vec::new(),
        }
    }

    /// Whether Lambda is asked at all.
    pub(in crate::run) const fn asks_for_functions(&self) -> bool {
        !self.names.is_empty()
    }

    /// Takes in what the sources tell.
    pub(in crate::run) fn take(&mut self, event: &Event) {
        match event {
            Event::Identity(identity) => self.scope = Some(identity.scope.clone()),
            Event::Functions(list) => {
                for function in &list.functions {
                    let mut wanted = false;
                    for name in &mut self.names {
                        let is_it = match &name.pattern {
                            Some(pattern) => pattern.matches(&function.key.name),
                            None => *name.text == *function.key.name,
                        };
                        name.found |= is_it;
                        wanted |= is_it;
                    }
                    if wanted {
                        self.add(GroupKey::of(function), Some(function.key.name.clone()));
                        self.functions.push(function.clone());
                    }
                }
                match &list.origin {
                    FleetOrigin::ListMetrics { because } => self.list = List::Names(because.clone()),
                    FleetOrigin::ListFunctions if list.complete => self.list = List::Whole,
                    FleetOrigin::ListFunctions => {}
                }
            }
            Event::Feed { feed: Feed::Functions, report: FeedReport::Failed { failure, .. }, .. }
                if matches!(self.list, List::Awaited) =>
            {
                self.list = List::Refused(failure.to_string());
            }
            _ => {}
        }
    }

    /// No answer comes.
    pub(in crate::run) fn give_up(&mut self) {
        if matches!(self.list, List::Awaited) {
            self.list = List::Refused("ListFunctions: no answer in time".to_owned());
        }
    }

    /// Whether it is known who is asked.
    pub(in crate::run) const fn has_scope(&self) -> bool {
        self.scope.is_some()
    }

    /// Whether nothing more has to be waited for.
    pub(in crate::run) fn is_made(&self) -> bool {
        let all_found = self.names.iter().all(|name| name.found && name.pattern.is_none());
        self.scope.is_some() && (all_found || !matches!(self.list, List::Awaited))
    }

    /// The groups, and what is to be said of how they were found.
    pub(in crate::run) fn made(&mut self) -> Result<(Vec<Chosen>, Vec<String>), Stop> {
        let Some(scope) = self.scope.clone() else {
            return Err(Stop::Failed("no answer in time: who is asking is not known".to_owned()));
        };
        let mut said = Vec::new();
        let why = match &self.list {
            List::Names(because) => Some(because.to_string()),
            List::Refused(why) => Some(why.clone()),
            List::Whole | List::Awaited => None,
        };
        let plain: Vec<&Name> = self.names.iter().filter(|name| name.pattern.is_none()).collect();
        let unknown: Vec<&Name> = plain.iter().copied().filter(|name| !name.found).collect();
        let guessed: Vec<GroupKey> =
            unknown.iter().map(|name| GroupKey::by_default(&FunctionKey::new(&scope, &name.text))).collect();
        if let Some(why) = &why
            && self.names.iter().any(|name| name.found || name.pattern.is_none())
        {
            // What ListMetrics told of has no groups either.
            let groups = self.chosen.iter().map(|chosen| &chosen.key).chain(&guessed);
            said.push(format!("functions cannot be listed ({why}): {}", taken_to_be(groups)));
        } else if !unknown.is_empty() {
            let names: Vec<&str> = unknown.iter().map(|name| &*name.text).collect();
            let names = names.join(", ");
            said.push(format!("no function {names} in {}: {}", scope.region, taken_to_be(guessed.iter())));
        }
        for name in self.names.iter().filter(|name| name.pattern.is_some() && !name.found) {
            let why = why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            self.missing.push(format!("no function matches {}{why}", name.text));
        }
        for key in guessed {
            self.add(key, None);
        }
        for group in std::mem::take(&mut self.groups) {
            self.add(GroupKey::new(&scope, &group), None);
        }
        if self.chosen.is_empty() {
            return Err(Stop::Failed(self.missing.join("; ")));
        }
        if self.chosen.len() > LogWant::MOST_GROUPS {
            return Err(Stop::BadInput(format!(
                "{} log groups at once are too many: narrow it down to {}",
                self.chosen.len(),
                LogWant::MOST_GROUPS
            )));
        }
        Ok((std::mem::take(&mut self.chosen), said))
    }

    /// Adds a group, or another function of it; `only` is none where all of its lines are wanted.
    fn add(&mut self, key: GroupKey, only: Option<Arc<str>>) {
        match self.chosen.iter_mut().find(|chosen| chosen.key.name == key.name) {
            Some(chosen) => match (&mut chosen.only, only) {
                (Some(functions), Some(function)) => {
                    functions.insert(function);
                }
                (functions, None) => *functions = None,
                (None, Some(_)) => {}
            },
            None => {
                self.chosen.push(Chosen { key, only: only.map(|function| BTreeSet::from([function])) });
            }
        }
    }
}

/// Which log groups are read for functions of which only the name is known, the first few by name.
fn taken_to_be<'a>(groups: impl Iterator<Item = &'a GroupKey>) -> String {
    /// So many are named.
    const NAMED: usize = 3;
    let names: Vec<&str> = groups.map(|group| &*group.name).collect();
    match &names[..] {
        [one] => format!("its log group is taken to be {one}"),
        names if names.len() > NAMED => {
            let more = names.len() - NAMED;
            format!("their log groups are taken to be {} and {more} more", names[..NAMED].join(", "))
        }
        names => format!("their log groups are taken to be {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FailureKind, FunctionList, Identity, Logging, Timestamp};

    fn scope() -> Scope {
        Scope::new("123456789012", "eu-west-1")
    }

    fn choice(names: &[&str], groups: &[&str]) -> Choice {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let mut choice = Choice::new(owned(names), owned(groups));
        choice.take(&Event::Identity(Identity { scope: scope(), arn: None }));
        choice
    }

    fn denied() -> Failure {
        Failure {
            operation: "ListFunctions".into(),
            region: "eu-west-1".into(),
            kind: FailureKind::AccessDenied { permission: "lambda:ListFunctions".into() },
            detail: "".into(),
        }
    }

    /// A list of functions, each with the group that its configuration names, if it does.
    fn list(functions: &[(&str, Option<&str>)], origin: FleetOrigin, complete: bool) -> Event {
        let function = |(name, group): &(&str, Option<&str>)| {
            let mut function = Function::named(FunctionKey::new(&scope(), name));
            function.logging = group.map(|group| Logging {
                group: Some(group.into()),
                format: None,
                application_level: None,
                system_level: None,
            });
            function
        };
        let functions = functions.iter().map(function).collect();
        Event::Functions(FunctionList { scope: scope(), functions, origin, complete })
    }

    fn names(chosen: &[Chosen]) -> Vec<&str> {
        chosen.iter().map(|chosen| &*chosen.key.name).collect()
    }

    #[test]
    fn a_functions_group_is_the_configured_one_and_of_a_shared_one_only_its_lines_are_wanted() {
        let mut choice = choice(&["cart", "pay-*"], &["/ecs/shop"]);
        assert!(!choice.is_made());
        let functions =
            [("cart", Some("/shop/all")), ("pay-in", Some("/shop/all")), ("pay-out", None), ("other", None)];
        choice.take(&list(&functions, FleetOrigin::ListFunctions, true));
        assert!(choice.is_made());
        let (chosen, said) = choice.made().unwrap();
        assert_eq!(names(&chosen), ["/shop/all", "/aws/lambda/pay-out", "/ecs/shop"]);
        let only: Vec<&str> = chosen[0].only.iter().flatten().map(|name| &**name).collect();
        assert_eq!(only, ["cart", "pay-in"]);
        assert_eq!((chosen[2].only.as_ref(), said.len()), (None, 0));
    }

    #[test]
    fn plain_names_do_not_wait_for_the_rest_of_a_long_list() {
        let mut choice = choice(&["cart"], &[]);
        choice.take(&list(&[("cart", None)], FleetOrigin::ListFunctions, false));
        assert!(choice.is_made());
        assert_eq!(names(&choice.made().unwrap().0), ["/aws/lambda/cart"]);
    }

    #[test]
    fn without_the_list_a_name_means_its_usual_group_and_that_is_said_once() {
        let mut both = choice(&["cart", "pay"], &[]);
        let failed = FeedReport::Failed { failure: denied(), retry_at: Timestamp::default() };
        let at = Timestamp::default();
        both.take(&Event::Feed { scope: scope(), feed: Feed::Functions, at, report: failed.clone() });
        assert!(both.is_made());
        let (chosen, said) = both.made().unwrap();
        assert_eq!(names(&chosen), ["/aws/lambda/cart", "/aws/lambda/pay"]);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("lambda:ListFunctions"), "{said:?}");
        assert!(said[0].contains("groups are taken to be /aws/lambda/cart, /aws/lambda/pay"), "{said:?}");

        let mut pattern = choice(&["pay-*"], &[]);
        pattern.take(&Event::Feed { scope: scope(), feed: Feed::Functions, at, report: failed });
        let error = pattern.made().unwrap_err().to_string();
        assert!(error.contains("no function matches pay-*") && error.contains("denied"), "{error}");

        let mut listed = choice(&["pay-*"], &[]);
        let origin = FleetOrigin::ListMetrics { because: denied() };
        listed.take(&list(&[("pay-in", None)], origin, true));
        let (chosen, said) = listed.made().unwrap();
        assert_eq!((names(&chosen), said.len()), (vec!["/aws/lambda/pay-in"], 1));
    }

    #[test]
    fn groups_alone_need_no_list_and_a_name_that_nobody_has_is_said() {
        let mut groups = choice(&[], &["/a", "/b", "/a"]);
        assert!(groups.is_made() && !groups.asks_for_functions());
        assert_eq!(names(&groups.made().unwrap().0), ["/a", "/b"]);
        let mut gone = choice(&["gone"], &[]);
        gone.take(&list(&[], FleetOrigin::ListFunctions, true));
        let (chosen, said) = gone.made().unwrap();
        assert_eq!(names(&chosen), ["/aws/lambda/gone"]);
        assert_eq!(said, ["no function gone in eu-west-1: its log group is taken to be /aws/lambda/gone"]);
        let mut many = choice(&["a", "b", "c", "d", "e"], &[]);
        many.take(&list(&[], FleetOrigin::ListFunctions, true));
        assert!(
            many.made().unwrap().1[0].ends_with("/aws/lambda/a, /aws/lambda/b, /aws/lambda/c and 2 more")
        );
    }

    #[test]
    fn more_groups_than_are_read_at_once_are_refused() {
        let many: Vec<String> = (0..51).map(|number| format!("/g/{number}")).collect();
        let mut choice = choice(&[], &many.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(choice.made().unwrap_err().to_string().contains("narrow it down to 50"));
    }
}
