//! The answer to a correct first factor of an account with a second one.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::sign_in::PendingSignIn,
    http::{
        session::{cookies::CookieJar, second_step::WaitingSignIn},
        state::AppState,
    },
};
