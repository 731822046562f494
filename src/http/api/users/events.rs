//! The security log.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, ToSchema,
    openapi::{Object, ObjectBuilder, schema::Type},
};

use super::UserIdParam;
use crate::{
    auth::{Auth, audit::EventPage, error::InternalError},
    domain::{
        SessionId, device,
        event::{Event, EventKind},
    },
    http::{
        extract::owner::Owner,
        problem::{Problem, errors::ReadErrors},
        route_error::route_errors,
    },
};

/// The default number of entries on a page.
const DEFAULT_LIMIT: u8 = 50;
const MAX_LIMIT: u8 = 100;

/// A page of the security log.
#[derive(Serialize, ToSchema)]
pub struct EventListResponse {
    events: Vec<EventResponse>,
    /// The `before` of the next page; null on the last page.
    #[schema(required = true)]
    next: Option<i64>,
}

/// An entry of the security log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EventResponse {
    /// Later entries have greater ids.
    id: i64,
    #[schema(format = DateTime)]
    at: String,
    /// The kind of event (OWASP Logging Vocabulary).
    #[schema(schema_with = event_name)]
    event: &'static str,
    /// The session of the event.
    #[schema(required = true, value_type = Option<String>, format = "uuid")]
    session_id: Option<SessionId>,
    /// The IP address of the request.
    #[schema(required = true)]
    address: Option<String>,
    /// The names of the browser and the operating system.
    device: String,
    /// Details of the event.
    #[schema(required = true)]
    detail: Option<String>,
    /// The number of events that this entry stands for: those beyond the limit of single entries. Null for a single
    /// event.
    #[schema(required = true, minimum = 1)]
    count: Option<u64>,
}

fn event_name() -> Object {
    let names = EventKind::ALL.map(EventKind::as_str);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build()
}

impl From<Event> for EventResponse {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            at: event.at.to_rfc3339(),
            event: event.kind.as_str(),
            session_id: event.session_id,
            address: event.address.map(|address| address.to_string()),
            device: device::describe(event.user_agent.as_deref()),
            detail: event.detail,
            count: event.count,
        }
    }
}

impl From<EventPage> for EventListResponse {
    fn from(page: EventPage) -> Self {
        Self { events: page.events.into_iter().map(EventResponse::from).collect(), next: page.next }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// The `next` of the previous page.
    before: Option<i64>,
    /// The number of entries.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u8>,
}

route_errors! {
    /// Errors of `GET /api/users/{user_id}/events`.
    pub enum ListEventsRouteError: Problem {
        InvalidQuery => Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "The query cannot be used")
            .with_detail("`before` is the `next` of the page before, `limit` a number from 1 to 100"),
        ..Internal(InternalError),
    }
}

/// List the security log
///
/// The newest event comes first.
#[utoipa::path(
    get, path = "/events", tag = "User", operation_id = "listEvents", params(UserIdParam, EventsQuery),
    security(("accessToken" = []), ("sessionCookie" = [])),
    responses(
        (status = 200, description = "A page of the log", body = EventListResponse),
        ReadErrors<ListEventsRouteError>,
    ),
)]
pub async fn list(
    State(auth): State<Arc<Auth>>,
    Owner(principal): Owner,
    query: Result<Query<EventsQuery>, QueryRejection>,
) -> Result<Json<EventListResponse>, ListEventsRouteError> {
    let Query(EventsQuery { before, limit }) = query.map_err(|_| ListEventsRouteError::InvalidQuery)?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ListEventsRouteError::InvalidQuery);
    }
    Ok(Json(auth.audit.events(principal.user_id(), before, limit).await?.into()))
}
