//! What the checker refuses, and where.

use insta::assert_snapshot;

use super::super::fixture::{Crm, checked, problem, problems};
use crate::{Expression, MAX_QUANTIFIERS};

#[test]
fn unknown_names_are_pointed_at() {
    assert_snapshot!(problems(&[
        "nmae == \"x\"",
        "xyzzy",
        "company.indutsry == \"x\"",
        "company.xyzzy == \"x\"",
        "company.parent.nam",
        "name.length",
        "amount.curency",
        "contain(name, \"x\")",
        "name.startswith(\"x\")",
        "name.match(\"x\")",
        "tags.filter(t, t == \"x\")",
        "exists(tags, t, t == \"x\")",
        "tags.exists(t, tt == \"x\")",
        "tags.exists(t, t == \"x\") && t == \"x\"",
    ]), @r#"
    nmae == "x"
    ^^^^
    unknown_name: there is no field `nmae`; did you mean `name`?

    xyzzy
    ^^^^^
    unknown_name: there is no field `xyzzy`

    company.indutsry == "x"
            ^^^^^^^^
    unknown_name: `company` has no field `indutsry`; did you mean `industry`?

    company.xyzzy == "x"
            ^^^^^
    unknown_name: `company` has no field `xyzzy`

    company.parent.nam
                   ^^^
    unknown_name: `company.parent` has no field `nam`; did you mean `name`?

    name.length
         ^^^^^^
    unknown_name: `name` is text and has no `length`

    amount.curency
           ^^^^^^^
    unknown_name: `amount` is an amount of money and has no `curency`; did you mean `currency`?

    contain(name, "x")
    ^^^^^^^
    unknown_name: there is no function `contain`; did you mean `contains`?

    name.startswith("x")
         ^^^^^^^^^^
    unknown_name: there is no function `startswith`; did you mean `startsWith`?

    name.match("x")
         ^^^^^
    unknown_name: there is no function `match`; did you mean `matches`?

    tags.filter(t, t == "x")
         ^^^^^^
    unknown_name: `filter` is not supported; use `exists`, `all` or `size`

    exists(tags, t, t == "x")
    ^^^^^^
    unknown_name: expected `list.exists(item, condition)`

    tags.exists(t, tt == "x")
                   ^^
    unknown_name: there is no field `tt`; did you mean `t`?

    tags.exists(t, t == "x") && t == "x"
                                ^
    unknown_name: there is no field `t`
    "#);
}

#[test]
fn what_does_not_fit_is_pointed_at() {
    assert_snapshot!(problems(&[
        "name > 5",
        "probability == \"5\"",
        "kind < \"open\"",
        "kind < name",
        "closed < true",
        "id < id",
        "tags == [\"a\"]",
        "tags == null",
        "data.a == data.b",
        "due < null",
        "company == owner",
        "closed ? 1 : \"a\"",
        "[1, \"a\"]",
        "[1, null]",
        "[[1]]",
        "name in \"abc\"",
        "null in tags",
        "5 in tags",
        "name && closed",
        "!name",
        "probability ? 1 : 2",
        "-name",
        "name + 1",
        "amount + 100",
        "amount * amount",
        "created_at + 1",
        "created_at - \"2026-01-01\"",
        "null + 1",
        "data.a + data.b",
        "closed % closed",
        "{\"a\": 1}[\"a\"]",
        "tags[probability]",
        "tags[-1]",
        "name[0]",
        "data[name]",
        "contacts.city",
        "contacts[0].city",
        "9223372036854775808u == 1",
    ]), @r#"
    name > 5
           ^
    type: `name` is text and `5` is a whole number; text stands in quotes, a number without

    probability == "5"
                   ^^^
    type: expected a whole number, but `"5"` is text; a number stands without quotes

    kind < "open"
    ^^^^^^^^^^^^^
    type: options have no order; use `==`, `!=` or `in`

    kind < name
    ^^^^^^^^^^^
    type: options have no order; use `==`, `!=` or `in`

    closed < true
    ^^^^^^^^^^^^^
    type: `closed` is a boolean, which has no order

    id < id
    ^^^^^^^
    type: `id` is an id, which has no order

    tags == ["a"]
    ^^^^^^^^^^^^^
    type: lists can't be compared; use `in`, `.exists(…)` or `size(…)`

    tags == null
    ^^^^^^^^^^^^
    type: a list is never null; use `size(tags) == 0`

    data.a == data.b
    ^^^^^^^^^^^^^^^^
    type: two JSON values can't be compared; say of which type they are: `string(…)`, `double(…)` or `bool(…)`

    due < null
    ^^^^^^^^^^
    type: null can only be compared by `==` and `!=`

    company == owner
               ^^^^^
    type: `company` is a company record and `owner` is a user record; they can't be used together

    closed ? 1 : "a"
                 ^^^
    type: expected a whole number, but `"a"` is text; a number stands without quotes

    [1, "a"]
        ^^^
    type: expected a whole number, but `"a"` is text; a number stands without quotes

    [1, null]
        ^^^^
    type: a list has no nulls; compare with `== null`

    [[1]]
     ^^^
    type: a list can't have lists in it

    name in "abc"
            ^^^^^
    type: expected a list after `in`, but `"abc"` is text; use `.contains(…)`

    null in tags
    ^^^^
    type: a list has no nulls; compare with `== null`

    5 in tags
    ^
    type: `5` is a whole number, but `tags` is a list of texts

    name && closed
    ^^^^
    type: `&&` takes a boolean, but `name` is text

    !name
     ^^^^
    type: `!` takes a boolean, but `name` is text

    probability ? 1 : 2
    ^^^^^^^^^^^
    type: the condition of `?` takes a boolean, but `probability` is a whole number

    -name
    ^^^^^
    type: `-` can't be used with `name` (text)

    name + 1
    ^^^^^^^^
    type: `+` can't be used with `name` (text) and `1` (a whole number); use `string(…)` to make it text

    amount + 100
    ^^^^^^^^^^^^
    type: `+` can't be used with `amount` (an amount of money) and `100` (a whole number); use `.amount` to calculate with the number alone

    amount * amount
    ^^^^^^^^^^^^^^^
    type: `*` can't be used with `amount` (an amount of money) and `amount` (an amount of money)

    created_at + 1
    ^^^^^^^^^^^^^^
    type: `+` can't be used with `created_at` (a timestamp) and `1` (a whole number); write `duration("24h")`

    created_at - "2026-01-01"
    ^^^^^^^^^^^^^^^^^^^^^^^^^
    type: `-` can't be used with `created_at` (a timestamp) and `"2026-01-01"` (text); write `date("…")`, `timestamp("…")` or `duration("…")`

    null + 1
    ^^^^^^^^
    type: `+` can't be used with `null` (null) and `1` (a whole number)

    data.a + data.b
    ^^^^^^^^^^^^^^^
    type: say of which type the JSON values are: `string(…)` or `double(…)`

    closed % closed
    ^^^^^^^^^^^^^^^
    type: `%` can't be used with `closed` (a boolean) and `closed` (a boolean)

    {"a": 1}["a"]
    ^^^^^^^^
    type: maps are not supported; use `?:`

    tags[probability]
         ^^^^^^^^^^^
    type: expected a whole number from 0, as a literal

    tags[-1]
         ^^
    type: expected a whole number from 0, as a literal

    name[0]
    ^^^^
    type: `name` is text and has no items

    data[name]
         ^^^^
    type: expected a text or a whole number from 0, as a literal

    contacts.city
             ^^^^
    type: `contacts` is a list; use `.exists(item, item.city == …)`

    contacts[0].city
                ^^^^
    type: `.city` can only follow a field

    9223372036854775808u == 1
    ^^^^^^^^^^^^^^^^^^^^
    type: a whole number must be at most 9223372036854775807
    "#);
}

#[test]
fn arguments_that_do_not_fit_are_pointed_at() {
    assert_snapshot!(problems(&[
        "name.contains()",
        "name.contains(\"a\", \"b\")",
        "name.contains(5)",
            "name.matches(note)",
            "name.matches(\"a**\")",
            "probability.matches(\"5\")",
        "now(1)",
        "size(5)",
        "has(1 + 1)",
        "date(name)",
        "duration(5)",
        "timestamp(probability)",
        "round(score, 10)",
        "round(score, probability)",
        "abs(name)",
        "string(tags)",
        "double(name)",
        "bool(name)",
        "daysSince(name)",
        "due.getHours(1)",
        "name.getMonth()",
        "min(amount, budget)",
        "max(1)",
        "max(tags, tags)",
        "min(data.a, data.b)",
        "min(closed, closed)",
        "coalesce(name, 1)",
        "tags.exists(t)",
        "tags.exists(1, true)",
        "tags.all(t, t)",
        "name.exists(c, true)",
    ]), @r#"
    name.contains()
    ^^^^^^^^^^^^^^^
    type: expected `text.contains(text)`

    name.contains("a", "b")
    ^^^^^^^^^^^^^^^^^^^^^^^
    type: expected `text.contains(text)`

    name.contains(5)
                  ^
    type: expected text, but `5` is a whole number; use `string(…)`

    name.matches(note)
                 ^^^^
    type: expected a pattern as a literal text

    name.matches("a**")
                 ^^^^^
    type: a repetition of a repetition at character 3 of the pattern

    probability.matches("5")
    ^^^^^^^^^^^
    type: expected text, but `probability` is a whole number; use `string(…)`

    now(1)
    ^^^^^^
    type: expected `now()`

    size(5)
         ^
    type: expected `size(text or list)`, but `5` is a whole number

    has(1 + 1)
        ^^^^^
    type: `has` takes a field, but `1 + 1` is none

    date(name)
         ^^^^
    type: expected `date(text or timestamp)`, but `name` is text; the text has to be a literal

    duration(5)
             ^
    type: expected `duration(text)`, but `5` is a whole number

    timestamp(probability)
              ^^^^^^^^^^^
    type: expected `timestamp(text or date)`, but `probability` is a whole number

    round(score, 10)
                 ^^
    type: expected a whole number from 0 to 9, as a literal

    round(score, probability)
                 ^^^^^^^^^^^
    type: expected a whole number from 0 to 9, as a literal

    abs(name)
        ^^^^
    type: expected `abs(number or money)`, but `name` is text

    string(tags)
           ^^^^
    type: expected `string(value)`, but `tags` is a list of texts

    double(name)
           ^^^^
    type: expected `double(number, money or JSON)`, but `name` is text

    bool(name)
         ^^^^
    type: expected a boolean, but `name` is text

    daysSince(name)
              ^^^^
    type: expected `daysSince(date or timestamp)`, but `name` is text

    due.getHours(1)
    ^^^^^^^^^^^^^^^
    type: expected `time.getHours()`

    name.getMonth()
    ^^^^
    type: expected `time.getMonth()`, but `name` is text

    min(amount, budget)
    ^^^^^^^^^^^^^^^^^^^
    type: amounts may be in different currencies; use `.amount`

    max(1)
    ^^^^^^
    type: expected `max(value, value, …)`

    max(tags, tags)
    ^^^^^^^^^^^^^^^
    type: lists can't be chosen from

    min(data.a, data.b)
    ^^^^^^^^^^^^^^^^^^^
    type: say of which type the JSON values are: `string(…)` or `double(…)`

    min(closed, closed)
    ^^^^^^^^^^^^^^^^^^^
    type: these values have no order

    coalesce(name, 1)
                   ^
    type: `name` is text and `1` is a whole number; text stands in quotes, a number without

    tags.exists(t)
    ^^^^^^^^^^^^^^
    type: expected `exists(item, condition)`

    tags.exists(1, true)
    ^^^^^^^^^^^^^^^^^^^^
    type: expected `exists(item, condition)`

    tags.all(t, t)
                ^
    type: the condition takes a boolean, but `t` is text

    name.exists(c, true)
    ^^^^
    type: `name` is text and not a list
    "#);
}

#[test]
fn texts_that_are_not_what_they_stand_for_are_pointed_at() {
    assert_snapshot!(problems(&[
        "due > \"tomorrow\"",
        "created_at > \"2026-13-01\"",
        "age > \"soon\"",
        "company == \"ACME\"",
        "amount > \"lots\"",
        "amount > \"1.234 EUR\"",
        "kind == \"opne\"",
        "kind in [\"won\", \"xyz\"]",
        "coalesce(due, \"never\")",
        "date(\"2026-02-30\")",
        "daysSince(\"x\")",
    ]), @r#"
    due > "tomorrow"
          ^^^^^^^^^^
    type: "tomorrow" is not a date such as "2026-11-21"

    created_at > "2026-13-01"
                 ^^^^^^^^^^^^
    type: "2026-13-01" is not a timestamp such as "2026-11-21T09:30:00Z" or "2026-11-21"

    age > "soon"
          ^^^^^^
    type: "soon" is not a duration such as "24h", "1h30m" or "7d"

    company == "ACME"
               ^^^^^^
    type: "ACME" is not an id such as "019a8d2e-7f00-7000-8000-000000000000"

    amount > "lots"
             ^^^^^^
    type: "lots" is not an amount of money such as "1500.00 EUR"

    amount > "1.234 EUR"
             ^^^^^^^^^^^
    type: the amount in "1.234 EUR" must have at most 2 decimal places in EUR

    kind == "opne"
            ^^^^^^
    type: "opne" is not one of the options; did you mean `open`?

    kind in ["won", "xyz"]
                    ^^^^^
    type: "xyz" is not one of the options; there are `open`, `won`, `lost`

    coalesce(due, "never")
                  ^^^^^^^
    type: "never" is not a date such as "2026-11-21"

    date("2026-02-30")
         ^^^^^^^^^^^^
    type: "2026-02-30" is not a date such as "2026-11-21"

    daysSince("x")
              ^^^
    type: "x" is not a timestamp such as "2026-11-21T09:30:00Z" or "2026-11-21"
    "#);
}

#[test]
fn quantifiers_nest_only_so_deep() {
    let nested = |n: usize| {
        (0..n).fold("true".to_owned(), |inner, i| {
            format!("tags.exists(v{i}, {inner})")
        })
    };
    checked(&nested(MAX_QUANTIFIERS));
    assert_snapshot!(problem(&nested(MAX_QUANTIFIERS + 1)), @r#"
    tags.exists(v3, tags.exists(v2, tags.exists(v1, tags.exists(v0, true))))
                                                         ^^^^^^
    limit: at most 3 of `exists` and `all` may be nested
    "#);
}

#[test]
fn what_is_wrong_is_said_briefly() {
    let long = "x".repeat(10_000);
    for source in [
        long.clone(),
        format!("company.{long}"),
        format!("name.{long}()"),
        format!("name + {long}()"),
        format!("due > \"{long}\""),
        format!("kind == \"{long}\""),
        format!("\"{long}\" > 5"),
        format!("name {long}"),
        format!("1{long}"),
        format!("name.matches(\"\\\\{long}\")"),
    ] {
        let error = Expression::parse(&source)
            .and_then(|parsed| crate::check(&parsed, &Crm))
            .unwrap_err();
        let message = &error.fault().unwrap().message;
        assert!(message.len() < 300, "{message}");
    }
}
