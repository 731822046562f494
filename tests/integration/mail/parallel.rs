//! One link, used many times at once over HTTP.

use std::time::Duration;

use serde_json::json;

use super::process::{Service, statuses};
use crate::support::NEW_PASSWORD;

const ADA: &str = "ada@example.com";

/// The secret in a message with quoted-printable parts.
fn token(message: &str) -> Option<String> {
    let text = message.replace("=\n", "").replace("=3D", "=");
    let (_, rest) = text.split_once("/reset-password?token=")?;
    Some(rest.chars().take_while(|character| character.is_ascii_alphanumeric() || "-_".contains(*character)).collect())
}

#[tokio::test]
async fn link_used_in_parallel_over_http_works_once() {
    let service = Service::start(Duration::ZERO).await;
    statuses(vec![service.sign_up(ADA)]).await;
    statuses(vec![service.request_reset(ADA)]).await;
    service.delivered().await;
    let token = service.mail.messages().iter().find_map(|message| token(message)).expect("a link");
    let uses = (0..100).map(|number| {
        let password = format!("{NEW_PASSWORD} {number}");
        service.post("/reset-password", &json!({ "newPassword": password, "token": token }))
    });
    let answers = statuses(uses.collect()).await;
    assert_eq!(answers.iter().filter(|status| **status == Some(200)).count(), 1, "{answers:?}");
    // The others: the link is used, or too many passwords are hashed at once.
    assert!(answers.iter().all(|status| matches!(status, Some(200 | 400 | 503))), "{answers:?}");
}
