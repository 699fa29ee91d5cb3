//! A search, run.

use kith_contracts::access::{Action, Permit, authorise};
use kith_kernel::{Actor, Failure};
use kith_store::{Class, Planning, ReadLimits, Row};
use uuid::Uuid;

use super::rank::{By, Hit, best};
use super::words::{MAX_QUERY, Sought};
use super::{dictionary, plan, words};
use crate::Records;
use crate::catalog::{Catalog, Object};
use crate::query::Statement;
use crate::query::{encode, refusal, run};

/// How many matches are given unless it is said.
const DEFAULT_LIMIT: u32 = 20;
/// How many matches may be asked for.
const MAX_LIMIT: u32 = 50;
/// Below how many matches misspelt words are mended.
const FEW: usize = 3;

/// What a client asks of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchRequest {
    /// What was typed: 1 to [`MAX_QUERY`] characters.
    pub q: String,
    /// The API names of the objects to search, separated by commas; all where `None`.
    pub objects: Option<String>,
    /// How many matches there are at most: 1 to 50, 20 unless it is said.
    pub limit: Option<u32>,
}

/// The query parameters of a search.
pub const SEARCH_PARAMETERS: [&str; 3] = ["q", "objects", "limit"];

impl SearchRequest {
    /// Reads query parameters.
    ///
    /// # Errors
    /// `InvalidRequest` for a parameter that is unknown, given twice or malformed.
    pub fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, Failure> {
        let (mut q, mut request) = (None, Self::default());
        for (name, value) in pairs {
            match name {
                "q" if q.is_none() => q = Some(value.to_owned()),
                "objects" if request.objects.is_none() => request.objects = Some(value.to_owned()),
                "limit" if request.limit.is_none() => {
                    request.limit = Some(crate::query::request::number(name, value)?);
                }
                "q" | "objects" | "limit" => {
                    let message = format!("The parameter {name} is given twice.");
                    return Err(refusal::parameter(name, "given_twice", message));
                }
                _ => {
                    return Err(crate::query::request::unknown_parameter(
                        name,
                        &SEARCH_PARAMETERS,
                    ));
                }
            }
        }
        request.q = q.unwrap_or_default();
        Ok(request)
    }
}

impl Records {
    /// The records that match best, as JSON: `data`.
    pub async fn search(
        &self,
        actor: &Actor,
        catalog: &Catalog,
        request: &SearchRequest,
    ) -> Result<Vec<u8>, Failure> {
        let _answering = self.shared().traffic.answering();
        let permit = authorise(actor, Action::Read, None)?;
        let limit = crate::query::request::page_size(request.limit, DEFAULT_LIMIT, MAX_LIMIT)?;
        let limit = limit as usize;
        let sought = sought(&request.q)?;
        let objects = objects(actor, catalog, request.objects.as_deref())?;
        let Some(sought) = sought else {
            return Ok(answer(&[]));
        };
        if objects.is_empty() {
            return Ok(answer(&[]));
        }
        let ranked = (self.ranked(&permit, catalog, &objects, &sought, limit)).await?;
        Ok(answer(&ranked))
    }

    /// The records of an object that what was typed may mean.
    pub(crate) async fn alike(
        &self,
        permit: &Permit,
        catalog: &Catalog,
        object: &Object,
        typed: &str,
        limit: usize,
    ) -> Result<Vec<Hit>, Failure> {
        let typed: String = typed.chars().take(MAX_QUERY).collect();
        let Some(sought) = words::Sought::read(&typed).filter(|_| object.searchable) else {
            return Ok(Vec::new());
        };
        let ranked = (self.ranked(permit, catalog, &[object], &sought, limit)).await?;
        Ok(ranked.into_iter().map(|(_, _, hit)| hit).collect())
    }

    async fn ranked(
        &self,
        permit: &Permit,
        catalog: &Catalog,
        objects: &[&Object],
        sought: &Sought,
        limit: usize,
    ) -> Result<Vec<(u32, By, Hit)>, Failure> {
        let beginnings = plan::beginnings(catalog, permit, objects, sought, limit);
        // Each of its branches reads the beginning of a range of an index.
        let mut hits = (self.hits(permit, objects, &beginnings, Planning::Once)).await?;
        // Where names fill the answer, nothing of a lesser rank can get into it.
        if hits.len() < limit {
            let more = self
                .matches(permit, catalog, objects, sought, limit)
                .await?;
            hits.extend(more);
        }
        let mut ranked = best(hits, sought, limit);
        if ranked.len() < FEW
            && sought.email.is_none()
            && let Some(mended) = self.mended(permit, sought).await?
        {
            let mut more = self
                .matches(permit, catalog, objects, &mended, limit)
                .await?;
            for hit in &mut more {
                hit.corrected = true;
            }
            more.retain(|hit| ranked.iter().all(|(_, _, known)| known.id != hit.id));
            ranked.extend(best(more, &mended, limit - ranked.len()));
        }
        Ok(ranked)
    }

    /// Runs one of the statements of a search.
    async fn hits(
        &self,
        permit: &Permit,
        objects: &[&Object],
        statement: &Statement,
        planning: Planning,
    ) -> Result<Vec<Hit>, Failure> {
        let limits = ReadLimits {
            planning,
            ..ReadLimits::default()
        };
        let rows = run::read(self.store(), permit, Class::Interactive, statement, limits).await?;
        (rows.iter())
            .filter_map(|row| hit(row, objects).transpose())
            .collect::<Result<_, _>>()
            .map_err(Failure::internal)
    }

