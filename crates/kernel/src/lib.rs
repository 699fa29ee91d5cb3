//! The vocabulary that every crate of Kith shares: identifiers, time, money,
//! who acts in which workspace, and the codes by which errors are known.
//!
//! Nothing here does I/O.

mod actor;
mod clock;
mod failure;
mod id;
mod money;
mod nearest;
mod page;

pub use actor::{Actor, ActorKind, RequestId, Role, Scope, WorkspaceSettings};
pub use clock::Clock;
pub use failure::{ErrorCode, Failure, FieldError};
pub use id::{
    ApiTokenId, BulkId, DeliveryId, EventId, FieldId, ImportId, ObjectId, RecordId, SessionId,
    UserId, ViewId, WebhookId, WorkspaceId,
};
pub use money::{Currency, Money, MoneyError};
pub use nearest::{distance, nearest};
pub use page::{Count, CountMode, Page, PageInfo};
