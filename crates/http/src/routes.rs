//! Routes, declared once: handler, documentation and who may call them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{FromRef, FromRequestParts, Request, State};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use http::Method;
use kith_contracts::Authenticator;
use kith_kernel::ErrorCode;

use crate::openapi::{OpenApiPart, Operation, Schema};
use crate::{Authenticated, Problem};

/// How long a handler may take before its first byte, unless its route streams.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// Whoever authenticates. The check comes before the handler and all of its extractors.
    Authenticated,
}

/// One route, as tests and the documentation see it.
#[derive(Clone, Debug)]
pub struct RouteInfo {
    /// The method.
    pub method: Method,
    /// The path below `/api/v1`, such as `/people/{id}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Whether the route stands for many concrete paths, which are documented instead of it.
    pub expanded: bool,
}

/// What a service mounts under `/api/v1`.
#[derive(Clone)]
pub struct Routed {
    /// The routes, with their state.
    pub router: Router,
    /// What they are, for the OpenAPI document.
    pub part: OpenApiPart,
    /// All of them, for tests that call each one.
    pub table: Vec<RouteInfo>,
}

impl Routed {
    /// Nothing, to merge others into.
    pub fn empty() -> Self {
        Self {
            router: Router::new(),
            part: OpenApiPart::default(),
            table: Vec::new(),
        }
    }

    /// Adds another service's routes.
    ///
    /// # Panics
    /// When both have the same method and path, as soon as the program starts.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.part.merge(other.part);
        self.table.extend(other.table);
        self
    }
}

/// Builds a service's routes. Paths are those below `/api/v1`.
pub struct Routes<S> {
    tag: &'static str,
    state: S,
    router: Router<S>,
    part: OpenApiPart,
    table: Vec<RouteInfo>,
}

impl<S> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    Arc<dyn Authenticator>: FromRef<S>,
{
    /// Routes of a group, which the documentation shows under `tag`.
    pub fn new(tag: &'static str, description: &str, state: S) -> Self {
        let mut part = OpenApiPart::default();
        part.tag(tag, description);
        Self {
            tag,
            state,
            router: Router::new(),
            part,
            table: Vec::new(),
        }
    }

    /// The following routes are shown under another tag.
    #[must_use]
    pub fn tag(mut self, tag: &'static str, description: &str) -> Self {
        self.part.tag(tag, description);
        self.tag = tag;
        self
    }

    /// A `GET` route (which answers `HEAD` too).
    #[must_use]
    pub fn get<H, T>(self, path: &'static str, access: Access, handler: H, what: Operation) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.route(&Method::GET, path, access, handler, what)
    }

    /// A `POST` route.
    #[must_use]
    pub fn post<H, T>(self, path: &'static str, access: Access, handler: H, what: Operation) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.route(&Method::POST, path, access, handler, what)
    }

    /// A `PUT` route.
    #[must_use]
    pub fn put<H, T>(self, path: &'static str, access: Access, handler: H, what: Operation) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.route(&Method::PUT, path, access, handler, what)
    }

    /// A `PATCH` route.
    #[must_use]
    pub fn patch<H, T>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
        what: Operation,
    ) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.route(&Method::PATCH, path, access, handler, what)
    }

    /// A `DELETE` route.
    #[must_use]
    pub fn delete<H, T>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
        what: Operation,
    ) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.route(&Method::DELETE, path, access, handler, what)
    }

    /// A schema that operations refer to by name.
    #[must_use]
    pub fn schema(mut self, name: &'static str, schema: Schema) -> Self {
        self.part.schema(name, schema);
        self
    }

    /// Documents a concrete path of a route that is [`Operation::expanded`].
    #[must_use]
    pub fn describe(
        mut self,
        method: &Method,
        path: &str,
        access: Access,
        what: Operation,
    ) -> Self {
        self.part.operation(self.tag, method, path, access, what);
        self
    }

    fn route<H, T>(
        mut self,
        method: &Method,
        path: &'static str,
        access: Access,
        handler: H,
        what: Operation,
    ) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let guard = Guard {
            state: self.state.clone(),
            access,
            timeout: (!what.streams).then_some(TIMEOUT),
            json_limit: what.json_limit,
        };
        // The five methods above are all known to the filter.
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        let route = on(filter, handler).route_layer(from_fn_with_state(guard, guard_route::<S>));
        self.router = self.router.route(path, route);
        self.table.push(RouteInfo {
            method: method.clone(),
            path,
            access,
            expanded: what.expanded,
        });
        if !what.expanded {
            self.part.operation(self.tag, method, path, access, what);
        }
        self
    }

    /// The routes, ready to be mounted.
    pub fn finish(self) -> Routed {
        Routed {
            router: self.router.with_state(self.state),
            part: self.part,
            table: self.table,
        }
    }
}

#[derive(Clone)]
struct Guard<S> {
    state: S,
    access: Access,
    timeout: Option<Duration>,
    json_limit: Option<usize>,
}

/// Runs before a route's handler: who may call it, how long it may take, how much it may take in.
async fn guard_route<S>(State(guard): State<Guard<S>>, request: Request, next: Next) -> Response
where
    S: Clone + Send + Sync + 'static,
    Arc<dyn Authenticator>: FromRef<S>,
{
    let run = async {
        let (mut parts, body) = request.into_parts();
        if guard.access == Access::Authenticated {
            let state = &guard.state;
            let found =
                <Authenticated as FromRequestParts<S>>::from_request_parts(&mut parts, state).await;
            if let Err(problem) = found {
                return problem.into_response();
            }
        }
        if let Some(limit) = guard.json_limit {
            parts.extensions.insert(crate::extract::JsonLimit(limit));
        }
        next.run(Request::from_parts(parts, body)).await
    };
    let Some(timeout) = guard.timeout else {
        return run.await;
    };
    tokio::time::timeout(timeout, run)
        .await
        .unwrap_or_else(|_| {
            Problem::new(
                ErrorCode::QueryTimeout,
                "This took too long and was given up. Ask for less at once.",
            )
            .into_response()
        })
}
