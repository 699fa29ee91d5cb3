//! Random requests that come again from the same seed.

use crate::machine::FIELDS;

/// A xorshift generator: the same numbers from the same seed on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("a small number")
    }

    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// The types that expressions have.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Bool,
    Int,
    Decimal,
    Money,
    Text,
    Date,
    Time,
    Duration,
    Texts,
}

use Kind::{Bool, Date, Decimal, Duration, Int, Money, Text, Texts, Time};

const KINDS: [Kind; 9] = [Bool, Int, Decimal, Money, Text, Date, Time, Duration, Texts];

/// Fields and literals of a type.
fn atoms(kind: Kind) -> &'static [&'static str] {
    match kind {
        Bool => &["electric", "true", "false", "has(text)", "has(maker)"],
        Int => &[
            "seats",
            "stars",
            "version",
            "0",
            "-1",
            "7",
            "9223372036854775807",
            "-9223372036854775808",
            "size(tags)",
        ],
        Decimal => &[
            "weight",
            "1.5",
            "0.0",
            "-0.001",
            "99999999999999999999999999.99",
            "price.amount",
        ],
        Money => &["price", "price", "maker.annual_revenue"],
        Text => &[
            "text",
            "plate",
            "story",
            "name",
            "external_id",
            "maker.name",
            "garage.city",
            "color",
            "price.currency",
            "string(raw.a)",
            "\"\"",
            "\"Acme\"",
            "\"%_\\\\\"",
            "\"x\\n\\\"'\"",
            "\"EUR\"",
            "\"\u{1f600}\u{301}İ\"",
        ],
        Date => &[
            "built",
            "today()",
            "date(\"2026-02-28\")",
            "date(\"9999-12-31\")",
            "date(\"0001-01-01\")",
            "date(seen)",
        ],
        Time => &[
            "seen",
            "created_at",
            "now()",
            "timestamp(\"2026-03-01T09:30:00Z\")",
            "timestamp(\"9999-12-30T21:59:59Z\")",
            "timestamp(built)",
        ],
        Duration => &[
            "duration(\"24h\")",
            "duration(\"3650000d\")",
            "duration(\"-1h30m\")",
            "seen - created_at",
        ],
        Texts => &[
            "tags",
            "extras",
            "mails",
            "calls",
            "sites",
            "[\"a\", \"b\"]",
            "[\"Acme\"]",
        ],
    }
}

/// Expressions of a type; each letter stands for one of the type that it begins:
/// `B`ool, `I`nt, d`E`cimal, `M`oney, `T`ext, `D`ate, ti`S`tamp, d`U`ration, `L`ist.
fn shapes(kind: Kind) -> &'static [&'static str] {
    match kind {
        Bool => &[
            "I == I",
            "I < I",
            "E <= I",
            "E != E",
            "M > M",
            "M == M",
            "T == T",
            "T < T",
            "T != T",
            "D < D",
            "D == D",
            "S > S",
            "S <= S",
            "U < U",
            "B && B",
            "B || B",
            "!B",
            "B == B",
            "T in L",
            "T in [T, T]",
            "I in [I, I, I]",
            "T.contains(T)",
            "T.icontains(T)",
            "T.startsWith(T)",
            "T.endsWith(T)",
            "T.matches(\"^[a-z]+.?\")",
            "L.exists(x, x == T)",
            "L.all(x, x.contains(T))",
            "I == null",
            "M == null",
            "T == null",
            "has(price)",
            "B ? B : B",
            "maker == null",
            "subject == null",
            "raw.a == \"x\"",
            "driver == me()",
            "dealers.exists(x, x.name == T)",
            "coalesce(B, B)",
        ],
        Int => &[
            "I + I",
            "I - I",
            "I * I",
            "I / I",
            "I % I",
            "-I",
            "abs(I)",
            "int(E)",
            "size(T)",
            "size(L)",
            "min(I, I)",
            "max(I, I)",
            "coalesce(I, I)",
            "B ? I : I",
            "D.getFullYear()",
            "S.getHours()",
            "S.getDayOfWeek()",
            "daysSince(D)",
            "daysUntil(S)",
            "D.getQuarter()",
            "S.getMilliseconds()",
            "U.getMinutes()",
            "floor(E)",
            "ceil(E)",
            "round(E)",
            "D.getDayOfYear()",
        ],
        Decimal => &[
            "E + E",
            "E - I",
            "E * E",
            "E / E",
            "E % E",
            "I / E",
            "-E",
            "abs(E)",
            "round(E, 2)",
            "round(E, -3)",
            "min(E, E)",
            "max(E, I)",
            "coalesce(E, E)",
            "double(I)",
            "double(M)",
            "M / M",
            "B ? E : E",
            "E * E * E",
        ],
        Money => &[
            "M + M",
            "M - M",
            "M * I",
            "M * E",
            "M / I",
            "M / E",
            "-M",
            "abs(M)",
            "min(M, M)",
            "coalesce(M, M)",
            "B ? M : M",
        ],
        Text => &[
            "T + T",
            "lower(T)",
            "lowerAscii(T)",
            "upperAscii(T)",
            "trim(T)",
            "string(I)",
            "string(E)",
            "string(D)",
            "string(S)",
            "string(M)",
            "string(B)",
            "coalesce(T, T)",
            "B ? T : T",
            "min(T, T)",
        ],
        Date => &[
            "D + U",
            "D - U",
            "date(S)",
            "min(D, D)",
            "max(D, D)",
            "coalesce(D, D)",
            "B ? D : D",
        ],
        Time => &[
            "S + U",
            "S - U",
            "timestamp(D)",
            "min(S, S)",
            "coalesce(S, S)",
            "B ? S : S",
        ],
        Duration => &["S - S", "U + U", "U - U", "D - D", "-U", "B ? U : U"],
        Texts => &["B ? L : L", "[T, T]"],
    }
}

/// A random expression of any type.
pub fn expression(random: &mut Random, depth: usize) -> String {
    let kind = *random.pick(&KINDS);
    typed(random, kind, depth)
}

/// A random expression of a type; one part in forty is of another.
pub fn typed(random: &mut Random, kind: Kind, depth: usize) -> String {
    let kind = match random.below(40) {
        0 => *random.pick(&KINDS),
        _ => kind,
    };
    if depth == 0 || random.below(5) == 0 {
        return (*random.pick(atoms(kind))).to_owned();
    }
    let shape = *random.pick(shapes(kind));
    let mut out = "(".to_owned();
    let mut letters = shape.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let alone = !before.is_ascii_alphanumeric()
            && !letters.peek().is_some_and(char::is_ascii_alphanumeric);
        let kind = match letter {
            'B' => Some(Bool),
            'I' => Some(Int),
            'E' => Some(Decimal),
            'M' => Some(Money),
            'T' => Some(Text),
            'D' => Some(Date),
            'S' => Some(Time),
            'U' => Some(Duration),
            'L' => Some(Texts),
            _ => None,
        };
        match kind.filter(|_| alone) {
            Some(kind) => out.push_str(&typed(random, kind, depth - 1)),
            None => out.push(letter),
        }
        before = letter;
    }
    out.push(')');
    out
}

/// The name of a field of machines.
pub fn field(random: &mut Random) -> String {
    match random.below(FIELDS.len() + 3) {
        place if place < FIELDS.len() => FIELDS[place].0.to_owned(),
        place => ["name", "owner", "external_id"][place - FIELDS.len()].to_owned(),
    }
}
