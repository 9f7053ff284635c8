//! The themes there are: those of the program, and the user's own files beside the settings.

use std::fs;
use std::path::Path;

use super::Stop;
use crate::ui::theme::Theme;

/// All themes, the program's own first. A file that cannot be understood is refused, whether it is in use or not:
/// a mistake found late is found at a bad moment.
pub(super) fn load(directory: Option<&Path>) -> Result<Vec<Theme>, Stop> {
    let mut themes: Vec<Theme> = Theme::embedded().filter_map(Theme::named).collect();
    let folder = directory.map(|directory| directory.join("themes"));
    let Some(entries) = folder.and_then(|folder| fs::read_dir(folder).ok()) else { return Ok(themes) };
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    for path in files {
        let theme = read(&path).map_err(|why| Stop::BadInput(format!("{}: {why}", path.display())))?;
        themes.retain(|known| known.name() != theme.name());
        themes.push(theme);
    }
    Ok(themes)
}

fn read(path: &Path) -> Result<Theme, String> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let text = fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
    Theme::parse(&name, &text).map_err(|error| error.to_string())
}
