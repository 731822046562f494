//! User events for backends: `GET /api/events`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{RefOr, Response},
};

use crate::{
    auth::{
        Auth,
        error::InternalError,
        user_events::{EventCursor, ReadEventsError, UserEventPage},
    },
    http::{
        extract::events_token::{EventsToken, EventsTokenError},
        problem::{Problem, errors::LayerError},
        route_error::{RouteError, responses, route_errors},
    },
    webhooks::body::UserEventBody,
};

/// The default number of events on a page.
const DEFAULT_LIMIT: u16 = 100;
const MAX_LIMIT: u16 = 1000;

/// A page of user events, oldest first.
#[derive(Serialize, ToSchema)]
pub struct UserEventListResponse {
    /// Empty if there are no further events yet.
    events: Vec<UserEventBody>,
    /// The `after` of the next page. Store it, also if the page is empty.
    next: String,
}

impl From<UserEventPage> for UserEventListResponse {
    fn from(page: UserEventPage) -> Self {
        Self { events: page.events.into_iter().map(UserEventBody::from).collect(), next: page.next.to_string() }
    }
}

/// The query of `GET /api/events`.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserEventsQuery {
    /// The `next` of the previous page. Without it, the page is the first one: reading on from there describes
    /// all users.
    after: Option<String>,
    /// The number of events.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u16>,
}

route_errors! {
    /// Errors of `GET /api/events`.
    pub enum ListUserEventsRouteError: Problem {
        InvalidQuery => Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "The query cannot be used")
            .with_detail("`after` is the `next` of the page before, `limit` a number from 1 to 1000"),
        Gone => Problem::new(StatusCode::GONE, "events_gone", "Events after the cursor are no longer stored")
            .with_detail("Read from the beginning, without `after`, and delete the users that do not appear"),
        ..Layer(LayerError),
        ..Token(EventsTokenError),
        ..Internal(InternalError),
    }
}

impl IntoResponses for ListUserEventsRouteError {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        responses(Self::examples())
    }
}

impl From<ReadEventsError> for ListUserEventsRouteError {
    fn from(error: ReadEventsError) -> Self {
        match error {
            ReadEventsError::Gone => Self::Gone,
            ReadEventsError::Internal(error) => error.into(),
        }
    }
}

/// List user events
///
/// For a backend that keeps a copy of the users. Requires a token of `LATCHKEY_EVENTS_TOKEN`.
#[utoipa::path(
    get, path = "/api/events", tag = "Backends", operation_id = "listUserEvents", params(UserEventsQuery),
    security(("eventsToken" = [])),
    responses(
        (status = 200, description = "A page of events, oldest first", body = UserEventListResponse),
        ListUserEventsRouteError,
    ),
)]
pub async fn list(
    _: EventsToken,
    State(auth): State<Arc<Auth>>,
    query: Result<Query<UserEventsQuery>, QueryRejection>,
) -> Result<Json<UserEventListResponse>, ListUserEventsRouteError> {
    let Query(UserEventsQuery { after, limit }) = query.map_err(|_| ListUserEventsRouteError::InvalidQuery)?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(ListUserEventsRouteError::InvalidQuery);
    }
    let after: Option<EventCursor> =
        after.map(|text| text.parse()).transpose().map_err(|_| ListUserEventsRouteError::InvalidQuery)?;
    Ok(Json(auth.user_events.page(after, limit).await?.into()))
}
