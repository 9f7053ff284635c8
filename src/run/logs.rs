//! `lambtop logs` and `lambtop requests`: the lines of log groups, or the requests that they tell of, without a screen, by
//! the same tails that the screen reads.
//!
//! ```text
//! names -> Choice -> groups -> sources -> Event -> Reading -> Sink
//! ```

pub(super) mod choice;
mod interrupt;
mod named;
mod reading;
mod requests;
mod sink;
pub(super) mod span;
mod throttled;

use std::env;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout_at};

use super::launch::{Launch, Shop};
use super::watch::{PICTURED, runtime};
use super::{Stop, is_terminal, say};
use crate::cli::{Flags, LogsArgs, RequestsArgs};
use crate::config::{Charset, Zone};
use crate::model::{
    Event, Feed, FeedReport, Function, FunctionKey, GroupKey, Interest, Outcome, Showing, TimeRange,
};
use crate::query::Query;
use crate::report::logs::{Form, Style, pointed_at};
use crate::report::requests::RequestForm;
use crate::source::{self, Sources, clock::Clock};
use crate::term::Exit;
use crate::ui::theme::Depth;
use choice::{Choice, Chosen};
use interrupt::Interrupt;
use reading::Reading;
use requests::Requests;
use sink::Sink;
use span::Span;

/// Pages that may wait; then the tails wait. A page may have some megabytes.
const PAGES: usize = 4;
/// How long nothing may be heard of who is asking, or of the functions there are.
const PATIENCE: Duration = Duration::from_secs(15);
/// From one look at what waits to the next.
const TICK: Duration = Duration::from_secs(1);
/// Threads for the tails; lines are written by the main thread.
const WORKERS: usize = 2;

/// The filter that is meant: `@NAME` is a search of the settings.
fn named<'a>(launch: &'a Launch, filter: &'a str) -> Result<&'a str, Stop> {
    let Some(name) = filter.strip_prefix('@') else { return Ok(filter) };
    let searches = || launch.config.searches();
    if let Some(saved) = searches().find(|saved| saved.name == name) {
        return Ok(saved.query.text());
    }
    let names: Vec<&str> = searches().map(|saved| saved.name.as_str()).collect();
    let known =
        if names.is_empty() { "[searches] in the settings has none".to_owned() } else { names.join(", ") };
    Err(Stop::BadInput(format!(
        "--filter {filter}: no search has this name: {known} (the word itself is '\"{filter}\"')"
    )))
}

/// Carries out `lambtop logs`. `given` are the flags as they were given before or after the command.
pub(super) fn logs(launch: &Launch, args: &LogsArgs, given: &Flags) -> Result<Exit, Stop> {
    let form = form(launch, args);
    carry_out(launch, args, given, false, |choice, span, query| {
        Reading::new(choice.chosen, span, query, form)
    })
}

/// Carries out `lambtop requests`: the same with what the lines come to.
pub(super) fn requests(launch: &Launch, args: &RequestsArgs, given: &Flags) -> Result<Exit, Stop> {
    let mut sources = args.sources.clone();
    if sources.names.is_empty() && sources.groups.is_empty() && given.functions.is_empty() {
        // As on the screen: of all functions.
        sources.names.push("*".to_owned());
    }
    let lines = LogsArgs {
        sources,
        until: args.until.clone(),
        at: None,
        follow: false,
        filter: args.filter.clone(),
        json: args.json,
        raw: false,
        output: args.output.clone(),
        on: args.on.clone(),
    };
    let form = match form(launch, &lines) {
        Form::People(style) if !args.csv => RequestForm::People(style),
        _ if args.csv => RequestForm::Csv,
        _ => RequestForm::Json,
    };
    let prices = launch.config.prices;
    carry_out(launch, &lines, given, true, |choice, span, query| {
        let requests = Requests::new(form, prices, choice.chosen.len(), &choice.functions);
        Reading::of_requests(choice.chosen, span, query, requests)
    })
}

/// What was chosen: the groups, and what is known of the functions.
struct Made {
    chosen: Vec<Chosen>,
    functions: Vec<Function>,
}

