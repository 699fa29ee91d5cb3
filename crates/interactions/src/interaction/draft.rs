//! What clients send of an interaction, checked.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kith_contracts::{RecordAccess, RecordRef};
use kith_kernel::{Actor, ErrorCode, Failure, FieldError, RecordId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{BUILT_IN, Direction};
use crate::kind::Compiled;

/// The most participants of one interaction.
pub(crate) const PARTICIPANTS: usize = 100;
/// The most records that one interaction names.
pub(crate) const RECORDS: usize = 50;
/// The longest name, role, source and external id, in characters.
pub(crate) const SHORT: usize = 200;
/// The longest subject line, in characters.
pub(crate) const SUBJECT: usize = 500;
/// The longest summary, in characters.
pub(crate) const SUMMARY: usize = 4_000;
/// The largest body, in bytes of JSON.
pub(crate) const BODY: usize = 256 * 1024;
/// How far in the future an interaction may be, in days.
const AHEAD: i64 = 3_660;

/// An interaction as a client sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InteractionDraft {
    /// A built-in channel, or the key of an interaction type.
    pub channel: Option<String>,
    /// Who turned to whom.
    #[serde(default)]
    pub direction: Direction,
    /// When it happened; now, where it isn't said.
    pub occurred_at: Option<Timestamp>,
    /// Where it comes from, such as a mailbox's name; the channel, where it isn't said.
    pub source: Option<String>,
    /// Its id there: an interaction is recorded once per source and external id.
    pub external_id: Option<String>,
    /// The subject line.
    pub subject: Option<String>,
    /// What it was about, in short.
    pub summary: Option<String>,
    /// All there is to it.
    #[serde(default)]
    pub body: Value,
    /// Who took part.
    #[serde(default)]
    pub participants: Vec<ParticipantDraft>,
    /// The records that it is about.
    #[serde(default)]
    pub records: Vec<RecordDraft>,
}

/// Somebody who took part.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParticipantDraft {
    /// The name.
    pub name: Option<String>,
    /// The e-mail address, by which they are matched first.
    pub email: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// Their part in it, such as `from`, `to` or `organizer`.
    pub role: Option<String>,
    /// The person, where the client knows them.
    pub person: Option<RecordId>,
    /// The user of this workspace, where the client knows them.
    pub user: Option<UserId>,
}

/// A record that an interaction is about.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordDraft {
    /// The object's name, singular or plural.
    pub object: String,
    /// The record.
    pub id: RecordId,
}

/// What is encrypted of an interaction.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Content {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<String>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(crate) body: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) external_id: Option<String>,
}

/// What is encrypted of a participant.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Identity {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
}

/// A participant with addresses in the form in which records have them.
#[derive(Clone, Debug)]
pub(crate) struct Somebody {
    pub(crate) identity: Identity,
    pub(crate) role: Option<String>,
    pub(crate) person: Option<RecordId>,
    pub(crate) user: Option<UserId>,
}

/// An interaction whose own values are acceptable.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) channel: String,
    pub(crate) direction: Direction,
    pub(crate) at: Timestamp,
    pub(crate) source: Option<String>,
    pub(crate) content: Content,
    pub(crate) participants: Vec<Somebody>,
    /// The records that it names, then the people that participants name.
    pub(crate) records: Vec<RecordRef>,
}

/// What drafts are checked against.
pub(crate) struct Rules<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) access: &'a dyn RecordAccess,
    pub(crate) types: &'a HashMap<String, Compiled>,
    pub(crate) now: Timestamp,
}

impl InteractionDraft {
    /// Checks everything that needs no database.
    ///
    /// # Errors
    /// `ValidationFailed` with every field at fault.
    pub(crate) fn check(self, rules: &Rules<'_>) -> Result<Checked, Failure> {
        let mut faults = Faults::default();
        let channel = faults.channel(self.channel, rules.types);
        let at = faults.moment(self.occurred_at, rules.now);
        let source = faults.text("source", self.source, SHORT);
        let content = Content {
            subject: faults.text("subject", self.subject, SUBJECT),
            summary: faults.text("summary", self.summary, SUMMARY),
            external_id: faults.text("external_id", self.external_id, SHORT),
            body: self.body,
        };
        faults.body(&content.body, rules.types.get(&channel));
        if self.participants.len() > PARTICIPANTS {
            faults.add(
                "participants",
                "too_many",
                format!("must be at most {PARTICIPANTS}"),
            );
        }
        if self.records.len() > RECORDS {
            faults.add("records", "too_many", format!("must be at most {RECORDS}"));
        }
        let participants: Vec<Somebody> = (self.participants.into_iter().take(PARTICIPANTS))
            .enumerate()
            .map(|(at, draft)| faults.participant(at, draft, rules))
            .collect();
        let mut records: Vec<RecordRef> = (self.records.into_iter().take(RECORDS))
            .map(|RecordDraft { object, id }| RecordRef { object, id })
            .collect();
        records.extend(participants.iter().filter_map(|one| {
            let object = "person".to_owned();
            one.person.map(|id| RecordRef { object, id })
        }));
        faults.result(Checked {
            channel,
            direction: self.direction,
            at,
            source,
            content,
            participants,
            records,
        })
    }
}

