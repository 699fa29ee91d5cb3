//! The OpenAPI 3.1 document, put together from what each service says of its routes.

mod check;
mod components;
mod document;
mod operation;
mod page;
mod part;
mod schema;

pub use check::{check_document, check_routes};
pub use document::{Info, document};
pub use operation::Operation;
pub use page::docs_router;
pub use part::OpenApiPart;
pub use schema::Schema;