/// Carries out either.
fn carry_out(
    launch: &Launch,
    args: &LogsArgs,
    given: &Flags,
    of_requests: bool,
    reading: impl FnOnce(Made, Span, Query) -> Reading,
) -> Result<Exit, Stop> {
    let names: Vec<String> = args.sources.names.iter().chain(&given.functions).cloned().collect();
    let filter = args.filter.as_deref().map(|text| named(launch, text)).transpose()?;
    let query = match filter.map(|text| (text, Query::parse(text))) {
        None => Query::default(),
        Some((_, Ok(query))) => query,
        Some((text, Err(error))) => {
            let [message, shown, mark] = pointed_at(text, error.at, &error.message);
            say(&format!("lambtop: {message}"));
            say(&shown);
            say(&mark);
            return Ok(Exit::BadInput);
        }
    };
    let choice = Choice::new(names.clone(), args.sources.groups.clone());
    if !choice.asks_for_functions() && args.sources.groups.is_empty() {
        return Err(Stop::BadInput("name a function, or a log group with --log-group".to_owned()));
    }
    let follows_demo = args.on.demo && args.follow;
    let paused = args.on.demo && !args.follow;
    let runtime = if paused { runtime(true)? } else { several_threads()? };
    let ended = runtime.block_on(async {
        let shop = args.on.demo.then(|| {
            if follows_demo {
                Shop::running(&args.on.simulation)
            } else {
                let at = args.on.simulation.now.unwrap_or(PICTURED);
                Shop::open(args.on.simulation.seed, Clock::starting_at(at, 1.0))
            }
        });
        let clock = shop.as_ref().map_or_else(Clock::system, |shop| shop.clock.clone());
        let span = Span::of(args, given.since.as_deref(), clock.now())?;
        let sink = Sink::open(args.output.as_deref())?;
        let interrupt = Interrupt::listen()
            .map_err(|error| Stop::Failed(format!("signals cannot be listened for: {error}")))?;
        let settings = source::Settings { functions: names, ..launch.source(shop.as_ref()) };
        let mut command = Command::start(settings, clock, choice.asks_for_functions(), interrupt, sink);
        let until = span.until.unwrap_or_else(|| command.clock.now());
        let refused = (of_requests && query.asks_for(Outcome::Throttled))
            .then(|| TimeRange::new(span.since, until.max(span.since)));
        command.run(choice, refused, |made| reading(made, span, query)).await
    });
    // A call that is on its way is nobody's concern any more.
    runtime.shutdown_background();
    ended
}

fn several_threads() -> Result<tokio::runtime::Runtime, Stop> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .map_err(|error| Stop::Failed(format!("no threads can be started: {error}")))
}

/// How lines are written: on a terminal nothing that it would obey.
fn form(launch: &Launch, args: &LogsArgs) -> Form {
    let variable = |name: &str| env::var(name).ok();
    let terminal = args.output.is_none() && is_terminal();
    let charset = launch.config.charset;
    let ascii = if terminal { launch.surroundings.ascii } else { charset == Charset::Ascii };
    let showing = Showing { ascii, ..Showing::default() };
    if args.json {
        return Form::Json;
    }
    if args.raw {
        return if terminal { Form::Safe(showing) } else { Form::Raw };
    }
    let (no_color, colorterm, term) = (variable("NO_COLOR"), variable("COLORTERM"), variable("TERM"));
    let depth = Depth::announced(no_color.as_deref(), colorterm.as_deref(), term.as_deref());
    let zone = (launch.config.time == Zone::Local).then_some(launch.surroundings.local_offset);
    Form::People(Style { zone, colour: terminal && depth != Depth::Mono, showing })
}

/// The command while it runs.
struct Command {
    clock: Clock,
    events: mpsc::Receiver<Event>,
    interest: watch::Sender<Interest>,
    interrupt: Interrupt,
    sink: Sink,
    _sources: Sources,
}

/// Why reading ended.
#[derive(PartialEq, Eq)]
enum End {
    Over,
    /// Nothing works any more until somebody logs in; in words.
    Lost(String),
    /// Nobody reads what is written any more.
    Deserted,
    Signal(Exit),
}

impl Command {
    /// Starts the sources that are needed: Lambda's only where functions are asked for.
    fn start(
        mut settings: source::Settings,
        clock: Clock,
        asks_for_functions: bool,
        interrupt: Interrupt,
        sink: Sink,
    ) -> Self {
        settings.without = vec![Feed::Metrics, Feed::Details];
        if !asks_for_functions {
            settings.without.push(Feed::Functions);
        }
        let (told, events) = mpsc::channel(PAGES);
        let (interest, wanted) = watch::channel(Interest::default());
        let sources = source::start(settings, clock.clone(), wanted, told);
        Self { clock, events, interest, interrupt, sink, _sources: sources }
    }

