//! `lambtop screenshot`: the very screen, drawn into a file.

use std::path::Path;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::launch::Launch;
use super::watch::{self, Watch};
use super::{Stop, keystrokes, private_file};
use crate::app::{App, Key};
use crate::cli::{Picture, ScreenshotArgs};
use crate::report::picture;
use crate::term::Exit;
use crate::ui;
use crate::ui::theme::{Depth, Theme, rgb};

/// How long before the picture the keys are pressed: what they ask for must have come.
const KEYS_BEFORE: Duration = Duration::from_secs(36);

/// How long one stage of keys has before the next.
const BETWEEN: Duration = Duration::from_secs(18);

/// Draws the wanted screen into the wanted files.
pub(super) fn screenshot(launch: &Launch, wanted: &ScreenshotArgs) -> Result<Exit, Stop> {
    let files: Vec<_> =
        wanted.out.iter().map(|path| Ok((path, Kind::of(path)?))).collect::<Result<_, Stop>>()?;
    let stages = stages(wanted)?;
    let app = if wanted.on.demo {
        watch::simulated(launch, &wanted.on.simulation, wanted.size, async |mut watch: Watch, end| {
            for (stage, keys) in (0..).zip(stages) {
                watch.until(end - KEYS_BEFORE + BETWEEN * stage).await;
                watch.press(keys);
            }
            watch.until(end).await;
            Ok(watch.app)
        })?
    } else {
        watch::account(launch, wanted.size, async |mut watch: Watch| {
            watch.settle(watch::settled).await;
            for keys in stages {
                watch.press(keys);
                let pressed = watch.app.now();
                watch.settle(|app| app.now().since(pressed) > Duration::from_secs(5)).await;
            }
            Ok(watch.app)
        })?
    };
    let cells = draw(launch, &app, wanted.size);
    let theme = &launch.themes[app.theme()];
    for (path, kind) in files {
        let bytes = kind.bytes(&cells, theme)?;
        private_file::replace(path, &bytes)
            .map_err(|error| Stop::BadInput(format!("--out {}: {error}", path.display())))?;
    }
    Ok(Exit::Success)
}

/// What a cell in the terminal's own colours looks like on paper.
pub(super) fn page(theme: &Theme) -> picture::Page {
    let (foreground, background) = theme.page();
    picture::Page { foreground, background, rgb }
}

fn draw(launch: &Launch, app: &App, (columns, lines): (u16, u16)) -> Buffer {
    let looks = launch.looks(Depth::True);
    let mut cells = Buffer::empty(Rect::new(0, 0, columns, lines));
    ui::draw(app, &looks[app.theme()], &mut cells);
    cells
}

/// The keys that lead there, in stages: what one of them asks for must have come before the next.
fn stages(wanted: &ScreenshotArgs) -> Result<Vec<Vec<Key>>, Stop> {
    let screen = match wanted.screen {
        Picture::Functions => "",
        Picture::Function => "<Enter>",
        Picture::Logs => "2",
        Picture::Requests => "r",
        Picture::Timeline => {
            let stages = ["r", &format!("/outcome=unhandled<Enter><Enter>v{}", wanted.keys)];
            return stages.into_iter().map(|keys| parsed(keys, wanted)).collect();
        }
        Picture::Traces => "4",
        Picture::Map => "4m",
        Picture::Help => "?",
        Picture::Palette => ":",
        Picture::Themes => "T",
    };
    Ok(vec![parsed(&format!("{screen}{}", wanted.keys), wanted)?])
}

fn parsed(keys: &str, wanted: &ScreenshotArgs) -> Result<Vec<Key>, Stop> {
    keystrokes::parse(keys).map_err(|wrong| Stop::BadInput(format!("--keys {}: {wrong}", wanted.keys)))
}

/// What the ending of a file's name asks for.
#[derive(Clone, Copy)]
enum Kind {
    Svg,
    Png,
    Text,
}

impl Kind {
    fn of(path: &Path) -> Result<Self, Stop> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("svg") => Ok(Self::Svg),
            Some("png") => Ok(Self::Png),
            Some("txt") => Ok(Self::Text),
            _ => Err(Stop::BadInput(format!(
                "--out {}: the name must end in .svg, .png or .txt",
                path.display()
            ))),
        }
    }

    fn bytes(self, cells: &Buffer, theme: &Theme) -> Result<Vec<u8>, Stop> {
        match self {
            Self::Text => Ok(picture::text(cells).into_bytes()),
            Self::Svg => Ok(picture::svg(cells, &page(theme)).into_bytes()),
            Self::Png => picture::png(&picture::svg(cells, &page(theme)))
                .map_err(|error| Stop::Failed(error.to_string())),
        }
    }
}