/// What is wrong with a draft.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn add(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.into(),
            code,
            message: message.into(),
        });
    }

    fn result<T>(self, value: T) -> Result<T, Failure> {
        if self.0.is_empty() {
            return Ok(value);
        }
        let message = "Some values are not acceptable. See `errors` for what each should be.";
        let mut failure = Failure::new(ErrorCode::ValidationFailed, message);
        failure.fields = self.0;
        Err(failure)
    }

    fn channel(&mut self, channel: Option<String>, types: &HashMap<String, Compiled>) -> String {
        let Some(channel) = channel else {
            self.add("channel", "required", "is required");
            return String::new();
        };
        if !BUILT_IN.contains(&channel.as_str()) && !types.contains_key(&channel) {
            let known = BUILT_IN.join(", ");
            let message =
                format!("must be one of {known}, or an interaction type of this workspace");
            self.add("channel", "unknown_channel", message);
        }
        channel
    }

    fn moment(&mut self, at: Option<Timestamp>, now: Timestamp) -> Timestamp {
        let Some(at) = at else { return micros(now) };
        let latest = now + SignedDuration::from_hours(24 * AHEAD);
        if at < Timestamp::UNIX_EPOCH || at > latest {
            let message = "must be a moment from 1970 on, and not more than ten years ahead";
            self.add("occurred_at", "out_of_range", message);
            return micros(now);
        }
        micros(at)
    }

    fn text(&mut self, field: &str, text: Option<String>, longest: usize) -> Option<String> {
        let text = text?;
        let text = text.trim();
        if text.chars().count() > longest {
            self.add(
                field,
                "too_long",
                format!("must have at most {longest} characters"),
            );
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn body(&mut self, body: &Value, kind: Option<&Compiled>) {
        if !body.is_null() && body.to_string().len() > BODY {
            self.add(
                "body",
                "too_long",
                format!("must have at most {BODY} bytes as JSON"),
            );
            return;
        }
        if let Some(fault) = kind.and_then(|kind| kind.fault(body)) {
            self.add(format!("body{}", fault.path), "schema", fault.message);
        }
    }

    fn participant(&mut self, at: usize, draft: ParticipantDraft, rules: &Rules<'_>) -> Somebody {
        let field = |name: &str| format!("participants[{at}].{name}");
        let mut normal =
            |name: &str, text: Option<String>, read: &dyn Fn(&str) -> Result<String, String>| {
                let text = text.filter(|text| !text.trim().is_empty())?;
                match read(&text) {
                    Ok(address) => Some(address),
                    Err(message) => {
                        self.add(field(name), "invalid_value", message);
                        None
                    }
                }
            };
        let region = &rules.actor.settings.region;
        let email = normal("email", draft.email, &|text| rules.access.email(text));
        let phone = normal("phone", draft.phone, &|text| {
            rules.access.phone(text, region)
        });
        let name = self.text(&field("name"), draft.name, SHORT);
        let role = self.text(&field("role"), draft.role, SHORT);
        if draft.person.is_some() && draft.user.is_some() {
            let message = "must not stand beside `user`: a participant is one or the other";
            self.add(field("person"), "conflict", message);
        }
        let known = draft.person.is_some() || draft.user.is_some();
        if !known && name.is_none() && email.is_none() && phone.is_none() {
            let message = "must say who it is: by name, email, phone, person or user";
            self.add(format!("participants[{at}]"), "required", message);
        }
        Somebody {
            identity: Identity { name, email, phone },
            role,
            person: draft.person,
            user: draft.user,
        }
    }
}

/// A moment as the database keeps it.
fn micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}
