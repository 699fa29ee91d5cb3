//! The few pages that the server renders itself, without scripts.

use std::borrow::Cow;
use std::fmt::Write as _;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use kith_crypto::Secret;
use kith_kernel::{ErrorCode, Failure};

use crate::Identity;

/// The largest form that is read, in bytes.
const MAX_FORM: usize = 64 * 1024;

/// Where pages have their style from.
const STYLESHEET: &str = "/setup.css";

pub(crate) fn stylesheet() -> Router<Identity> {
    Router::new().route(
        STYLESHEET,
        get(|| async {
            let headers = [
                (header::CONTENT_TYPE, "text/css; charset=utf-8"),
                (header::CACHE_CONTROL, "public, max-age=3600"),
            ];
            (headers, include_str!("page/setup.css"))
        }),
    )
}

/// A page with this title and body; `body` is HTML.
pub(crate) fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title} · Kith</title>\n\
         <link rel=\"stylesheet\" href=\"{STYLESHEET}\">\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    );
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, headers, html).into_response()
}

/// Text as it may stand in HTML, in attributes too.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

/// One field of a form.
pub(crate) struct Input<'a> {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    /// HTML attributes, written here and not by a user.
    pub(crate) attributes: &'static str,
    pub(crate) value: &'a str,
    pub(crate) hint: &'static str,
}

impl Input<'_> {
    /// The field with what `failure` says of it.
    pub(crate) fn html(&self, failure: Option<&Failure>) -> String {
        let (name, label) = (self.name, self.label);
        let fault = failure
            .iter()
            .flat_map(|failure| &failure.fields)
            .find(|fault| fault.field == name);
        let mut html = format!("<label for=\"{name}\">{label}</label>\n");
        let described = if fault.is_some() {
            format!(" aria-invalid=\"true\" aria-describedby=\"{name}-fault\"")
        } else {
            String::new()
        };
        let _ = writeln!(
            html,
            "<input id=\"{name}\" name=\"{name}\" value=\"{}\" {}{described}>",
            escape(self.value),
            self.attributes
        );
        if let Some(fault) = fault {
            let message = escape(&fault.message);
            let _ = writeln!(html, "<p class=\"fault\" id=\"{name}-fault\">{message}</p>");
        } else if !self.hint.is_empty() {
            let _ = writeln!(html, "<p class=\"hint\">{}</p>", self.hint);
        }
        html
    }
}

/// What stands above a form that was refused.
pub(crate) fn notice(failure: Option<&Failure>) -> String {
    failure.map_or_else(String::new, |failure| {
        format!(
            "<p class=\"notice\" role=\"alert\">{}</p>\n",
            escape(&failure.message)
        )
    })
}

/// The page of a link that doesn't work.
pub(crate) fn dead_link(failure: &Failure) -> Response {
    let body = format!("<p>{}</p>\n", escape(&failure.message));
    page(
        kith_http::status_of(failure.code),
        "This link does not work",
        &body,
    )
}

/// The fields of a submitted form.
#[derive(Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form of at most [`MAX_FORM`] bytes.
    pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<Self, Failure> {
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .unwrap_or_default();
        if !kind
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        {
            return Err(Failure::new(
                ErrorCode::UnsupportedMediaType,
                "Send the form as this page does.",
            ));
        }
        let bytes = axum::body::to_bytes(body, MAX_FORM)
            .await
            .map_err(|error| {
                Failure::new(
                    ErrorCode::PayloadTooLarge,
                    "The form is too large or broke off. Send it again.",
                )
                .caused_by(error)
            })?;
        let fields = form_urlencoded::parse(&bytes);
        Ok(Self(fields.into_owned().collect()))
    }

    /// The value of a field; empty when it is absent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// The value of a field that may be left empty.
    pub(crate) fn optional(&self, name: &str) -> Option<String> {
        let value = self.get(name).trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    pub(crate) fn secret(&self, name: &str) -> Secret<String> {
        Secret::new(self.get(name).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn escaped_text_ends_no_tag_and_no_attribute(text in "\\PC*[<>&\"'][\\PC<>&\"']*") {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            let back = escaped
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
            prop_assert_eq!(back, text);
        }
    }
}
