//! An import beside a running service.

use latchkey::import::source::mapping::Mapping;
use serde_json::json;

use super::{
    sign_in,
    users::{BCRYPT, Exported, try_users},
};
use crate::support::{PASSWORD, TestApp, records::count};

const USERS: usize = 3_000;

#[tokio::test]
async fn sign_in_and_up_work_while_importing() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    app.person("ada@example.com").await;
    let lines: Vec<_> = (0..USERS).map(|id| format!("u{id},u{id}@example.com,{BCRYPT}\n")).collect();
    let file = Exported::new("users.csv", format!("id,email,password_hash\n{}", lines.concat()));
    let from = file.from();
    let mut import = std::pin::pin!(try_users(&app, &from, None, Mapping::default(), false));
    let (mut signed_up, mut between) = (0, 0);
    let report = loop {
        tokio::select! {
            report = &mut import => break report.expect("the import succeeds"),
            // A sign-in writes the session, its event and the time of the sign-in; a sign-up also the account.
            statuses = sign_in_and_up(&app, signed_up) => {
                signed_up += 1;
                let imported = users(&app).await - 1 - signed_up;
                assert_eq!(statuses, [200, 200], "after {imported} users");
                between += usize::from(imported > 0 && imported < USERS);
            }
        }
    };
    assert_eq!(report.users.imported, USERS as u64, "{report}");
    assert!(between > 1, "{between} sign-ins and sign-ups saw a part of the users");
}

/// The statuses of a sign-in and of a sign-up.
async fn sign_in_and_up(app: &TestApp, number: usize) -> [u16; 2] {
    let signed_in = sign_in(app, "ada@example.com", PASSWORD).await;
    let body = json!({ "name": "Ada", "email": format!("n{number}@example.com"), "password": PASSWORD });
    let signed_up = app.client().post("/api/auth/sign-up/email").json(&body).await;
    [signed_in, signed_up.status.as_u16()]
}

async fn users(app: &TestApp) -> usize {
    usize::try_from(count(app, "users").await).expect("a number")
}
