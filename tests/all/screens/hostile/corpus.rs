//! Texts that attack terminals and those who read them. Sequences by what they would do, none taken from elsewhere.

/// Each on its own may stand in any field.
pub fn payloads() -> Vec<String> {
    let mut all: Vec<String> = PAYLOADS.iter().map(|text| (*text).to_owned()).collect();
    all.extend([
        "A".repeat(300),
        "word ".repeat(300),
        "価".repeat(300),
        format!("e{}", "\u{301}".repeat(300)),
        format!("x{}", "\u{200b}".repeat(300)),
        format!("👩{}", "\u{200d}👩".repeat(200)),
        "\x1b[31m".repeat(300),
        "\u{1100}".repeat(300),
        "🇩🇪".repeat(300),
        format!("{}\x1b]0;late\x07", "y".repeat(600)),
        format!("\x1b]52;c;{}\x07", "QQ".repeat(300)),
        format!("\x1b[{}m", "1;".repeat(300)),
        "\u{202e}".repeat(300),
        "\u{a0}".repeat(300),
    ]);
    all
}

/// What is far too long for any field, each in a way of its own.
pub fn oversize(bytes: usize) -> Vec<String> {
    ["A", "word ", "価", "e\u{301}", "\u{301}", "\u{200b}", "\x1b[31m", "\u{1100}", "👩\u{200d}", "password="]
        .into_iter()
        .map(|piece| piece.repeat(bytes / piece.len()))
        .collect()
}

const PAYLOADS: &[&str] = &[
    // Window titles, as in web servers' logs (CVE-2009-4487) and events of a cluster (CVE-2021-25743).
    "\x1b]0;owned\x07",
    "\x1b]2;owned\x1b\\",
    "\x1b]1;icon\x07",
    "\x1bkscreen title\x1b\\",
    "\u{9d}0;owned\u{9c}",
    // Clipboard: written and asked for.
    "\x1b]52;c;ZWNobyBvd25lZA==\x07",
    "\x1b]52;p;?\x1b\\",
    "\u{9d}52;c;ZWNobw==\u{9c}",
    // Links with another target than they show (CVE-2022-46663), unfinished on purpose.
    "\x1b]8;;https://evil.test\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]8;id=1;https://evil.test",
    "\x1b]8;;\u{202e}moc.live\x07",
    // Commands of terminals: notifications, working directory, colours, pictures, files (as CVE-2024-43785 let through).
    "\x1b]9;notify\x07",
    "\x1b]777;notify;a;b\x07",
    "\x1b]7;file:///etc\x07",
    "\x1b]4;1;rgb:00/00/00\x07",
    "\x1b]10;?\x07\x1b]11;?\x07",
    "\x1b]50;SetMark\x07",
    "\x1b]1337;File=name=eA==;inline=1:AAAA\x07",
    "\x1b]133;A\x07",
    "\x1bP+q544e\x1b\\",
    "\x1bP$qm\x1b\\",
    "\x1bPq#0;2;0;0;0~-\x1b\\",
    "\x1b_Ga=T,f=24;AAAA\x1b\\",
    "\x1b^private\x1b\\",
    "\x1bXstring\x1b\\",
    // Cursor, screen, scrolling, what is erased and overwritten.
    "\x1b[2J\x1b[H",
    "\x1b[1;1Hroot@host:~#",
    "\x1b[10A\x1b[2K\x1b[1G",
    "\x1b[3J\x1b[?1049l",
    "\x1b[1;1r\x1b[5S\x1b[5T",
    "\x1b7\x1b8\x1b[s\x1b[u",
    "\x1bD\x1bE\x1bM",
    "all good\rFAILED   ",
    "visible\x08\x08\x08\x08\x08\x08\x08hidden ",
    "a\x0bb\x0cc",
    "\x1b[4hinsert\x1b[20h",
    // Modes: mouse, paste, keys, cursor, reset, size.
    "\x1b[?1000h\x1b[?1003h\x1b[?1006h",
    "\x1b[?2004h",
    "\x1b[200~ls\x1b[201~",
    "\x1b[?1h\x1b=\x1b>",
    "\x1b[?25l\x1b[?7l\x1b[?5h",
    "\x1bc",
    "\x1b[!p",
    "\x1b[8;1;1t\x1b[3;0;0t",
    "\x1b[?2026h",
    "\x1b[>4;2m\x1b[>1u",
    // Questions whose answer would be typed by the terminal.
    "\x1b[c\x1b[>c\x1b[=c",
    "\x1b[6n\x1b[5n",
    "\x1b[21t\x1b[18t",
    "\x05",
    // Character sets.
    "\x0e\x0f",
    "\x1b(0lqk\x1b(B",
    "\x1b%@\x1b%G",
    "\x1bn\x1bo\x1b~",
    "\x1b#8",
    // Colours: harmless, hiding, half.
    "\x1b[31mred\x1b[0m",
    "\x1b[8mhidden\x1b[28m",
    "\x1b[30;40mblack on black",
    "\x1b[38;2;1;2;3m\x1b[5m\x1b[7m",
    "\x1b[",
    "\x1b",
    "\x1b[31",
    "\x1b[3\x1b[31m1m",
    // Eight-bit controls (CVE-2025-58160 is a log library that let escapes through).
    "\u{9b}2J\u{9b}31m",
    "\u{90}q\u{9c}",
    "\u{84}\u{85}\u{8d}",
    "\u{80}\u{99}\u{9f}",
    // Controls by themselves.
    "\0nul\0",
    "\x07\x07\x07",
    "\x7f\x7f",
    "line\nbreak\r\nand\ttab",
    "\x01\x02\x03\x04\x06\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1c\x1d\x1e\x1f",
    // What a decoder of JSON or URLs must not turn back into the real thing (GHSA-x3g7-qrwc-f6c5).
    "\\u001b]0;owned\\u0007",
    "%1b]0;owned%07",
    "\\x1b[2J \\033[2J ^[[2J",
    // Direction.
    "user\u{202e}gpj.exe",
    "\u{202a}a\u{202b}b\u{202c}c\u{202d}d",
    "\u{2066}a\u{2067}b\u{2068}c\u{2069}",
    "\u{200e}a\u{200f}b\u{61c}c",
    "line\u{2028}separator\u{2029}paragraph",
    "\u{5d0}\u{5d1} abc \u{627}\u{628}",
    // What nobody sees.
    "pay\u{200b}pal\u{200c}\u{200d}\u{2060}",
    "\u{feff}bom\u{ad}soft",
    "\u{e0001}\u{e0041}\u{e0042}\u{e007f}tags",
    "a\u{fe0f}b\u{fe00}c\u{e0100}",
    "\u{115f}\u{1160}\u{3164}\u{ffa0}filler",
    "\u{2061}\u{2062}\u{2063}\u{2064}\u{180e}",
    "\u{fff9}base\u{fffa}note\u{fffb}",
    "\u{2800}\u{fffe}\u{ffff}\u{fdd0}",
    // Marks, clusters, pictures.
    "\u{301}leading",
    "Z\u{351}\u{36b}\u{343}\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}a",
    "\u{20dd}\u{20de}\u{489}",
    "क\u{94d}ष\u{94d}त\u{94d}र\u{93f}",
    "👨\u{200d}👩\u{200d}👧\u{200d}👦 ❤\u{fe0f} 1\u{fe0f}\u{20e3} 👍🏽",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "\u{fffd}\u{fffc}",
    "ﷺ﷽꧅",
];
