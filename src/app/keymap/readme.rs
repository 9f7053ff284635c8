//! The README's part of the table of keys.

use std::fmt::Write as _;

use super::{BINDINGS, Context};

/// The keys as Markdown, as they stand in the README: those of every screen to be seen, the others folded, by where they
/// hold.
#[must_use]
pub fn readme_keys() -> String {
    let mut text = String::new();
    for context in Context::ALL {
        let rows = || BINDINGS.iter().filter(|row| row.context == context);
        let open = context == Context::Screens;
        // Writing to a string cannot fail.
        let _ = if open {
            writeln!(text, "{}:\n", context.label())
        } else {
            writeln!(text, "<details><summary>{} ({})</summary>\n", context.label(), rows().count())
        };
        text.push_str("| key | what |\n|---|---|\n");
        for row in rows() {
            let keys: Vec<String> =
                row.shown.split(' ').map(|key| format!("`{}`", key.replace('|', "\\|"))).collect();
            let _ = writeln!(text, "| {} | {} |", keys.join(" "), row.help);
        }
        text.push_str(if open { "\n" } else { "\n</details>\n\n" });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_lists_every_row_once() {
        let text = readme_keys();
        let listed = text.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(listed, BINDINGS.len());
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }
}
