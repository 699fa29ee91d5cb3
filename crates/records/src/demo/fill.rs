//! Making the records of a demo, a batch in each transaction.

use std::sync::Arc;

use kith_kernel::{Actor, ErrorCode, Failure};
use kith_store::{Class, Tx};
use uuid::Uuid;

use super::block::{Block, Step};
use super::log::{Verb, append_in};
use super::model::{Progress, State};
use super::store::{self, Claimed, Standing};
use super::world::{Draft, World};
use crate::Records;
use crate::catalog::{FieldType, Object};
use crate::error::RecordsError;
use crate::record::{Change, Origin, Writer};
use crate::value::Value;

/// How many records are made in one transaction.
const BATCH: usize = 1_000;
/// How often a record is tried again with less.
const ATTEMPTS: usize = 3;

/// A record's values by their fields' places.
type Values = Vec<(usize, Value)>;

/// What became of a batch.
#[derive(Default)]
struct Made {
    ids: Vec<Uuid>,
    left_out: i64,
    refusal: Option<String>,
}

impl Records {
    /// Makes the next batch of a demo.
    pub(super) async fn fill_batch(
        &self,
        claimed: &Claimed,
        actor: &Actor,
    ) -> Result<(), RecordsError> {
        let catalog = self.catalog(actor).await?;
        let mut progress = claimed.demo.progress.clone();
        let (step, drafts) = self.next_drafts(claimed, &mut progress);
        let writer = Writer {
            actor,
            catalog: &catalog,
            clock: self.clock(),
            origin: Origin::Demo(claimed.demo.id),
            words: None,
        };
        let tx = (self.store())
            .begin(claimed.workspace, Class::Background)
            .await?;
        let object = catalog.by_key(step.object()).filter(|known| !known.retired);
        if let Some(object) = object.filter(|_| !drafts.is_empty()) {
            let count = drafts.len();
            let made = make_in(&tx, &writer, object, drafts).await?;
            if made.ids.is_empty() {
                return Err(refuses_all(object, made.refusal, count).into());
            }
            let (batch, ids) = (self.clock().next_uuid(), &made.ids);
            store::add_batch_in(&tx, claimed.workspace, batch, &object.key, ids).await?;
            *progress.made.entry(object.key.clone()).or_default() +=
                i64::try_from(ids.len()).unwrap_or(0);
            progress.left_out += made.left_out;
            progress.refusal = progress.refusal.or(made.refusal);
        }
        // Looks ahead, so that whoever waits for the last record need not wait for a round more.
        let done = self
            .next_drafts(claimed, &mut progress.clone())
            .1
            .is_empty();
        let now = self.clock().now();
        if done {
            append_in(&tx, self.clock(), claimed, Verb::Created, &progress.made).await?;
        }
        let standing = Standing {
            progress: &progress,
            state: if done { State::Filled } else { State::Filling },
            error: None,
            finished_at: done.then_some(now),
        };
        self.settle_demo(tx, claimed, &standing).await
    }

    /// The records that come next; none at the end. Moves `progress` past them.
    fn next_drafts(&self, claimed: &Claimed, progress: &mut Progress) -> (Step, Vec<Draft>) {
        let (mut world, mut block) = self.block(claimed, progress.block);
        while progress.block < world.blocks() {
            let Some(step) = Step::ALL.get(progress.step) else {
                progress.block += 1;
                progress.step = 0;
                if progress.block < world.blocks() {
                    (world, block) = self.block(claimed, progress.block);
                }
                continue;
            };
            let drafts = block.drafts(&world, *step);
            let piece: Vec<Draft> = (drafts.into_iter())
                .skip(progress.offset)
                .take(BATCH)
                .collect();
            if !piece.is_empty() {
                progress.offset += piece.len();
                return (*step, piece);
            }
            progress.step += 1;
            progress.offset = 0;
        }
        (Step::Notes, Vec::new())
    }

    /// A block of a demo's world, thought up once for all of its batches.
    fn block(&self, claimed: &Claimed, number: u32) -> (Arc<World>, Arc<Block>) {
        let id = claimed.demo.id;
        if let Some((of, known, world, block)) = self.demos().block.lock().as_ref()
            && *of == id
            && *known == number
        {
            return (Arc::clone(world), Arc::clone(block));
        }
        let world = Arc::new(World::new(id, &claimed.demo.plan));
        let block = Arc::new(Block::new(&world, number));
        let kept = (id, number, Arc::clone(&world), Arc::clone(&block));
        *self.demos().block.lock() = Some(kept);
        (world, block)
    }
}

/// Makes records. Values that the workspace refuses are left out, and records of which it then
/// refuses the rest.
async fn make_in(
    tx: &Tx,
    writer: &Writer<'_>,
    object: &Object,
    drafts: Vec<Draft>,
) -> Result<Made, RecordsError> {
    let mut made = Made::default();
    let mut todo: Vec<(kith_kernel::RecordId, Values)> = (drafts.into_iter())
        .map(|draft| (draft.id, values(object, draft.values)))
        .collect();
    for _ in 0..ATTEMPTS {
        let changes = (todo.iter().cloned())
            .map(|(id, values)| Change::Create { id, values })
            .collect();
        let outcomes = writer.apply_in(tx, object, changes).await?;
        let mut again = Vec::new();
        for ((id, mut values), outcome) in todo.into_iter().zip(outcomes) {
            match outcome {
                Ok(_) => made.ids.push(id.0),
                Err(error) => {
                    let at_fault: Vec<usize> = (error.fields.iter())
                        .filter_map(|fault| object.position(fault.field.split(['.', '[']).next()?))
                        .collect();
                    values.retain(|(at, _)| !at_fault.contains(at));
                    made.refusal.get_or_insert(error.message);
                    again.push((id, values));
                }
            }
        }
        todo = again;
        if todo.is_empty() {
            break;
        }
    }
    made.left_out = i64::try_from(todo.len()).unwrap_or(0);
    Ok(made)
}

/// The values that the workspace has fields and options for.
fn values(object: &Object, drafted: Vec<(&'static str, Value)>) -> Values {
    (drafted.into_iter())
        .filter_map(|(key, value)| {
            let at = object.position_by_key(key)?;
            let field = &object.fields()[at];
            let value = match (&field.kind, value) {
                _ if field.retired => Value::Null,
                (FieldType::Select { options }, Value::Text(text)) => {
                    match options
                        .iter()
                        .any(|known| known.value == text && !known.retired)
                    {
                        true => Value::Text(text),
                        false => Value::Null,
                    }
                }
                (FieldType::MultiSelect { options }, Value::List(mut list)) => {
                    list.retain(|text| {
                        options.is_empty()
                            || (options.iter()).any(|known| known.value == *text && !known.retired)
                    });
                    match list.is_empty() {
                        true => Value::Null,
                        false => Value::List(list),
                    }
                }
                (_, value) => value,
            };
            (!value.is_null()).then_some((at, value))
        })
        .collect()
}

fn refuses_all(object: &Object, refusal: Option<String>, count: usize) -> Failure {
    let why = refusal.unwrap_or_default();
    Failure::new(
        ErrorCode::ValidationFailed,
        format!(
            "The rules of this workspace refuse each of {count} {}: {why} \
             Change the rule or remove the demo.",
            object.plural
        ),
    )
}