    async fn matches(
        &self,
        permit: &Permit,
        catalog: &Catalog,
        objects: &[&Object],
        sought: &Sought,
        limit: usize,
    ) -> Result<Vec<Hit>, Failure> {
        match plan::matches(catalog, permit, objects, sought, limit) {
            // The best plan depends on how rare the words are.
            Some(statement) => (self.hits(permit, objects, &statement, Planning::Each)).await,
            None => Ok(Vec::new()),
        }
    }

    /// What was sought with misspelt words replaced by those that were probably meant; `None`
    /// where nothing is likely.
    async fn mended(&self, permit: &Permit, sought: &Sought) -> Result<Option<Sought>, Failure> {
        let words: Vec<(usize, &str)> = sought.mendable().collect();
        let texts: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
        if texts.is_empty() {
            return Ok(None);
        }
        let unknown = dictionary::unknown(self.store(), permit, &texts).await?;
        let mut mended = sought.clone();
        mended.phone = None;
        let mut changed = false;
        for (place, word) in words {
            if unknown.iter().any(|unknown| unknown == word) {
                let meant = dictionary::meant(self.store(), permit, word).await?;
                if !meant.is_empty() {
                    mended.groups[place] = meant;
                    changed = true;
                }
            }
        }
        Ok(changed.then_some(mended))
    }
}

/// What is looked for; `None` where what was typed says nothing.
fn sought(typed: &str) -> Result<Option<Sought>, Failure> {
    let length = typed.chars().count();
    if typed.trim().is_empty() || length > MAX_QUERY {
        return Err(refusal::parameter(
            "q",
            "out_of_range",
            format!("q must have 1 to {MAX_QUERY} characters."),
        ));
    }
    Ok(words::Sought::read(typed))
}

/// The objects that are searched, as far as the actor may read them.
fn objects<'c>(
    actor: &Actor,
    catalog: &'c Catalog,
    names: Option<&str>,
) -> Result<Vec<&'c Object>, Failure> {
    let searchable = |object: &&Object| !object.retired && object.searchable;
    let all = catalog.objects().iter().filter(searchable);
    let visible = |object: &&Object| authorise(actor, Action::Read, Some(&object.key)).is_ok();
    let Some(names) = names.filter(|names| !names.trim().is_empty()) else {
        return Ok(all.filter(visible).collect());
    };
    let mut chosen: Vec<&Object> = Vec::new();
    for name in names.split(',').map(str::trim) {
        let found = all
            .clone()
            .find(|object| object.name == name || object.plural == name);
        let object = found.ok_or_else(|| {
            let known = all.clone().map(|object| object.name.as_str());
            refusal::unknown("objects", "object that can be searched called", name, known)
        })?;
        if chosen.iter().all(|known| known.id != object.id) {
            chosen.push(object);
        }
    }
    Ok(chosen
        .into_iter()
        .filter(|object| visible(object))
        .collect())
}

fn hit(row: &Row, objects: &[&Object]) -> Result<Option<Hit>, tokio_postgres::Error> {
    let object: &str = row.try_get(0)?;
    let object = match object.parse::<usize>() {
        Ok(place) => objects.get(place),
        Err(_) => {
            let id = object.parse::<Uuid>().ok();
            objects
                .iter()
                .find(|known| known.table.object.map(|id| id.0) == id && id.is_some())
        }
    };
    let Some(object) = object else {
        return Ok(None);
    };
    Ok(Some(Hit {
        object: object.name.clone(),
        id: row.try_get(1)?,
        name: row.try_get(2)?,
        sort_key: row.try_get(3)?,
        emails: row.try_get(4)?,
        phones: row.try_get(5)?,
        domain: row.try_get(6)?,
        company: row.try_get(7)?,
        corrected: false,
    }))
}

fn answer(ranked: &[(u32, By, Hit)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(32 + ranked.len() * 160);
    out.extend_from_slice(b"{\"data\":[");
    for (place, (score, by, hit)) in ranked.iter().enumerate() {
        out.extend_from_slice(if place == 0 {
            b"{\"object\":"
        } else {
            b",{\"object\":"
        });
        encode::string(&mut out, &hit.object);
        out.extend_from_slice(b",\"id\":");
        encode::id(&mut out, hit.id);
        out.extend_from_slice(b",\"name\":");
        encode::string(&mut out, &hit.name);
        out.extend_from_slice(b",\"detail\":");
        match detail(hit, *by) {
            Some(detail) => encode::string(&mut out, detail),
            None => encode::null(&mut out),
        }
        out.extend_from_slice(b",\"match\":");
        encode::string(&mut out, by.as_str());
        out.extend_from_slice(b",\"score\":");
        encode::integer(&mut out, i64::from(*score));
        out.push(b'}');
    }
    out.extend_from_slice(b"]}");
    out
}

/// What tells records of one name apart: what was found, else the e-mail address, the company or
/// the domain.
fn detail(hit: &Hit, by: By) -> Option<&str> {
    match by {
        By::Phone if !hit.phones.is_empty() => hit.phones.first(),
        By::Domain if hit.domain.is_some() => hit.domain.as_ref(),
        _ => (hit.emails.first())
            .or(hit.company.as_ref())
            .or(hit.domain.as_ref()),
    }
    .map(String::as_str)
}
