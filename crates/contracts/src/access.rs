//! Permission as a value.
//!
//! [`authorise`] is the only way to a [`Permit`], and whatever reads or writes
//! demands one, so that an unauthorised query does not compile.

use std::sync::Arc;

use kith_kernel::{Actor, ErrorCode, Failure, Role, Scope, WorkspaceId};

/// What an actor wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// See records or the catalog.
    Read,
    /// Create records.
    Create,
    /// Change or restore records.
    Update,
    /// Move records to the recycle bin.
    Delete,
    /// Import files, and undo their import.
    Import,
    /// Take data out in bulk.
    Export,
    /// Keep saved views of one's own.
    KeepViews,
    /// Share saved views with all of the workspace.
    ShareViews,
    /// Shape the catalog.
    ShapeCatalog,
    /// Manage users and the workspace.
    Administer,
}

/// Leave to do one kind of thing in one workspace.
#[derive(Clone, Debug)]
pub struct Permit {
    actor: Actor,
    action: Action,
}

impl Permit {
    /// Who was given leave.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The workspace that it holds for.
    pub fn workspace(&self) -> WorkspaceId {
        self.actor.workspace
    }

    /// What it allows.
    pub fn action(&self) -> Action {
        self.action
    }
}

/// Decides whether `actor` may do `action` to records of `object` (its API name;
/// `None` where the action is not about an object's records).
///
/// # Errors
/// [`ErrorCode::Forbidden`], with a sentence that names the role or the scope that is missing.
pub fn authorise(actor: &Actor, action: Action, object: Option<&str>) -> Result<Permit, Failure> {
    let scope = match action {
        Action::Read | Action::Export => Scope::RecordsRead,
        Action::Create
        | Action::Update
        | Action::Delete
        | Action::Import
        | Action::KeepViews
        | Action::ShareViews => Scope::RecordsWrite,
        Action::ShapeCatalog | Action::Administer => Scope::Admin,
    };
    if !actor.scopes.contains(&scope) {
        return Err(Failure::new(
            ErrorCode::Forbidden,
            format!("This API token lacks the scope {}.", scope_name(scope)),
        )
        .detail("required_scope", scope_name(scope)));
    }
    let shapes_process = matches!(object, Some("pipeline" | "stage"))
        && matches!(
            action,
            Action::Create | Action::Update | Action::Delete | Action::Import
        );
    let allowed = match actor.role {
        Role::Administrator => true,
        Role::Member => {
            !shapes_process && !matches!(action, Action::ShapeCatalog | Action::Administer)
        }
        Role::ReadOnly => matches!(action, Action::Read | Action::Export | Action::KeepViews),
    };
    if allowed {
        Ok(Permit {
            actor: actor.clone(),
            action,
        })
    } else {
        Err(Failure::new(
            ErrorCode::Forbidden,
            "Your role does not allow this. Ask an administrator of the workspace.",
        ))
    }
}

fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::RecordsRead => "records:read",
        Scope::RecordsWrite => "records:write",
        Scope::Admin => "admin",
    }
}

/// What decides what an actor sees: two of the same workspace with the same sight see the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sight {
    role: Role,
    scopes: Arc<[Scope]>,
}

impl Sight {
    /// How much this actor sees.
    pub fn of(actor: &Actor) -> Self {
        Self {
            role: actor.role,
            scopes: Arc::clone(&actor.scopes),
        }
    }
}