    /// `refused`: since when and until when throttled requests are asked for, if they are.
    async fn run(
        &mut self,
        mut choice: Choice,
        refused: Option<TimeRange>,
        reading: impl FnOnce(Made) -> Reading,
    ) -> Result<Exit, Stop> {
        if let Some(exit) = self.choose(&mut choice).await? {
            return Ok(exit);
        }
        let (chosen, said) = choice.made()?;
        for said in said.iter().chain(&choice.missing) {
            say(&format!("lambtop: {said}"));
        }
        let functions = std::mem::take(&mut choice.functions);
        let (throttled, all_throttled) = match refused {
            None => (Vec::new(), true),
            Some(range) => match self.throttled(&logging(&functions, &chosen), range).await {
                Ok(throttled) => throttled,
                Err(exit) => return Ok(exit),
            },
        };
        let mut reading = reading(Made { chosen, functions });
        reading.take_throttled(&throttled);
        let end = self.read(&mut reading).await?;
        if end == End::Deserted {
            return Ok(Exit::Success);
        }
        let mut out = String::new();
        reading.finish(&mut out);
        if !self.sink.write(&out)? {
            return Ok(Exit::Success);
        }
        if let End::Lost(why) = &end {
            say(&format!("lambtop: {why}"));
        }
        let lost = matches!(end, End::Lost(_));
        let incomplete = lost || !all_throttled || reading.is_incomplete() || !choice.missing.is_empty();
        let interrupted = matches!(end, End::Signal(_));
        if !interrupted && !incomplete {
            self.sink.begin()?;
        }
        for line in reading.summary().into_iter().chain(self.sink.said(interrupted)) {
            say(&format!("lambtop: {line}"));
        }
        Ok(match end {
            End::Signal(exit) => exit,
            _ if incomplete => Exit::Incomplete,
            _ => Exit::Success,
        })
    }

    /// Waits until the groups are known; a signal ends it.
    async fn choose(&mut self, choice: &mut Choice) -> Result<Option<Exit>, Stop> {
        let mut deadline = Instant::now() + PATIENCE;
        while !choice.is_made() {
            let event = tokio::select! {
                event = timeout_at(deadline, self.events.recv()) => event,
                exit = self.interrupt.heard() => return Ok(Some(exit)),
            };
            let Ok(Some(event)) = event else {
                choice.give_up();
                if choice.has_scope() {
                    continue;
                }
                break;
            };
            if let Some(failure) = login_failure(&event) {
                return Err(Stop::Failed(failure));
            }
            // Pages of a long list are signs of life, and reports of waiting are none.
            if !matches!(event, Event::Feed { .. }) {
                deadline = Instant::now() + PATIENCE;
            }
            choice.take(&event);
        }
        Ok(None)
    }

    async fn read(&mut self, reading: &mut Reading) -> Result<End, Stop> {
        self.interest.send_modify(|interest| interest.logs = Some(reading.want()));
        let (mut out, mut lost) = (String::new(), None);
        loop {
            let mut event = tokio::select! {
                event = self.events.recv() => event,
                () = self.clock.sleep(TICK) => None,
                exit = self.interrupt.heard() => return Ok(End::Signal(exit)),
            };
            let now = self.clock.now();
            reading.tick(now, &mut out);
            while let Some(one) = event {
                if let Some(failure) = login_failure(&one) {
                    if !reading.follows() {
                        return Ok(End::Lost(failure));
                    }
                    // It is looked for every few seconds, and may come back.
                    if lost.as_ref() != Some(&failure) {
                        say(&format!("lambtop: {failure}"));
                        lost = Some(failure);
                    }
                } else if let Event::Feed { feed: Feed::Identity, report: FeedReport::Answered, .. } = &one {
                    lost = None;
                }
                if let Some(said) = reading.take(one, now, &mut out) {
                    say(&format!("lambtop: {said}"));
                }
                // A batch is what has come, and no more than some pages of it.
                if !self.sink.write(&out)? {
                    return Ok(End::Deserted);
                }
                out.clear();
                event = self.events.try_recv().ok();
            }
            if !self.sink.write(&out)? || (reading.follows() && self.sink.is_deserted()) {
                return Ok(End::Deserted);
            }
            out.clear();
            if reading.is_over() {
                return Ok(End::Over);
            }
            let want = Some(reading.want());
            self.interest.send_if_modified(|interest| {
                let news = interest.logs != want;
                interest.logs = want;
                news
            });
        }
    }
}

/// The functions that were chosen, each with the group in which it logs: those that are known, and those whose groups
/// name them.
fn logging(functions: &[Function], chosen: &[Chosen]) -> Vec<(FunctionKey, GroupKey)> {
    let known = functions.iter().map(|function| (function.key.clone(), GroupKey::of(function)));
    let named = chosen.iter().filter_map(|chosen| {
        let name = chosen.key.names_function()?;
        Some((FunctionKey::new(&chosen.key.scope, name), chosen.key.clone()))
    });
    let mut all: Vec<(FunctionKey, GroupKey)> = Vec::new();
    for one in known.chain(named) {
        if !all.iter().any(|(key, _)| key.name == one.0.name) {
            all.push(one);
        }
    }
    all
}

/// What is wrong with the login, if that is why nothing works.
pub(super) fn login_failure(event: &Event) -> Option<String> {
    match event {
        Event::Feed { feed: Feed::Identity, report: FeedReport::Failed { failure, .. }, .. }
            if failure.needs_login() =>
        {
            Some(failure.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
