//! How people and companies are reached: e-mail addresses, domains, web addresses.

use super::Refusal;

/// An e-mail address in lower case, taken out of `Name <address>` where it stands so.
///
/// Accepts what mail servers take in practice: a local part of at most 64 bytes without
/// quotes, and a domain of at least two labels; at most 254 bytes in all (RFC 5321).
pub fn email(text: &str) -> Result<String, Refusal> {
    let refusal = || {
        Refusal::new(
            "invalid_email",
            "must be an e-mail address such as ada@example.com",
        )
    };
    let text = text.trim();
    let address = match (text.rfind('<'), text.strip_suffix('>')) {
        (Some(open), Some(closed)) => &closed[open + 1..],
        _ => text.strip_prefix("mailto:").unwrap_or(text),
    };
    let address = address.trim().to_lowercase();
    let (local, host) = address.rsplit_once('@').ok_or_else(refusal)?;
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local
            .chars()
            .all(|c| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c));
    if !local_ok || address.len() > 254 || !is_host(host) {
        return Err(refusal());
    }
    Ok(address)
}

/// A web address with its scheme; `https://` is put before one without.
pub fn link(text: &str) -> Result<String, Refusal> {
    let refusal = || {
        Refusal::new(
            "invalid_link",
            "must be a web address such as https://example.com/page",
        )
    };
    let text = text.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => ("https".to_owned(), text),
    };
    if !matches!(scheme.as_str(), "http" | "https") || text.len() > 2_000 {
        return Err(refusal());
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, port)| {
            if port.parse::<u16>().is_ok() {
                host
            } else {
                authority
            }
        });
    let clean = |c: char| !c.is_whitespace() && !c.is_control() && !"<>\"`{}|\\^".contains(c);
    if !is_host(host) || !path.chars().all(clean) {
        return Err(refusal());
    }
    Ok(format!("{scheme}://{}{path}", authority.to_lowercase()))
}

/// A company's domain, in lower case, taken out of a web address or an e-mail address.
pub fn domain(text: &str) -> Result<String, Refusal> {
    let text = text.trim().to_lowercase();
    let rest = text
        .split_once("://")
        .map_or(text.as_str(), |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    let host = rest[..end].trim_end_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    if is_host(host) {
        Ok(host.to_owned())
    } else {
        Err(Refusal::new(
            "invalid_domain",
            "must be a domain such as example.com",
        ))
    }
}

/// Whether this is a host name of at least two labels, internationalised or not.
fn is_host(host: &str) -> bool {
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.chars().count() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    host.len() <= 253
        && host.contains('.')
        && host.split('.').all(label_ok)
        && !host.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_are_lower_case_and_bare() {
        assert_eq!(email(" Ada <Ada@Example.COM> ").unwrap(), "ada@example.com");
        assert_eq!(email("jürgen@müller.de").unwrap(), "jürgen@müller.de");
        for bad in [
            "",
            "ada",
            "ada@",
            "@x.de",
            "a b@x.de",
            "a@x",
            "a@.de",
            "a..b@x.de",
            "a@1.2.3.4",
        ] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn domains_come_out_of_addresses() {
        assert_eq!(
            domain("https://WWW.Example.com/a?b").unwrap(),
            "example.com"
        );
        assert_eq!(domain("info@example.com").unwrap(), "example.com");
        assert!(domain("example").is_err());
    }

    #[test]
    fn links_get_a_scheme_and_never_a_script() {
        assert_eq!(link("Example.com/A").unwrap(), "https://example.com/A");
        assert_eq!(
            link("http://x.de:8080/?q=1").unwrap(),
            "http://x.de:8080/?q=1"
        );
        for bad in [
            "javascript:alert(1)",
            "javascript://x.de/%0a",
            "http://",
            "x y.de",
            "ftp://x.de",
        ] {
            assert!(link(bad).is_err(), "{bad}");
        }
    }
}
