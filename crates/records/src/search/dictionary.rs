//! The distinct words of names, by which misspelt searches are mended.

use std::collections::{BTreeSet, HashSet};

use kith_contracts::access::Permit;
use kith_kernel::WorkspaceId;
use kith_store::{BoundStatement, Class, ReadLimits, Store, StoreError};
use parking_lot::Mutex;

use super::text::{sort_key, words};
use crate::query::refusal::distance;

/// In the order of the words, so that two writers never wait for each other.
const REMEMBER: &str = "INSERT INTO records.search_word (workspace_id, word, uses) \
    SELECT $1, w, 1 FROM unnest($2::text[]) AS w ORDER BY w ON CONFLICT DO NOTHING";

/// How many words are known at most to be in the dictionary.
const SEEN: usize = 100_000;

/// Words that whoever writes many names has brought to the dictionary.
#[derive(Debug, Default)]
pub struct SeenWords {
    words: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    there: HashSet<String>,
    /// Sent within a transaction that has not ended.
    sent: Vec<String>,
}

impl SeenWords {
    fn send(&self, new: &mut BTreeSet<String>) {
        let mut words = self.words.lock();
        new.retain(|word| !words.there.contains(word));
        words.sent.extend(new.iter().cloned());
    }

    /// The transaction in which words were sent has ended.
    pub fn settle(&self, committed: bool) {
        let words = &mut *self.words.lock();
        let sent = std::mem::take(&mut words.sent);
        if committed {
            if words.there.len() > SEEN {
                words.there.clear();
            }
            words.there.extend(sent);
        }
    }
}

/// Adds the words of these names that the workspace doesn't know yet; those that were `seen` there
/// are left out.
pub(crate) fn remember<'n>(
    workspace: WorkspaceId,
    names: impl Iterator<Item = &'n str>,
    seen: Option<&SeenWords>,
) -> Option<BoundStatement> {
    let mut new = BTreeSet::new();
    for name in names {
        new.extend(words(&sort_key(name)).into_iter().map(str::to_owned));
    }
    if let Some(seen) = seen {
        seen.send(&mut new);
    }
    let new: Vec<String> = new.into_iter().collect();
    let known = new.is_empty();
    (!known).then(|| BoundStatement::new(REMEMBER, vec![Box::new(workspace), Box::new(new)]))
}

/// Those of the words `$2` with which no word of the dictionary begins. By the primary key.
const UNKNOWN: &str = "SELECT w.word FROM unnest($2::text[]) AS w(word) WHERE NOT EXISTS (\
    SELECT 1 FROM records.search_word s WHERE s.workspace_id = $1 \
    AND s.word >= w.word AND s.word < w.word || chr(1114111))";

/// Those of `words` that can't be right, even as the beginning of a word that is still being typed.
pub(crate) async fn unknown(
    store: &Store,
    permit: &Permit,
    words: &[&str],
) -> Result<Vec<String>, StoreError> {
    let workspace = permit.workspace();
    let limits = ReadLimits::default();
    let rows = store
        .plan_read(
            workspace,
            Class::Interactive,
            UNKNOWN,
            &[&workspace, &words],
            limits,
        )
        .await?;
    (rows.iter()).map(|row| Ok(row.try_get(0)?)).collect()
}

/// The words of the dictionary that are near to `$2`: those that begin with one of its first two
/// letters, nearly as long, or longer where their beginning is near. By the primary key.
const NEAR: &str = "SELECT word, uses FROM records.search_word \
    WHERE workspace_id = $1 AND ((word >= $3 AND word < $4) OR (word >= $5 AND word < $6)) \
    AND char_length(word) >= char_length($2) - 2 \
    AND least(records.edits(left(word, 60), $2, 2), records.edits(left(word, char_length($2)), $2, 2)) <= 2 \
    ORDER BY records.edits(left(word, 60), $2, 3) - ln(greatest(uses, 1)) / 3, word LIMIT 40";

/// How many words one misspelt word is replaced by.
const MEANT: usize = 3;

/// The words that were probably meant by the [`unknown`] word `word`, the likeliest first.
pub(crate) async fn meant(
    store: &Store,
    permit: &Permit,
    word: &str,
) -> Result<Vec<String>, StoreError> {
    let mut letters = word.chars();
    let first = letters.next().map(String::from).unwrap_or_default();
    let second = letters.next().map_or_else(|| first.clone(), String::from);
    let after = |letter: &str| format!("{letter}\u{10ffff}");
    let workspace = permit.workspace();
    let rows = store
        .plan_read(
            workspace,
            Class::Interactive,
            NEAR,
            &[
                &workspace,
                &word,
                &first,
                &after(&first),
                &second,
                &after(&second),
            ],
            ReadLimits::default(),
        )
        .await?;
    let sought: Vec<char> = word.chars().collect();
    let allowed = if sought.len() < 6 { 1 } else { 2 };
    let mut near: Vec<(f64, String)> = Vec::new();
    for row in rows {
        let known: String = row.try_get(0)?;
        let uses: i64 = row.try_get(1)?;
        let letters: Vec<char> = known.chars().collect();
        // As one types, the word may not be complete.
        let begun = letters.len().min(sought.len());
        let distance = distance(&sought, &letters).min(distance(&sought, &letters[..begun]));
        if distance == 0 {
            return Ok(Vec::new());
        }
        if distance <= allowed {
            let uses = f64::from(i32::try_from(uses.max(1)).unwrap_or(i32::MAX));
            let distance = f64::from(u32::try_from(distance).unwrap_or(u32::MAX));
            near.push((distance - uses.ln() / 3.0, known));
        }
    }
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    near.truncate(MEANT);
    Ok(near.into_iter().map(|(_, word)| word).collect())
}
