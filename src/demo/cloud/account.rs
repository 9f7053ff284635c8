//! The account behind the endpoint: the simulated fleet, and as many idle functions as one likes.

use super::Settings;
use crate::demo::fleet::{Deploy, Fleet};

/// A function of the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// A function of the fleet, by its index.
    Fleet(usize),
    /// One that nobody invokes, by its number.
    Idle(u32),
}

/// What exists in the account.
#[derive(Debug)]
pub(super) struct Account {
    /// How the endpoint was set up.
    pub settings: Settings,
    /// What lives in it.
    pub fleet: Fleet,
}

impl Account {
    pub fn new(settings: Settings) -> Self {
        let fleet = Fleet::new(settings.seed).with_late_share(settings.late_share);
        Self { settings, fleet }
    }

    /// How many functions of the fleet there are; none in an empty account.
    pub fn fleet_size(&self) -> usize {
        if self.settings.empty { 0 } else { self.fleet.functions().len() }
    }

    /// How many functions there are in all.
    pub fn size(&self) -> usize {
        self.fleet_size() + self.settings.idle_functions as usize
    }

    /// The function at a place of the list; `place` is less than [`Account::size`].
    pub fn at(&self, place: usize) -> Which {
        match place.checked_sub(self.fleet_size()) {
            None => Which::Fleet(place),
            Some(number) => Which::Idle(number as u32),
        }
    }

    /// The name of a function.
    pub fn name(&self, which: Which) -> String {
        match which {
            Which::Fleet(index) => self.fleet.functions()[index].name.to_owned(),
            Which::Idle(number) => format!("idle-{number:05}"),
        }
    }

    /// The function called `name`.
    pub fn find(&self, name: &str) -> Option<Which> {
        if let Some(index) = self.fleet.find(name).filter(|&index| index < self.fleet_size()) {
            return Some(Which::Fleet(index));
        }
        let number = name.strip_prefix("idle-")?.parse().ok()?;
        let idle = Which::Idle(number);
        (number < self.settings.idle_functions && self.name(idle) == name).then_some(idle)
    }

    /// What was deployed of a function of the fleet at a time (milliseconds since the epoch).
    pub fn deploy(&self, index: usize, at: i64) -> Deploy {
        self.fleet.deploy(index, at)
    }

    /// The ARN of the function called `name`.
    pub fn arn(&self, name: &str) -> String {
        format!("arn:aws:lambda:{}:{}:function:{name}", self.settings.region, self.settings.account)
    }
}
