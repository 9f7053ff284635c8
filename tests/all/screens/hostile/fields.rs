//! Every text field of every screen that something from outside is shown in.
//!
//! A new field (a log line, an annotation) is a row in [`FIELDS`]; a new screen or overlay is a way in [`WAYS`]. The
//! tests do the rest: a row whose text is on no screen fails, and so does one that was said to be on none.

use std::sync::Arc;

use lambtop::app::{App, Code, Input, Job, Key, Settings};
use lambtop::model::{
    Concurrency, Detail, ErrorNote, Event, FailureKind, Fault, Feed, FleetOrigin, Function, FunctionKey,
    FunctionList, FunctionState, GroupKey, Identity, Known, LineKind, LogPage, Logging,
    ProvisionedConcurrency, RequestId, RequestNotes, Scope, TailReport, TailStatus,
};

use super::super::logs::tail;
use super::super::scene::{failed, now, press, settings, tell};
use crate::app::logs::page_at;

/// What a stranger can have written, each text in a place of its own.
pub struct World {
    settings: Settings,
    account: String,
    region: String,
    function: Function,
    state: FunctionState,
    qualifier: String,
    alias: (String, String),
    tag: (String, String),
    error: String,
    file: Result<String, String>,
    typed: String,
    pasted: String,
    line: String,
    error_type: String,
    request_version: String,
    stream: String,
    unreadable: String,
    note: String,
}

/// A field, whether any screen shows it, and how a text comes into it.
pub struct Field {
    pub name: &'static str,
    pub shown: bool,
    pub put: fn(&mut World, &str),
}

const fn shown(name: &'static str, put: fn(&mut World, &str)) -> Field {
    Field { name, shown: true, put }
}

const fn unseen(name: &'static str, put: fn(&mut World, &str)) -> Field {
    Field { name, shown: false, put }
}

fn text(text: &str) -> Arc<str> {
    text.into()
}

pub const FIELDS: &[Field] = &[
    shown("account", |world, text| world.account = text.into()),
    shown("region", |world, text| world.region = text.into()),
    shown("profile", |world, raw| world.settings.profile = Some(text(raw))),
    shown("theme", |world, text| world.settings.themes.push(text.into())),
    shown("function", |world, text| world.function.key.name = text.into()),
    shown("runtime", |world, raw| world.function.runtime = Some(text(raw))),
    unseen("description", |world, raw| world.function.description = Some(text(raw))),
    unseen("arn", |world, raw| world.function.arn = Some(text(raw))),
    shown("log group", |world, raw| {
        world.function.logging = Some(Logging {
            group: Some(text(raw)),
            format: None,
            application_level: None,
            system_level: None,
        });
    }),
    shown("state", |world, text| world.state.state = text.into()),
    unseen("reason of the state", |world, raw| world.state.reason = Some(text(raw))),
    shown("last update", |world, raw| world.state.last_update = Some(text(raw))),
    shown("qualifier", |world, text| world.qualifier = text.into()),
    shown("alias", |world, text| world.alias.0 = text.into()),
    shown("version", |world, text| world.alias.1 = text.into()),
    unseen("key of a tag", |world, text| world.tag.0 = text.into()),
    unseen("value of a tag", |world, text| world.tag.1 = text.into()),
    shown("error text", |world, text| world.error = text.into()),
    shown("file name", |world, text| world.file = Ok(text.into())),
    shown("why a file was not written", |world, text| world.file = Err(text.into())),
    shown("typed text", |world, text| world.typed = text.into()),
    shown("pasted text", |world, text| world.pasted = text.into()),
    shown("log line", |world, text| world.line = text.into()),
    shown("field of a log line", |world, text| {
        world.line = serde_json::json!({ "message": text, text: { "inner": text } }).to_string();
    }),
    shown("type of an error in a log", |world, text| world.error_type = text.into()),
    shown("version of a request", |world, text| world.request_version = text.into()),
    shown("log stream", |world, text| world.stream = text.into()),
    shown("why a group cannot be read", |world, text| world.unreadable = text.into()),
    unseen("note on a tail beside a worse one", |world, text| world.note = text.into()),
];

/// The keys to every screen and overlay. `<Typed>` and `<Paste>` are the texts of the world. The first [`TELLING`] show
/// every field that is shown at all.
pub const WAYS: [&str; 33] = [
    "",
    "<Enter>",
    "T",
    ":<Typed>",
    "/<Typed>",
    "/<Paste>",
    "2",
    "2kJ",
    "3",
    "3gg",
    "<Enter><Left>",
    "?",
    "?/<Typed>",
    ":",
    ":<Paste>",
    "/<Typed><Enter>",
    "2/<Typed>",
    "2/<Paste><Enter>",
    "2kJx",
    "2kJC",
    "2kJM",
    "2J",
    "2xJ",
    "2CMJ<C-d>",
    "2<C-w>",
    "2/l<Enter>c",
    "2:at <Typed>",
    "2y",
    "3g",
    "3ggg",
    "3g<Enter>",
    "3ggg<Enter>",
    "3/<Typed>",
];

/// How many of [`WAYS`] are enough to see every field.
pub const TELLING: usize = 10;

