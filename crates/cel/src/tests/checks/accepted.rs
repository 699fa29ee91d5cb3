//! What the checker makes of expressions.

use insta::assert_snapshot;

use super::super::fixture::{Crm, checked};
use super::{tree, trees};
use crate::{Expression, Type, check_as};

#[test]
fn names_become_fields() {
    assert_snapshot!(trees(&[
        "name",
        "company.parent.name",
        "data.a[\"b c\"][0]",
        "tags[1]",
        "contacts.exists(c, c.company.industry == name)",
        "tags.exists(t, kinds.all(k, k == t))",
        "contacts.exists(name, name.city == \"Oslo\") && name == \"x\"",
        "amount.amount > 1 && amount.currency == \"EUR\"",
    ]), @r#"
    name
      name: text
    company.parent.name
      company.parent.name: text
    data.a["b c"][0]
      (json data [Key("a"), Key("b c"), Index(0)]): JSON
    tags[1]
      (item tags 1): text
    contacts.exists(c, c.company.industry == name)
      (Exists $0 contacts (Eq $0.company.industry name)): a boolean
    tags.exists(t, kinds.all(k, k == t))
      (Exists $0 tags (All $1 kinds (Eq $1 $0))): a boolean
    contacts.exists(name, name.city == "Oslo") && name == "x"
      (and (Exists $0 contacts (Eq $0.city "Oslo")) (Eq name "x")): a boolean
    amount.amount > 1 && amount.currency == "EUR"
      (and (Gt (Amount amount) 1.0) (Eq (Currency amount) "EUR")): a boolean
    "#);
}

#[test]
fn comparisons_are_normalised() {
    assert_snapshot!(trees(&[
        "name == note",
        "\"a\" < name",
        "probability > 10",
        "10 >= probability",
        "probability > 10.0",
        "probability > 10.5",
        "score > 10",
        "score > probability",
        "amount > 10000",
        "amount == \"1500.00 EUR\"",
        "amount == budget",
        "kind == \"open\"",
        "kind == name",
        "kind == kinds[0]",
        "due >= \"2026-11-21\"",
        "due < now()",
        "due == today()",
        "created_at >= \"2026-07-01\"",
        "created_at < \"2026-07-01T00:00:00Z\"",
        "age > \"36h\"",
        "id == \"019a8d2e-7f00-7000-8000-000000000001\"",
        "owner == me()",
        "owner == id",
        "company == company.parent",
        "data.a == \"x\"",
        "data.a > 5",
        "data.a == closed",
        "closed == true",
        "due == null",
        "null != data.a",
        "null == null",
        "company != null",
    ]), @r#"
    name == note
      (Eq name note): a boolean
    "a" < name
      (Gt name "a"): a boolean
    probability > 10
      (Gt probability 10): a boolean
    10 >= probability
      (Le probability 10): a boolean
    probability > 10.0
      (Gt probability 10): a boolean
    probability > 10.5
      (Gt (ToDecimal probability) 10.5): a boolean
    score > 10
      (Gt score 10.0): a boolean
    score > probability
      (Gt score (ToDecimal probability)): a boolean
    amount > 10000
      (Gt (Amount amount) 10000.0): a boolean
    amount == "1500.00 EUR"
      (Eq amount 1500 EUR): a boolean
    amount == budget
      (Eq amount budget): a boolean
    kind == "open"
      (Eq kind "open"): a boolean
    kind == name
      (Eq kind name): a boolean
    kind == kinds[0]
      (Eq kind (item kinds 0)): a boolean
    due >= "2026-11-21"
      (Ge due 2026-11-21): a boolean
    due < now()
      (Lt (ToTimestamp due) (Now)): a boolean
    due == today()
      (Eq due (Today)): a boolean
    created_at >= "2026-07-01"
      (Ge created_at 2026-06-30T22:00:00Z): a boolean
    created_at < "2026-07-01T00:00:00Z"
      (Lt created_at 2026-07-01T00:00:00Z): a boolean
    age > "36h"
      (Gt age 36h): a boolean
    id == "019a8d2e-7f00-7000-8000-000000000001"
      (Eq id 019a8d2e-7f00-7000-8000-000000000001): a boolean
    owner == me()
      (Eq owner (Me)): a boolean
    owner == id
      (Eq owner id): a boolean
    company == company.parent
      (Eq company company.parent): a boolean
    data.a == "x"
      (Eq (JsonText (json data [Key("a")])) "x"): a boolean
    data.a > 5
      (Gt (JsonNumber (json data [Key("a")])) 5.0): a boolean
    data.a == closed
      (Eq (JsonBool (json data [Key("a")])) closed): a boolean
    closed == true
      (Eq closed true): a boolean
    due == null
      (null due): a boolean
    null != data.a
      (notnull (json data [Key("a")])): a boolean
    null == null
      true: a boolean
    company != null
      (notnull company): a boolean
    "#);
}

#[test]
fn lists_are_normalised() {
    assert_snapshot!(trees(&[
        "kind in [\"open\", \"won\"]",
        "name in [\"a\", note]",
        "probability in [1, 2.0]",
        "probability in [1, 2.5]",
        "due in [\"2026-01-01\", today()]",
        "amount in [1, 2]",
        "name in []",
        "\"a\" in tags",
        "kind in kinds",
        "\"open\" in kinds",
        "name in kinds",
        "company in [company.parent]",
        "size(tags) > 1",
        "has(tags)",
        "has(data.a)",
        "has(company.industry)",
        "data.list.exists(x, x == 1)",
        "[\"a\", name].exists(x, x == note)",
    ]), @r#"
    kind in ["open", "won"]
      (in kind ["open" "won"]): a boolean
    name in ["a", note]
      (in name ["a" note]): a boolean
    probability in [1, 2.0]
      (in probability [1 2]): a boolean
    probability in [1, 2.5]
      (in (ToDecimal probability) [1 2.5]): a boolean
    due in ["2026-01-01", today()]
      (in due [2026-01-01 (Today)]): a boolean
    amount in [1, 2]
      (in (Amount amount) [1.0 2.0]): a boolean
    name in []
      (in name []): a boolean
    "a" in tags
      (in "a" tags): a boolean
    kind in kinds
      (in kind kinds): a boolean
    "open" in kinds
      (in "open" kinds): a boolean
    name in kinds
      (in name kinds): a boolean
    company in [company.parent]
      (in company [company.parent]): a boolean
    size(tags) > 1
      (Gt (Count tags) 1): a boolean
    has(tags)
      (Gt (Count tags) 0): a boolean
    has(data.a)
      (notnull (json data [Key("a")])): a boolean
    has(company.industry)
      (notnull company.industry): a boolean
    data.list.exists(x, x == 1)
      (Exists $0 (JsonList (json data [Key("list")])) (Eq (JsonNumber $0) 1.0)): a boolean
    ["a", name].exists(x, x == note)
      (Exists $0 ["a" name] (Eq $0 note)): a boolean
    "#);
}

#[test]
fn operators_are_normalised() {
    assert_snapshot!(trees(&[
        "closed && (closed && !closed) || (closed || data.x)",
        "probability + 1",
        "probability / 2.0",
        "-score - data.x",
        "name + \" \" + kind + data.x",
        "amount * probability / 100",
        "2 * amount",
        "amount - budget",
        "amount / budget",
        "duration(\"1h\") + created_at",
        "created_at - due",
        "due - today()",
        "7 + due",
        "due - duration(\"36h\")",
        "closed ? 1 : 2.5",
        "closed ? null : amount",
        "closed ? \"2026-01-01\" : due",
        "closed ? id : owner",
    ]), @r#"
    closed && (closed && !closed) || (closed || data.x)
      (or (and closed closed (not closed)) closed (JsonBool (json data [Key("x")]))): a boolean
    probability + 1
      (Add probability 1): a whole number
    probability / 2.0
      (Div (ToDecimal probability) 2.0): a number
    -score - data.x
      (Sub (neg score) (JsonNumber (json data [Key("x")]))): a number
    name + " " + kind + data.x
      (concat name " " kind (JsonText (json data [Key("x")]))): text
    amount * probability / 100
      (Div (Mul amount (ToDecimal probability)) 100.0): an amount of money
    2 * amount
      (Mul amount 2.0): an amount of money
    amount - budget
      (Sub amount budget): an amount of money
    amount / budget
      (Div amount budget): a number
    duration("1h") + created_at
      (Add created_at 1h): a timestamp
    created_at - due
      (Sub created_at (ToTimestamp due)): a duration
    due - today()
      (Sub due (Today)): a whole number
    7 + due
      (Add due 7): a date
    due - duration("36h")
      (Sub due (Total(Days) 36h)): a date
    closed ? 1 : 2.5
      (if closed 1.0 2.5): a number
    closed ? null : amount
      (if closed null amount): an amount of money
    closed ? "2026-01-01" : due
      (if closed 2026-01-01 due): a date
    closed ? id : owner
      (if closed id owner): an id
    "#);
}

#[test]
fn functions_are_normalised() {
    assert_snapshot!(trees(&[
        "name.contains(kind)",
        "name.icontains(\"x\")",
        "startsWith(name, data.x)",
            "name.matches(r\"^\\d+$\")",
        "size(name) + kind.size()",
        "name.trim().lower()",
        "coalesce(null, probability, score)",
        "coalesce(due, \"2026-01-01\")",
        "max(due, created_at)",
        "min(1, 2.5)",
        "abs(amount)",
        "round(score)",
        "amount.round(2)",
        "int(data.x)",
        "int(probability)",
        "double(probability)",
        "string(kind) + string(due)",
        "bool(data.x)",
        "date(\"2026-01-01\")",
        "date(created_at)",
        "timestamp(due)",
        "timestamp(\"2026-01-01\")",
        "daysSince(created_at)",
        "daysUntil(due)",
        "daysSince(\"2026-01-01\")",
        "due.getMonth()",
        "due.getHours()",
        "created_at.getDayOfWeek()",
        "age.getHours()",
        "\"2026-02-01T10:00\".getHours()",
    ]), @r#"
    name.contains(kind)
      (Contains name kind): a boolean
    name.icontains("x")
      (ContainsIgnoringCase name "x"): a boolean
    startsWith(name, data.x)
      (StartsWith name (JsonText (json data [Key("x")]))): a boolean
    name.matches(r"^\d+$")
      (matches name "^[0-9]+$"): a boolean
    size(name) + kind.size()
      (Add (Length name) (Length kind)): a whole number
    name.trim().lower()
      (Lower (Trim name)): text
    coalesce(null, probability, score)
      (Coalesce null (ToDecimal probability) score): a number
    coalesce(due, "2026-01-01")
      (Coalesce due 2026-01-01): a date
    max(due, created_at)
      (Greatest (ToTimestamp due) created_at): a timestamp
    min(1, 2.5)
      (Least 1.0 2.5): a number
    abs(amount)
      (Abs amount): an amount of money
    round(score)
      (Round score 0): a number
    amount.round(2)
      (Round (Amount amount) 2): a number
    int(data.x)
      (ToInt (JsonNumber (json data [Key("x")]))): a whole number
    int(probability)
      probability: a whole number
    double(probability)
      (ToDecimal probability): a number
    string(kind) + string(due)
      (concat kind (ToText due)): text
    bool(data.x)
      (JsonBool (json data [Key("x")])): a boolean
    date("2026-01-01")
      2026-01-01: a date
    date(created_at)
      (ToDate created_at): a date
    timestamp(due)
      (ToTimestamp due): a timestamp
    timestamp("2026-01-01")
      2025-12-31T23:00:00Z: a timestamp
    daysSince(created_at)
      (Sub (Today) (ToDate created_at)): a whole number
    daysUntil(due)
      (Sub due (Today)): a whole number
    daysSince("2026-01-01")
      (Sub (Today) 2026-01-01): a whole number
    due.getMonth()
      (Sub (Part(Month) due) 1): a whole number
    due.getHours()
      (Part(Hour) (ToTimestamp due)): a whole number
    created_at.getDayOfWeek()
      (Part(DayOfWeek) created_at): a whole number
    age.getHours()
      (Total(Hours) age): a whole number
    "2026-02-01T10:00".getHours()
      (Part(Hour) 2026-02-01T09:00:00Z): a whole number
    "#);
}

#[test]
fn a_result_is_made_what_is_wanted() {
    let made =
        |source: &str, ty: &Type| match check_as(&Expression::parse(source).unwrap(), &Crm, ty) {
            Ok(checked) => format!("{source}\n  {}: {}", tree(&checked), checked.ty),
            Err(error) => format!("{source}\n  {error}"),
        };
    let all = [
        made("probability", &Type::Decimal),
        made("amount", &Type::Decimal),
        made("data.x", &Type::Bool),
        made("null", &Type::Date),
        made("\"2026-01-01\"", &Type::Date),
        made("tags", &Type::Text.list()),
        made("kinds", &Type::Text.list()),
        made("[1, 2]", &Type::Decimal.list()),
        made("name", &Type::Bool),
        made("score", &Type::Int),
        made("created_at", &Type::Date),
        made("probability", &Type::Text),
        made("tags", &Type::Int.list()),
    ];
    assert_snapshot!(all.join("\n"), @r#"
    probability
      (ToDecimal probability): a number
    amount
      (Amount amount): a number
    data.x
      (JsonBool (json data [Key("x")])): a boolean
    null
      null: a date
    "2026-01-01"
      2026-01-01: a date
    tags
      tags: a list of texts
    kinds
      kinds: a list of options
    [1, 2]
      [1.0 2.0]: a list of numbers
    name
      expected a boolean, but `name` is text (line 1, column 1)
    score
      expected a whole number, but `score` is a number; cut it by `int(…)` or round it by `int(round(…))` (line 1, column 1)
    created_at
      expected a date, but `created_at` is a timestamp; use `date(…)` (line 1, column 1)
    probability
      expected text, but `probability` is a whole number; use `string(…)` (line 1, column 1)
    tags
      expected a list of whole numbers, but `tags` is a list of texts (line 1, column 1)
    "#);
}

#[test]
fn a_compiler_learns_what_is_read() {
    let part = checked("company.name == name && contacts.exists(c, c.city == name)");
    let fields: Vec<String> = part
        .fields()
        .iter()
        .map(|field| field.path.join("."))
        .collect();
    assert_eq!(fields, ["company.name", "name", "contacts", "city", "name"]);
    assert!(!part.is_volatile());
    for source in ["daysSince(due) > 3", "now() > created_at", "owner == me()"] {
        assert!(checked(source).is_volatile(), "{source}");
    }
}
