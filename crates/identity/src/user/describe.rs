//! What the documentation says of `/users`.

use kith_http::openapi::{Operation, Schema};
use kith_kernel::ErrorCode;
use serde_json::json;

use super::model::Theme;
use crate::routes::role_schema;

pub(super) fn user_schema() -> Schema {
    Schema::object()
        .required("id", Schema::uuid())
        .required(
            "email",
            Schema::string()
                .nullable()
                .about("Lower case. Null for users that an import made by name."),
        )
        .required("name", Schema::string())
        .required("role", role_schema())
        .required(
            "active",
            Schema::boolean().about("Whether the user may sign in."),
        )
        .required("has_password", Schema::boolean())
        .required("locale", Schema::string().nullable())
        .required("time_zone", Schema::string().nullable())
        .required("theme", theme())
        .required("version", Schema::integer())
        .required("created_at", Schema::date_time())
        .required("updated_at", Schema::date_time())
}

pub(super) fn patch_schema() -> Schema {
    Schema::object()
        .optional("email", Schema::format("email"))
        .optional("name", Schema::string().with("maxLength", 200))
        .optional("role", role_schema())
        .optional("active", Schema::boolean())
        .optional("locale", Schema::string().nullable())
        .optional("time_zone", Schema::string().nullable())
        .optional("theme", theme())
        .closed()
}

fn theme() -> Schema {
    Schema::one_of_texts(&Theme::ALL.map(Theme::as_str))
        .nullable()
        .about("How pages look; null counts as `system`.")
}

pub(super) fn list_operation() -> Operation {
    Operation::new("list_users", "List users by name")
        .query(
            "active",
            Schema::boolean(),
            "Only those who are, or aren't, active.",
        )
        .query(
            "search",
            Schema::string(),
            "A part of the name or e-mail address.",
        )
        .shared("Limit")
        .shared("Cursor")
        .shared("Count")
        .answers(
            200,
            "A page of users.",
            Schema::page_of(Schema::named("User")),
        )
        .refuses(&[ErrorCode::InvalidCursor])
}

pub(super) fn create_operation() -> Operation {
    let body = Schema::object()
        .required("email", Schema::format("email"))
        .required("name", Schema::string().with("maxLength", 200))
        .required("role", role_schema())
        .optional("locale", Schema::string().nullable())
        .optional("time_zone", Schema::string().nullable())
        .closed();
    let created = Schema::raw(json!({
        "allOf": [
            {"$ref": "#/components/schemas/User"},
            {
                "type": "object",
                "required": ["activation"],
                "properties": {"activation": {"$ref": "#/components/schemas/ActivationLink"}},
            },
        ],
    }));
    Operation::new("create_user", "Invite a user")
        .about(
            "For administrators. The user is inactive until they set a password by the activation \
             link, which is to be passed on to them.",
        )
        .json(body)
        .body_example(
            json!({"email": "grace@example.com", "name": "Grace Hopper", "role": "member"}),
        )
        .idempotent()
        .answers(201, "The user with their activation link.", created)
        .answer_header(201, "ETag", "The version.")
        .answer_header(201, "Location", "The user's path.")
        .refuses(&[ErrorCode::Duplicate])
}
