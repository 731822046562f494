//! The address of the sign-in page for a user whose sign-in is too weak or too old.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde::Deserialize;

use crate::domain::{authentication::AuthRequirement, form::FormKind, return_address::with_next};

#[derive(Default, Deserialize)]
struct StepUpQuery {
    acr: Option<String>,
    max_age: Option<String>,
}

/// What the sign-in must meet, from the query of the sign-in page. Only decides what the page shows to a signed-in user:
/// an unreadable value counts as none.
pub struct RequiredSignIn(pub AuthRequirement);

impl<S: Sync> FromRequestParts<S> for RequiredSignIn {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let Query(query) = Query::<StepUpQuery>::try_from_uri(&parts.uri).unwrap_or_default();
        Ok(Self(AuthRequirement {
            assurance: query.acr.and_then(|acr| acr.parse().ok()),
            max_age: query.max_age.and_then(|seconds| seconds.parse().ok()),
        }))
    }
}

/// The page that sets up the second factor that the service requires, with `next`.
pub fn set_up_address(next: Option<&str>) -> String {
    with_next(FormKind::RequiredSetUp.page(), next)
}

/// The sign-in page with the requirement and `next`.
pub fn sign_in_address(required: AuthRequirement, next: Option<&str>) -> String {
    let mut address = with_next("/sign-in", next);
    let values = [
        ("acr", required.assurance.map(|least| least.as_str().to_owned())),
        ("max_age", required.max_age.map(|seconds| seconds.to_string())),
    ];
    for (name, value) in values {
        if let Some(value) = value {
            let separator = if address.contains('?') { "&" } else { "?" };
            address.push_str(&[separator, name, "=", &value].concat());
        }
    }
    address
}

/// The page where a signed-in user signs in again, to continue at the page of `form`.
pub fn recent_sign_in_address(form: FormKind) -> String {
    // Not even the current sign-in is recent enough.
    let required = AuthRequirement { assurance: None, max_age: Some(0) };
    sign_in_address(required, Some(form.page()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::authentication::Assurance;

    #[test]
    fn address_has_requirement_and_next() {
        let required = AuthRequirement { assurance: Some(Assurance::Aal2), max_age: Some(900) };
        assert_eq!(sign_in_address(required, Some("/a?b")), "/sign-in?next=%2Fa%3Fb&acr=aal2&max_age=900");
        assert_eq!(sign_in_address(required, None), "/sign-in?acr=aal2&max_age=900");
        let recent = AuthRequirement { max_age: Some(1), ..AuthRequirement::default() };
        assert_eq!(sign_in_address(recent, Some("/a")), "/sign-in?next=%2Fa&max_age=1");
        assert_eq!(sign_in_address(AuthRequirement::default(), Some("/a")), "/sign-in?next=%2Fa");
    }
}
