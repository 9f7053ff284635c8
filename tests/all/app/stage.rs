//! An app on a stage: keys as one types them, facts as AWS would tell them, and a clock that is moved by hand.

use std::time::Duration;

use lambtop::app::{App, Code, Effect, Input, Key, Settings};
use lambtop::model::{
    Completeness, Event, Failure, FailureKind, FleetOrigin, Function, FunctionKey, FunctionList, Identity,
    Metric, Period, Point, Scope, SeriesKey, SeriesPage, Statistic, Subject, TimeRange, Timestamp,
};

pub struct Stage {
    pub app: App,
    pub at: Timestamp,
    pub effects: Vec<Effect>,
}

/// 14:31:16 on the day of the incident.
pub fn incident() -> Timestamp {
    Timestamp::from_secs(1_763_735_476)
}

pub fn scope() -> Scope {
    Scope::new("123456789012", "eu-west-1")
}

pub fn key(name: &str) -> FunctionKey {
    FunctionKey::new(&scope(), name)
}

/// A call that was refused or did not come through.
pub fn failure(operation: &str, kind: FailureKind, detail: &str) -> Failure {
    Failure { operation: operation.into(), region: "eu-west-1".into(), kind, detail: detail.into() }
}

/// The start of the minute that began so many minutes before the running one.
pub fn minute(back: u64) -> Timestamp {
    incident().floor(Period::MINUTE) - Duration::from_secs(60 * back)
}

impl Stage {
    /// An app in 120x40 at 14:31:16 that knows who it is and nothing else.
    pub fn new() -> Self {
        let mut stage =
            Self { app: App::new(Settings::default(), incident()), at: incident(), effects: Vec::new() };
        stage.size(120, 40);
        stage.tell(Event::Identity(Identity { scope: scope(), arn: None }));
        stage
    }

    /// The same with a fleet.
    pub fn with(names: &[&str]) -> Self {
        let mut stage = Self::new();
        stage.list(names);
        stage
    }

    pub fn list(&mut self, names: &[&str]) {
        self.list_of(names.iter().map(|name| Function::named(key(name))).collect());
    }

    pub fn list_of(&mut self, functions: Vec<Function>) {
        let list =
            FunctionList { scope: scope(), functions, origin: FleetOrigin::ListFunctions, complete: true };
        self.tell(Event::Functions(list));
    }

    pub fn tell(&mut self, event: Event) {
        self.input(Input::Event(Box::new(event)));
    }

    pub fn input(&mut self, input: Input) {
        self.effects.extend(self.app.input(self.at, input));
    }

    pub fn size(&mut self, columns: u16, rows: u16) {
        self.input(Input::Resize { columns, rows });
    }

    /// Lets time pass, a tick a second.
    pub fn wait(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.at = self.at + Duration::from_secs(1);
            self.input(Input::Tick);
        }
    }

    /// Presses keys: characters as they are, others by name in `<>`, such as `jj/pay<Enter><C-u>`.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys_of(keys) {
            self.input(Input::Key(key));
        }
        self
    }

    /// One-minute numbers of a function: from 59 minutes ago to the running minute, the newest last.
    pub fn minutes(&mut self, name: &str, metric: Metric, values: &[f64]) {
        self.page(
            SeriesKey {
                subject: Subject::Function(key(name)),
                metric,
                statistic: metric.statistic(),
                period: Period::MINUTE,
            },
            values,
        );
    }

    /// The same number every minute of the last hour.
    pub fn steady(&mut self, name: &str, metric: Metric, value: f64) {
        self.minutes(name, metric, &[value; 60]);
    }

    /// A function that is well: so many invocations a minute, no errors, no throttles.
    pub fn healthy(&mut self, name: &str, invocations: f64) {
        self.steady(name, Metric::Invocations, invocations);
        self.steady(name, Metric::Errors, 0.0);
        self.steady(name, Metric::Throttles, 0.0);
    }

    /// A statistic of duration in periods of the window, the newest last.
    pub fn durations(&mut self, name: &str, statistic: Statistic, period: Period, values: &[f64]) {
        let subject = Subject::Function(key(name));
        self.page(SeriesKey { subject, metric: Metric::Duration, statistic, period }, values);
    }

    fn page(&mut self, key: SeriesKey, values: &[f64]) {
        let step = key.period.duration();
        let end = self.at.floor(key.period) + step;
        let count = u32::try_from(values.len()).expect("an hour has few minutes");
        let range = TimeRange::new(end - step * count, end);
        let starts = (0..count).map(|index| range.start + step * index);
        let points = starts.zip(values).map(|(at, value)| Point { at, value: *value }).collect();
        let page = SeriesPage { key, range, points, completeness: Completeness::Complete };
        self.tell(Event::Series { at: self.at, pages: vec![page] });
    }

    /// The names of the rows, top first.
    pub fn names(&self) -> Vec<&str> {
        self.app.rows().iter().map(|row| &*row.key.name).collect()
    }

    /// The name under the cursor, or of the opened function.
    pub fn selected(&self) -> &str {
        &self.app.selected().expect("something is selected").name
    }

    /// Which line of the table the cursor stands on.
    pub fn line(&self) -> usize {
        self.app.cursor().expect("there are rows") - self.app.first_row()
    }
}

pub fn keys_of(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let named =
            rest.strip_prefix('<').and_then(|inner| inner.split_once('>')).filter(|(name, _)| name.len() > 1);
        if let Some((name, after)) = named {
            keys.push(named_key(name));
            rest = after;
        } else {
            keys.push(Key { code: Code::Char(c), ctrl: false, alt: false, shift: false });
            rest = &rest[c.len_utf8()..];
        }
    }
    keys
}

fn named_key(name: &str) -> Key {
    let (ctrl, name) = name.strip_prefix("C-").map_or((false, name), |name| (true, name));
    let (shift, name) = name.strip_prefix("S-").map_or((false, name), |name| (true, name));
    let code = match name {
        "Enter" => Code::Enter,
        "Esc" => Code::Esc,
        "Tab" => Code::Tab,
        "Backspace" => Code::Backspace,
        "Left" => Code::Left,
        "Right" => Code::Right,
        "Up" => Code::Up,
        "Down" => Code::Down,
        "Home" => Code::Home,
        "End" => Code::End,
        "PgUp" => Code::PageUp,
        "PgDn" => Code::PageDown,
        one => Code::Char(one.chars().next().expect("a key has a name")),
    };
    Key { code, ctrl, alt: false, shift }
}
