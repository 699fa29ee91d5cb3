//! Parsing and writing back.

use insta::assert_snapshot;

use super::fixture::problems;
use crate::{
    BinaryOp, CelError, Expr, ExprKind, Expression, Identifier, Literal, MAX_DEPTH, MAX_NODES,
    MAX_SOURCE, UnaryOp,
};

/// The canonical text of `source`, which has to stand for the same.
fn canonical(source: &str) -> String {
    let parsed = Expression::parse(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    let text = parsed.to_string();
    let again = Expression::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(again.root(), parsed.root(), "{source} became {text}");
    text
}

#[test]
fn what_is_canonical_stays() {
    for source in [
        "a",
        "_a1.b.c",
        "a || b && c",
        "(a || b) && c",
        "a && (b && c)",
        "!(a && b)",
        "!a && !!b",
        "a == b",
        "a == b == c",
        "a < b != c",
        "a == (b < c)",
        "1 - 2 - 3",
        "1 - (2 - 3)",
        "(1 + 2) * 3",
        "1 + 2 * 3 % 4 / 5",
        "-5",
        "-(5)",
        "--5",
        "-(5.5)",
        "--a",
        "-a.b",
        "(-a).b",
        "(-5).b",
        "-(5).b",
        "(5)[0]",
        "a - -5",
        "-(5u)",
        "a in [1, 2]",
        "a ? b : c",
        "a ? b : c ? d : e",
        "(a ? b : c) ? d : e",
        "a ? (b ? c : d) : e",
        "a || b ? c || d : e || f",
        "f()",
        "f(a ? b : c, d)",
        "a.f(b).g[\"h\"][0].i",
        "[[], {}, {\"a\": 1, b: c ? d : e}]",
        "a.exists(b, b == 1)",
        "-9223372036854775808",
        "9223372036854775807",
        "18446744073709551615u",
        "0.000000001",
        "1.0",
        "\"a\\\"b\\\\c\\n\\r\\t\\u0001'ä\"",
        "[true, false, null]",
    ] {
        assert_eq!(canonical(source), source);
    }
}

#[test]
fn what_is_not_canonical_is_made_so() {
    for (source, expected) in [
        ("  a\t\n==\r\n'b' // a comment", "a == \"b\""),
        ("((a)) && ((b) == (c))", "a && b == c"),
        ("a&&b&&c||d", "a && b && c || d"),
        ("0xff + 0XFFu", "255 + 255u"),
        ("1e3 - .5 + 2.50E-1", "1000.0 - 0.5 + 0.25"),
        ("-0.0", "0.0"),
        ("- 5", "-5"),
        ("[1, 2,]", "[1, 2]"),
        ("f(1,)", "f(1)"),
        ("{1: 2,}", "{1: 2}"),
        ("a ? b ? c : d : e", "a ? (b ? c : d) : e"),
        (r#"'it\'s "x"'"#, r#""it's \"x\"""#),
        ("'''it's\n\"x\"'''", r#""it's\n\"x\"""#),
        (r#""""a"b""""#, r#""a\"b""#),
        (r#""" + '' + """""" "#, r#""" + "" + """#),
        (r"r'\d' + R'''\'''", r#""\\d" + "\\""#),
        (
            r#""\a\b\f\v\?\`\x41\X42\u00e4\U0001F600\103""#,
            "\"\\u0007\\u0008\\u000c\\u000b?`ABä😀C\"",
        ),
        ("r + R.b", "r + R.b"),
    ] {
        assert_eq!(canonical(source), expected);
    }
}

#[test]
fn syntax_errors_say_what_is_expected_and_where() {
    assert_snapshot!(problems(&[
        "",
        "   ",
        "a ==",
        "a b",
        "a and b",
        "NOT a",
        "a = 1",
        "a & b",
        "a | b",
        "(a",
        "a)",
        "[1, 2",
        "f(1 2)",
        "f(,)",
        "a ? b",
        "a.",
        "a.5",
        "a.in",
        "a[1",
        "{a}",
        "{a: 1",
        "T{a: 1}",
        "a ==\n  b #",
        "ä == 1",
        "a == “b”",
        "a == \u{7f}",
        "\"aäb\" == c d",
        "a == b averyveryveryveryveryveryveryverylongname",
    ]), @r#"

    ^
    syntax: expected a value, a field or `(`, found the end of the expression

       
       ^
    syntax: expected a value, a field or `(`, found the end of the expression

    a ==
        ^
    syntax: expected a value, a field or `(`, found the end of the expression

    a b
      ^
    syntax: expected an operator or the end of the expression, found `b`

    a and b
      ^^^
    syntax: expected an operator or the end of the expression, found `and`; write `&&`

    NOT a
        ^
    syntax: expected an operator or the end of the expression, found `a`; write `!` for `not`

    a = 1
      ^
    syntax: expected `==` to compare, found `=`

    a & b
      ^
    syntax: expected `&&`, found `&`

    a | b
      ^
    syntax: expected `||`, found `|`

    (a
      ^
    syntax: expected `)`, found the end of the expression

    a)
     ^
    syntax: expected an operator or the end of the expression, found `)`

    [1, 2
         ^
    syntax: expected `,` or `]`, found the end of the expression

    f(1 2)
        ^
    syntax: expected `,` or `)`, found `2`

    f(,)
      ^
    syntax: expected a value, a field or `(`, found `,`

    a ? b
         ^
    syntax: expected `:` and what holds otherwise, found the end of the expression

    a.
      ^
    syntax: expected a name after `.`, found the end of the expression

    a.5
     ^^
    syntax: expected an operator or the end of the expression, found `.5`

    a.in
      ^^
    syntax: expected a name after `.`, found `in`

    a[1
       ^
    syntax: expected `]`, found the end of the expression

    {a}
      ^
    syntax: expected `:` and a value, found `}`

    {a: 1
         ^
    syntax: expected `,` or `}`, found the end of the expression

    T{a: 1}
     ^
    syntax: expected an operator or the end of the expression, found `{`

      b #
        ^
    syntax: unexpected character `#`

    ä == 1
    ^
    syntax: unexpected character `ä`

    a == “b”
         ^
    syntax: expected a straight quote such as `"`, found `“`

    a == �
         ^
    syntax: unexpected character U+007F

    "aäb" == c d
               ^
    syntax: expected an operator or the end of the expression, found `d`

    a == b averyveryveryveryveryveryveryverylongname
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
    syntax: expected an operator or the end of the expression, found `averyveryveryveryveryveryveryverylongnam…`
    "#);
}

#[test]
fn wrong_literals_are_pointed_at() {
    assert_snapshot!(problems(&[
        "'abc",
        "'''abc'",
        "a == \"x\ny\"",
        r"'\q'",
        r"'\'",
        "'\\",
        r"'\xZZ'",
        r"'\u12'",
        r"'\ud800'",
        r"'\U00110000'",
        r"'\09'",
        r"'\377' + '\000'",
        r"'\x00'",
        "a\0b",
        "b'x'",
        "br\"x\"",
        "12ab",
        "0x",
        "0xg",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616u",
        "1e19",
        "0.0000000001",
        "1.5u",
        "1.2.3",
        "1..2",
    ]), @r#"
    'abc
    ^
    syntax: this text is never closed by `'`

    '''abc'
    ^^^
    syntax: this text is never closed by `'''`

    a == "x
           ^
    syntax: expected `"` before the end of the line

    '\q'
     ^^
    syntax: `\q` is not an escape; write `\\` for a backslash

    '\'
    ^
    syntax: this text is never closed by `'`

    '\
     ^
    syntax: expected a character after `\`, found the end of the expression

    '\xZZ'
     ^^
    syntax: expected 2 hexadecimal digits after `\x`

    '\u12'
     ^^
    syntax: expected 4 hexadecimal digits after `\u`

    '\ud800'
     ^^^^^^
    syntax: U+D800 is not a character

    '\U00110000'
     ^^^^^^^^^^
    syntax: U+110000 is not a character

    '\09'
     ^
    syntax: expected 3 octal digits after `\`

    '\377' + '\000'
              ^^^^
    syntax: a text must not contain NUL

    '\x00'
     ^^^^
    syntax: a text must not contain NUL

    a�b
     ^
    syntax: an expression must not contain NUL

    b'x'
    ^
    syntax: bytes are not supported; write a text without the `b`

    br"x"
    ^
    syntax: bytes are not supported; write a text without the `b`

    12ab
      ^
    syntax: expected an operator after the number `12`, found `a`

    0x
    ^^
    syntax: expected hexadecimal digits after `0x`

    0xg
    ^^
    syntax: expected hexadecimal digits after `0x`

    9223372036854775808
    ^^^^^^^^^^^^^^^^^^^
    syntax: a whole number must be between -9223372036854775808 and 9223372036854775807

    -9223372036854775809
    ^^^^^^^^^^^^^^^^^^^^
    syntax: a whole number must be between -9223372036854775808 and 9223372036854775807

    18446744073709551616u
    ^^^^^^^^^^^^^^^^^^^^^
    syntax: a whole number must be between -9223372036854775808 and 9223372036854775807

    1e19
    ^^^^
    syntax: a number must be less than 10^19

    0.0000000001
    ^^^^^^^^^^^^
    syntax: a number has at most 9 decimal places

    1.5u
       ^
    syntax: expected an operator after the number `1.5`, found `u`

    1.2.3
       ^^
    syntax: expected an operator or the end of the expression, found `.3`

    1..2
      ^^
    syntax: expected a name after `.`, found `.2`
    "#);
}

fn limit(source: &str) -> String {
    match Expression::parse(source) {
        Err(CelError::Limit(fault)) => fault.message,
        other => panic!("expected a limit, got {other:?}"),
    }
}

#[test]
fn length_is_bounded() {
    let longest = format!("\"{}\"", "ä".repeat(MAX_SOURCE / 2 - 1));
    assert!(Expression::parse(&longest).is_ok());
    assert_snapshot!(limit(&format!("{longest} ")), @"an expression has at most 16384 bytes");
    limit(&"ä".repeat(MAX_SOURCE));
}

#[test]
fn the_number_of_parts_is_bounded() {
    // A list is a part, too.
    let list = |items: usize| format!("[{}]", vec!["1"; items].join(","));
    assert!(Expression::parse(&list(MAX_NODES - 1)).is_ok());
    assert_snapshot!(limit(&list(MAX_NODES)), @"an expression has at most 2000 parts");
}

#[test]
fn depth_is_bounded_whatever_it_is_made_of() {
    let nested =
        |open: &str, close: &str, n: usize| format!("{}a{}", open.repeat(n), close.repeat(n));
    for (open, close) in [
        ("[", "]"),
        ("!", ""),
        ("-", ""),
        ("f(", ")"),
        ("a[", "]"),
        ("", ".b"),
        ("", "[0]"),
        ("", ".f()"),
        ("a + ", ""),
        ("a + (", ")"),
        ("a && (", ")"),
        ("a ? b : ", ""),
        ("a ? ", ": b"),
        ("{a: ", "}"),
    ] {
        let deepest = nested(open, close, MAX_DEPTH - 1);
        assert!(Expression::parse(&deepest).is_ok(), "{deepest}");
        canonical(&deepest);
        limit(&nested(open, close, MAX_DEPTH));
        limit(&nested(open, close, 1_500));
    }
    // Parentheses alone make no level of the tree, yet can't be opened without end.
    assert!(Expression::parse(&nested("(", ")", 2 * MAX_DEPTH)).is_ok());
    assert_snapshot!(limit(&nested("(", ")", 8_000)), @"an expression is nested at most 64 levels deep");
}

#[test]
fn long_chains_are_not_deep() {
    let source = vec!["a == 1"; 600].join(" || ");
    assert!(
        matches!(&Expression::parse(&source).unwrap().root().kind, ExprKind::Or(parts) if parts.len() == 600)
    );
}

#[test]
fn parts_know_where_they_stand() {
    let parsed = Expression::parse(" (a.b) == f(c, -1) ").unwrap();
    let ExprKind::Binary {
        op: BinaryOp::Eq,
        left,
        right,
    } = &parsed.root().kind
    else {
        panic!("{parsed:?}");
    };
    let text = |expr: &Expr| parsed.source()[expr.span.clone()].to_owned();
    assert_eq!(text(left), "a.b");
    assert_eq!(text(right), "f(c, -1)");
    let ExprKind::Call {
        name, arguments, ..
    } = &right.kind
    else {
        panic!("{right:?}")
    };
    assert_eq!(parsed.source()[name.span.clone()], *"f");
    assert_eq!(text(&arguments[1]), "-1");
}

#[test]
fn a_tree_made_by_hand_is_written() {
    let expr = |kind| Expr { kind, span: 0..0 };
    let name = |text: &str| Box::new(expr(ExprKind::Name(text.to_owned())));
    let call = expr(ExprKind::Call {
        receiver: Some(name("a")),
        name: Identifier {
            text: "f".to_owned(),
            span: 0..0,
        },
        arguments: vec![expr(ExprKind::Literal(Literal::Text("x".to_owned())))],
    });
    let not = expr(ExprKind::Unary {
        op: UnaryOp::Not,
        operand: Box::new(call),
    });
    let expression = Expression::from(expr(ExprKind::And(vec![not, *name("b")])));
    assert_eq!(expression.source(), "!a.f(\"x\") && b");
}
