//! The walk over a pattern's characters.

use std::fmt::Write as _;

/// The greatest number of a repetition.
const MAX_REPEAT: u32 = 100;

/// How deeply groups may be nested.
const MAX_GROUPS: u32 = 16;

/// The ranges of `\d`, `\w` and `\s`.
const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str = " \t\n\u{b}\u{c}\r";

/// The pattern written anew, and its size once repetitions are written out.
pub(super) fn rewrite(source: &str) -> Result<(String, u32), String> {
    let mut reader = Reader {
        rest: source.chars().collect::<Vec<_>>().into_iter().peekable(),
        at: 0,
        out: String::new(),
        open: 0,
    };
    let size = reader.alternatives()?;
    if reader.next().is_some() {
        return Err(reader.wrong("`)` without `(`"));
    }
    Ok((reader.out, size))
}

struct Reader {
    rest: std::iter::Peekable<std::vec::IntoIter<char>>,
    /// How many characters have been read.
    at: usize,
    out: String,
    open: u32,
}

/// What a quantifier may follow, and its size.
enum Atom {
    Anchor,
    Sized(u32),
}

impl Reader {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.next();
        self.at += usize::from(next.is_some());
        next
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.rest.next_if_eq(&c).is_some();
        self.at += usize::from(found);
        found
    }

    fn wrong(&self, what: &str) -> String {
        format!("{what} at character {} of the pattern", self.at.max(1))
    }

    /// Reads up to the end or to the `)` that closes this group, and gives its size.
    fn alternatives(&mut self) -> Result<u32, String> {
        let mut size = 0_u32;
        let mut parts = 0;
        let mut several = false;
        loop {
            match self.rest.peek() {
                None | Some(')') => {
                    if parts == 0 && several {
                        return Err(self.wrong("nothing stands beside `|`"));
                    }
                    return Ok(size);
                }
                Some('|') => {
                    self.next();
                    if parts == 0 {
                        return Err(self.wrong("nothing stands beside `|`"));
                    }
                    self.out.push('|');
                    (parts, several) = (0, true);
                }
                Some(_) => {
                    size = size.saturating_add(self.part()?);
                    parts += 1;
                }
            }
        }
    }

    /// Reads one part and its quantifier.
    fn part(&mut self) -> Result<u32, String> {
        let atom = self.atom()?;
        let (least, most) = match self.rest.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => (u32::MAX, None),
            _ => {
                return Ok(match atom {
                    Atom::Anchor => 0,
                    Atom::Sized(size) => size,
                });
            }
        };
        let Atom::Sized(size) = atom else {
            self.next();
            return Err(self.wrong("`^` and `$` can't be repeated"));
        };
        let mark = self.next().unwrap_or('*');
        let times = if mark == '{' {
            self.repetition()?
        } else {
            self.out.push(mark);
            most.unwrap_or(least).max(1)
        };
        self.take('?');
        if let Some('*' | '+' | '?' | '{') = self.rest.peek() {
            self.next();
            return Err(self.wrong("a repetition of a repetition"));
        }
        Ok(size.saturating_mul(times))
    }

    /// Reads `2}`, `2,}` or `2,5}`, and gives the number of times to write it out.
    fn repetition(&mut self) -> Result<u32, String> {
        let least = self.number()?;
        let most = if self.take(',') {
            match self.rest.peek() {
                Some('}') => None,
                _ => Some(self.number()?),
            }
        } else {
            Some(least)
        };
        if !self.take('}') {
            self.next();
            return Err(self.wrong("expected `}`"));
        }
        match most {
            Some(most) if most < least => return Err(self.wrong("the greater number stands first")),
            Some(most) if most == least => write!(self.out, "{{{least}}}"),
            Some(most) => write!(self.out, "{{{least},{most}}}"),
            None => write!(self.out, "{{{least},}}"),
        }
        .map_err(|_| self.wrong("unreadable"))?;
        Ok(most.unwrap_or(least).max(1))
    }

    fn number(&mut self) -> Result<u32, String> {
        let mut number = None;
        while let Some(digit) = self.rest.peek().and_then(|c| c.to_digit(10)) {
            self.next();
            let value = number.unwrap_or(0) * 10 + digit;
            if value > MAX_REPEAT {
                return Err(self.wrong(&format!("a repetition is at most {MAX_REPEAT}")));
            }
            number = Some(value);
        }
        number.ok_or_else(|| {
            self.next();
            self.wrong("expected a number")
        })
    }

    fn atom(&mut self) -> Result<Atom, String> {
        let Some(c) = self.next() else {
            return Err(self.wrong("the pattern ends too early"));
        };
        match c {
            '^' | '$' => {
                self.out.push(c);
                return Ok(Atom::Anchor);
            }
            '.' => self.out.push(c),
            '(' => return self.group(),
            '[' => self.class()?,
            '\\' => match self.escaped(c)? {
                Escape::Char(c) => self.push(c),
                Escape::Class(ranges, negated) => {
                    let not = if negated { "^" } else { "" };
                    let _ = write!(self.out, "[{not}{ranges}]");
                }
            },
            '*' | '+' | '?' | '{' => return Err(self.wrong("there is nothing to repeat")),
            c => self.push(c),
        }
        Ok(Atom::Sized(1))
    }

    /// Writes a character that stands for itself.
    fn push(&mut self, c: char) {
        if matches!(
            c,
            '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$'
        ) {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    fn group(&mut self) -> Result<Atom, String> {
        if self.take('?') && !self.take(':') {
            return Err(self.wrong("only groups `(…)` and `(?:…)` are supported"));
        }
        self.open += 1;
        if self.open > MAX_GROUPS {
            return Err(self.wrong("groups are nested too deeply"));
        }
        self.out.push_str("(?:");
        let size = self.alternatives()?;
        if !self.take(')') {
            return Err(self.wrong("`(` is never closed"));
        }
        self.out.push(')');
        self.open -= 1;
        Ok(Atom::Sized(size.max(1)))
    }

    /// Reads a class whose `[` is already read.
    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.take('^') {
            self.out.push('^');
        }
        let mut items = 0;
        loop {
            let Some(c) = self.next() else {
                return Err(self.wrong("`[` is never closed"));
            };
            match c {
                ']' if items > 0 => break,
                ']' => return Err(self.wrong("an empty class")),
                '[' => return Err(self.wrong("`[` in a class has to be written `\\[`")),
                c => self.range(c)?,
            }
            items += 1;
        }
        self.out.push(']');
        Ok(())
    }

    /// Reads the rest of a class's item that begins with `first`.
    fn range(&mut self, first: char) -> Result<(), String> {
        let from = match self.escaped(first)? {
            Escape::Class(ranges, false) => {
                self.out.push_str(ranges);
                return Ok(());
            }
            Escape::Class(_, true) => return Err(self.wrong("not supported within a class")),
            Escape::Char(c) => c,
        };
        self.push_in_class(from);
        // A `-` before the closing bracket stands for itself.
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('-') || matches!(ahead.next(), None | Some(']')) {
            return Ok(());
        }
        self.next();
        let Some(c) = self.next() else {
            return Err(self.wrong("`[` is never closed"));
        };
        match self.escaped(c)? {
            Escape::Char(to) if to >= from && c != '[' => {
                self.out.push('-');
                self.push_in_class(to);
                Ok(())
            }
            _ => Err(self.wrong("not a range")),
        }
    }

    fn push_in_class(&mut self, c: char) {
        if matches!(c, '\\' | '[' | ']' | '^' | '-' | '&' | '~') {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    /// What `c` and, if it is a backslash, the character after it stand for.
    fn escaped(&mut self, c: char) -> Result<Escape, String> {
        if c != '\\' {
            return Ok(Escape::Char(c));
        }
        Ok(match self.next() {
            Some('d') => Escape::Class(DIGIT, false),
            Some('D') => Escape::Class(DIGIT, true),
            Some('w') => Escape::Class(WORD, false),
            Some('W') => Escape::Class(WORD, true),
            Some('s') => Escape::Class(SPACE, false),
            Some('S') => Escape::Class(SPACE, true),
            Some('t') => Escape::Char('\t'),
            Some('n') => Escape::Char('\n'),
            Some('r') => Escape::Char('\r'),
            Some('f') => Escape::Char('\u{c}'),
            Some('v') => Escape::Char('\u{b}'),
            Some(c) if c.is_ascii_punctuation() || c == ' ' => Escape::Char(c),
            Some(c) => return Err(self.wrong(&format!("`\\{c}` is not supported"))),
            None => return Err(self.wrong("`\\` stands at the end")),
        })
    }
}

/// What stands after a backslash.
enum Escape {
    Char(char),
    /// Ranges as they stand in a class, and whether their opposite is meant.
    Class(&'static str, bool),
}
