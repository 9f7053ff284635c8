//! Reads sources as the rules see them: code alone, and the paths in it.

use std::fs;
use std::path::{Path, PathBuf};

/// One line of code outside of comments, strings and tests.
pub struct Line {
    pub file: String,
    pub number: usize,
    pub code: String,
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("the sources can be listed");
    for entry in entries {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every line of `src`, without comments, the insides of strings, and test modules.
pub fn sources() -> Vec<Line> {
    texts().iter().flat_map(|(file, text)| lines_of(file, text)).collect()
}

/// Every file of `src` and its text.
pub fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&root.join("src"), &mut found);
    found.sort();
    assert!(found.len() > 20, "the sources were found");
    found
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).expect("a source is UTF-8");
            let file = path.strip_prefix(root).expect("a source lies in the project").display().to_string();
            (file, text)
        })
        .collect()
}

/// The lines of one file, without comments, the insides of strings, and test modules.
pub fn lines_of(file: &str, text: &str) -> Vec<Line> {
    let code = without_tests(&code(text));
    let line =
        |(index, code): (usize, &str)| Line { file: file.into(), number: index + 1, code: code.into() };
    code.trim_end().lines().enumerate().map(line).collect()
}

/// The literals of one file outside of comments and test modules: strings, raw strings, characters, with their quotes,
/// and the line that each begins on.
pub fn literals_of(text: &str) -> Vec<(usize, String)> {
    // Each literal is replaced by a sign that sources have not, so that test modules are found around it.
    const PLACE: char = '\u{f8ff}';
    let mut literals = Vec::new();
    let marked = code_with(text, |literal, kept| {
        kept.push(PLACE);
        literals.push(literal.to_owned());
    });
    let outside = without_tests(&marked);
    // Blanked modules have lost their signs: the others are found by the line on which they stand.
    let line_of = |code: &str| {
        let mut lines = Vec::new();
        for (index, line) in code.lines().enumerate() {
            lines.extend(line.matches(PLACE).map(|_| index + 1));
        }
        lines
    };
    let kept: Vec<usize> = line_of(&outside);
    let all = line_of(&marked).into_iter().zip(literals);
    all.filter(|(line, _)| kept.contains(line)).collect()
}

/// The text with comments, strings and character literals left out, every line where it was.
fn code(text: &str) -> String {
    code_with(text, |_, _| {})
}

/// The same; each string or character literal is handed over, with what is kept of the text so far.
fn code_with(text: &str, mut literal: impl FnMut(&str, &mut String)) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let in_a_word = kept.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let left_out = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => 1 + string(&rest[1..]),
            'r' | 'b' | 'c' if !in_a_word => raw_string(rest),
            '\'' => character(rest),
            _ => 0,
        };
        if left_out == 0 {
            kept.push(c);
            rest = &rest[c.len_utf8()..];
        } else {
            if c != '/' {
                literal(&rest[..left_out], &mut kept);
            }
            kept.extend(rest[..left_out].chars().filter(|c| *c == '\n'));
            rest = &rest[left_out..];
        }
    }
    kept
}

/// Bytes of a comment, which may hold others.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        match text.get(at..at + 2) {
            Some("/*") => depth += 1,
            Some("*/") => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Bytes up to and with the quote that ends a string.
fn string(inside: &str) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    inside.len()
}

/// Bytes of a raw string such as `br#"..."#`; 0 if it is something else.
fn raw_string(text: &str) -> usize {
    let letters = if text.starts_with('r') { 1 } else { 2 };
    if !(text.starts_with('r') || text[1..].starts_with('r')) {
        return 0;
    }
    let hashes = text[letters..].chars().take_while(|c| *c == '#').count();
    let open = letters + hashes;
    if !text[open..].starts_with('"') {
        return 0;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    text[open + 1..].find(&close).map_or(text.len(), |at| open + 1 + at + close.len())
}

/// Bytes of a character literal; 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut inside = text[1..].char_indices();
    let end = match inside.next() {
        Some((_, '\\')) => inside.skip(1).find(|(_, c)| *c == '\'').map(|(at, _)| at),
        Some(_) => inside.next().filter(|(_, c)| *c == '\'').map(|(at, _)| at),
        None => None,
    };
    end.map_or(0, |at| at + 2)
}

