//! `POST /sign-up/email`

use std::sync::Arc;

use axum::{Extension, Json, extract::State};
use serde::Serialize;

use super::{
    body::{ContractBody, Members},
    error::Refusal,
    objects::{UserObject, is_image},
};
use crate::auth::{Auth, Client, handover::Handover, sign_up::SignUp};

/// A new account's owner, signed in.
#[derive(Serialize)]
pub struct SignedUp {
    token: String,
    user: UserObject,
}

/// Makes an account and signs its owner in.
pub async fn email(
    State(auth): State<Arc<Auth>>,
    Extension(client): Extension<Client>,
    Extension(handover): Extension<Handover>,
    Extension(body): Extension<ContractBody>,
) -> Result<Json<SignedUp>, Refusal> {
    let mut members = Members::of_all(&body, &["object", "record"]);
    let name = members.string("name");
    let email = members.email("email");
    let password = members.nonempty_string("password");
    let image = members.optional_string("image");
    if image.is_some_and(|image| !is_image(image)) {
        members.problem("image", "Invalid image address");
    }
    members.optional_string("callbackURL");
    let remember = members.optional_bool("rememberMe").unwrap_or(true);
    members.finish()?;

    let signed_in = auth.sign_up(SignUp { email, name, password, image, remember }, &client).await?;
    handover.start_session(&signed_in);
    Ok(Json(SignedUp { token: signed_in.session_token.expose(), user: UserObject::from(&signed_in.user) }))
}