impl World {
    /// One in which all is well.
    pub fn new() -> Self {
        let scope = Scope::new("123456789012", "eu-west-1");
        let mut function = Function::named(FunctionKey::new(&scope, "payment-capture"));
        function.runtime = Some(text("nodejs22.x"));
        Self {
            settings: settings(),
            account: "123456789012".into(),
            region: "eu-west-1".into(),
            function,
            state: FunctionState { state: "Active".into(), reason: None, last_update: None },
            qualifier: "live".into(),
            alias: ("live".into(), "88".into()),
            tag: ("team".into(), "pay".into()),
            error: "slow down".into(),
            file: Ok("lambtop.svg".into()),
            typed: "pay".into(),
            pasted: "pay".into(),
            line: "captured".into(),
            error_type: "TypeError".into(),
            request_version: "88".into(),
            stream: "2026/11/21/[$LATEST]8f5bd2c122a34b6e9a440d7a3c1be0f9".into(),
            unreadable: "a transformer".into(),
            note: "the clock is ahead".into(),
        }
    }

    /// The app that has heard all of it, at the end of a way.
    pub fn app(&self, size: (u16, u16), way: &str) -> App {
        let scope = Scope::new(&self.account, &self.region);
        let mut app = App::new(self.settings.clone(), now());
        app.input(now(), Input::Resize { columns: size.0, rows: size.1 });
        let key = FunctionKey::new(&scope, &self.function.key.name);
        let functions = vec![Function { key: key.clone(), ..self.function.clone() }];
        let provisioned = ProvisionedConcurrency {
            qualifier: self.qualifier.as_str().into(),
            requested: 2,
            available: 1,
            status: "READY".into(),
        };
        let pair = |(key, value): &(String, String)| vec![(key.as_str().into(), value.as_str().into())];
        let detail = Detail {
            state: Known::Known { value: self.state.clone(), at: now() },
            concurrency: Known::Known {
                value: Concurrency { reserved: Some(3), provisioned: vec![provisioned] },
                at: now(),
            },
            aliases: Known::Known { value: pair(&self.alias), at: now() },
            tags: Known::Known { value: pair(&self.tag), at: now() },
        };
        let list = FunctionList {
            scope: scope.clone(),
            functions,
            origin: FleetOrigin::ListFunctions,
            complete: true,
        };
        tell(&mut app, now(), Event::Identity(Identity { scope: scope.clone(), arn: None }));
        tell(&mut app, now(), Event::Functions(list));
        tell(&mut app, now(), Event::Detail { key: key.clone(), detail });
        // What is read is known from the first line on.
        press(&mut app, "l");
        self.log(&mut app, &scope, &key);
        press(&mut app, "1");
        let mut event = failed(Feed::Metrics, "GetMetricData", FailureKind::ExpiredCredentials, &self.error);
        if let Event::Feed { scope: of, .. } = &mut event {
            *of = scope;
        }
        tell(&mut app, now(), event);
        self.go(&mut app, way);
        app.input(now(), Input::Done(Job::ScreenSaved(self.file.clone())));
        app
    }

    /// A log of two lines in the group of the function, of which something is wrong.
    fn log(&self, app: &mut App, scope: &Scope, key: &FunctionKey) {
        let lines = [(9_000, &*self.line), (4_000, "INFO captured")];
        let mut page = page_at(now(), scope, &key.name, &lines);
        page.streams[0].name = self.stream.as_str().into();
        self.request(&mut page);
        let named = self.function.logging.as_ref().and_then(|logging| logging.group.as_deref());
        page.group = named.map_or(page.group, |name| GroupKey::new(scope, name));
        let status = TailStatus::Unreadable { why: self.unreadable.as_str().into() };
        let tail = TailReport {
            group: page.group.clone(),
            status,
            note: Some(self.note.as_str().into()),
            ..tail("")
        };
        tell(app, now(), Event::Logs(page));
        tell(app, now(), Event::Tail(tail));
    }

    /// Makes the second line the end of a request, as whatever wrote it named it.
    fn request(&self, page: &mut LogPage) {
        let request = RequestId::parse("c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35");
        let row = page.rows.len() - 1;
        (page.rows[row].request, page.rows[row].kind) = (request, LineKind::Report);
        let error = ErrorNote { kind: text(&self.error_type), message: text(&self.line) };
        let notes = RequestNotes {
            version: Some(text(&self.request_version)),
            fault: Some(Fault::Unhandled),
            error: Some(Arc::new(error)),
            ..RequestNotes::default()
        };
        page.notes.push((row as u32, notes));
    }

    fn go(&self, app: &mut App, way: &str) {
        let mut rest = way;
        while let Some(at) = [rest.find("<Typed>"), rest.find("<Paste>")].into_iter().flatten().min() {
            press(app, &rest[..at]);
            let (mark, after) = rest[at..].split_at("<Typed>".len());
            if mark == "<Paste>" {
                app.input(now(), Input::Paste(self.pasted.clone()));
            } else {
                for c in self.typed.chars().take(40) {
                    app.input(
                        now(),
                        Input::Key(Key { code: Code::Char(c), ctrl: false, alt: false, shift: false }),
                    );
                }
            }
            rest = after;
        }
        press(app, rest);
    }
}
