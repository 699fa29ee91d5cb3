//! What is called: functions as the compiler and the evaluator see them.

/// What a call computes. Arguments are given as types; null in any of them gives null, except
/// where the function says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// (text, text): whether the first contains the second.
    Contains,
    /// (text, text): the same with both [`Function::Lower`].
    ContainsIgnoringCase,
    /// (text, text): whether the first starts with the second.
    StartsWith,
    /// (text, text): whether the first ends with the second.
    EndsWith,
    /// (text): the number of its characters, as an int.
    Length,
    /// (list): the number of its items, as an int.
    Count,
    /// (text): in lower case, character by character; see [`crate::lower`].
    Lower,
    /// (text): in upper case, ASCII letters only.
    UpperAscii,
    /// (text): in lower case, ASCII letters only.
    LowerAscii,
    /// (text): without the characters of [`crate::WHITE_SPACE`] at both ends.
    Trim,
    /// (money): the amount, as a decimal.
    Amount,
    /// (money): the currency's code, as text.
    Currency,
    /// (int): as a decimal.
    ToDecimal,
    /// (decimal): cut to an int; null if it has none.
    ToInt,
    /// (bool, int, decimal, date or id): as text.
    ToText,
    /// (timestamp): its day in the time zone.
    ToDate,
    /// (date): its beginning in the time zone; null outside of the range of timestamps.
    ToTimestamp,
    /// (json): its text; null if it is something else.
    JsonText,
    /// (json): its number as a decimal, cut to nine places; null if it is something else.
    JsonNumber,
    /// (json): its boolean; null if it is something else.
    JsonBool,
    /// (json): its items; an empty list if it is something else.
    JsonList,
    /// (): the moment of evaluation, as a timestamp.
    Now,
    /// (): the day of evaluation in the time zone, as a date.
    Today,
    /// (): the user for whom the expression is evaluated; null if there is none.
    Me,
    /// (date or timestamp): a part of it in the time zone, as an int.
    Part(Part),
    /// (duration): how many whole units it has, cut towards zero, as an int.
    Total(Unit),
    /// (int, decimal or money): without its sign.
    Abs,
    /// (decimal, literal int 0 to 9): to so many places, halves away from zero.
    Round,
    /// (decimal): the greatest whole number that is not greater.
    Floor,
    /// (decimal): the least whole number that is not less.
    Ceil,
    /// (one ordered type but money, …): the least that is not null; null if all are.
    Least,
    /// (one ordered type but money, …): the greatest that is not null; null if all are.
    Greatest,
    /// (one type, …): the first that is not null; null if all are.
    Coalesce,
}

/// A part of a date or a time. Each counts as PostgreSQL's `extract` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The year.
    Year,
    /// The quarter, 1 to 4.
    Quarter,
    /// The month, 1 to 12.
    Month,
    /// The day of the month, 1 to 31.
    Day,
    /// The day of the week, 0 (Sunday) to 6 (`dow`).
    DayOfWeek,
    /// The day of the year, 1 to 366 (`doy`).
    DayOfYear,
    /// The hour, 0 to 23; of timestamps only, as all that follow.
    Hour,
    /// The minute, 0 to 59.
    Minute,
    /// The whole second, 0 to 59.
    Second,
    /// The whole milliseconds within the second, 0 to 999.
    Millisecond,
}

/// A unit of durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 24 hours.
    Days,
    /// Hours.
    Hours,
    /// Minutes.
    Minutes,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

impl Unit {
    /// How many microseconds it has.
    pub fn micros(self) -> i64 {
        match self {
            Self::Days => 86_400_000_000,
            Self::Hours => 3_600_000_000,
            Self::Minutes => 60_000_000,
            Self::Seconds => 1_000_000,
            Self::Milliseconds => 1_000,
        }
    }
}