/// Blanks the modules that exist only in tests, wherever in the file they stand.
fn without_tests(code: &str) -> String {
    let mark = "#[cfg(test)]\nmod ";
    let mut kept = String::new();
    let mut rest = code;
    while let Some(at) = rest.find(mark) {
        let module = &rest[at..];
        let end = module.find(['{', ';']).unwrap_or(module.len());
        let mut depth = 0;
        let inside = module[end..].char_indices().find_map(|(at, c)| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            (depth == 0).then_some(at + 1)
        });
        let (blank, after) = module.split_at(end + inside.unwrap_or(module.len() - end));
        kept.push_str(&rest[..at]);
        kept.extend(blank.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    kept + rest
}

/// A word, `::`, or any other single sign, and the line it stands on.
fn tokens(lines: &[Line]) -> Vec<(&str, usize)> {
    let mut tokens = Vec::new();
    for line in lines {
        let mut rest = line.code.trim_start();
        while let Some(c) = rest.chars().next() {
            let length = if rest.starts_with("::") {
                2
            } else {
                let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
                word.max(if word == 0 { c.len_utf8() } else { 0 })
            };
            tokens.push((&rest[..length], line.number));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

/// What paths name right behind a root, in one file: for `crate::{app, ui::draw}` that is `app` and `ui`. Roots are the
/// crate, however it is reached from here (`super::super`, `$crate`, its own name), or else the foreign crate `root`.
pub fn named_behind(root: Option<&str>, lines: &[Line]) -> Vec<(String, usize)> {
    let Some(first) = lines.first() else { return Vec::new() };
    let folders = first.file.matches('/').count();
    let file_depth = if first.file.ends_with("/mod.rs") { folders - 1 } else { folders };
    let tokens = tokens(lines);
    let mut named = Vec::new();
    let mut braces = Vec::new();
    for at in 0..tokens.len() {
        let before = at.checked_sub(1).map_or("", |before| tokens[before].0);
        let in_module = at >= 2 && tokens[at - 2].0 == "mod";
        let depth = file_depth + braces.iter().filter(|module| **module).count();
        let depth = match (tokens[at].0, root) {
            ("{", _) => {
                braces.push(in_module);
                continue;
            }
            ("}", _) => {
                braces.pop();
                continue;
            }
            _ if before == "::" => continue,
            ("crate" | "lambtop", None) => 0,
            ("super", None) => depth.saturating_sub(1),
            ("self", None) => depth,
            (word, Some(root)) if word == root => 0,
            _ => continue,
        };
        if tokens.get(at + 1).is_some_and(|(token, _)| *token == "::") {
            follow(&tokens, at + 2, depth, &mut named);
        }
    }
    named
}

/// Follows a path that continues at `at`, `depth` modules below its root; returns where it ends.
fn follow(tokens: &[(&str, usize)], mut at: usize, depth: usize, named: &mut Vec<(String, usize)>) -> usize {
    let Some((token, line)) = tokens.get(at) else { return at };
    match *token {
        "{" => {
            at += 1;
            while tokens.get(at).is_some_and(|(token, _)| *token != "}") {
                at = follow(tokens, at, depth, named);
                // What is deeper than a name, or renames it, is of no interest.
                let mut braces = 0;
                while let Some((token, _)) = tokens.get(at) {
                    match *token {
                        "{" => braces += 1,
                        "}" if braces == 0 => break,
                        "}" => braces -= 1,
                        "," if braces == 0 => {
                            at += 1;
                            break;
                        }
                        _ => {}
                    }
                    at += 1;
                }
            }
            at + 1
        }
        "super" | "self" if tokens.get(at + 1).is_some_and(|(token, _)| *token == "::") => {
            follow(tokens, at + 2, depth - usize::from(*token == "super" && depth > 0), named)
        }
        name => {
            if depth == 0 {
                named.push((name.to_owned(), *line));
            }
            at + 1
        }
    }
}

pub fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let part_of_name = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !part_of_name(before) && !part_of_name(after)
    })
}

#[test]
fn literals_are_found_outside_of_tests() {
    let text = "let a = \"x\"; // \"no\"\n#[cfg(test)]\nmod tests {\n f(\"y\")\n}\nf('z', r\"w\")";
    let found = literals_of(text);
    assert_eq!(found, [(1, "\"x\"".to_owned()), (6, "'z'".to_owned()), (6, "r\"w\"".to_owned())]);
}

#[test]
fn only_code_is_left() {
    let kept = |text: &str| code(text);
    assert_eq!(kept("let a = \"crate::ui\"; // crate::run"), "let a = ; ");
    assert_eq!(kept("a /* b /* c */ d\n */ e"), "a \n e");
    assert_eq!(kept(r##"r#"a"b"# c"##), " c");
    assert_eq!(kept(r#"f(r"\", b'"', '\"', '\'') g"#), "f(, b, , ) g");
    assert_eq!(kept("fn f<'a>(a: &'a str)"), "fn f<'a>(a: &'a str)");
    assert_eq!(kept("\"one \\\n  two\" three"), "\n three");
    let tested = "a\n#[cfg(test)]\nmod tests {\n{ b }\n}\nc\n#[cfg(test)]\nmod more;\nd";
    assert_eq!(without_tests(tested), "a\n\n\n\n\nc\n\n\nd");
    assert!(has_word("a: Mutex<u8>", "Mutex") && !has_word("MutexGuardian", "Mutex"));
}
