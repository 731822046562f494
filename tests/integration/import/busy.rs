//! An import beside a running service.

use latchkey::import::source::mapping::Mapping;

use super::{
    sign_in,
    users::{BCRYPT, Exported, try_users},
};
use crate::support::{PASSWORD, TestApp, records::count};

const USERS: usize = 3_000;

#[tokio::test]
async fn sign_ins_succeed_while_an_import_runs() {
    let app = TestApp::with(&[("LATCHKEY_RATE_LIMIT", "off")]).await;
    app.person("ada@example.com").await;
    let lines: Vec<_> = (0..USERS).map(|id| format!("u{id},u{id}@example.com,{BCRYPT}\n")).collect();
    let file = Exported::new("users.csv", format!("id,email,password_hash\n{}", lines.concat()));
    let from = file.from();
    let mut import = std::pin::pin!(try_users(&app, &from, None, Mapping::default(), false));
    let mut between = 0;
    let report = loop {
        tokio::select! {
            report = &mut import => break report.expect("the import succeeds"),
            // A sign-in writes the session, its event and the time of the sign-in.
            status = sign_in_and_count(&app) => {
                let (status, users) = status;
                assert_eq!(status, 200, "after {users} users");
                between += usize::from(users > 1 && users < USERS);
            }
        }
    };
    assert_eq!(report.users.imported, USERS as u64, "{report}");
    assert!(between > 1, "{between} sign-ins saw a part of the users");
}

async fn sign_in_and_count(app: &TestApp) -> (u16, usize) {
    let status = sign_in(app, "ada@example.com", PASSWORD).await;
    (status, usize::try_from(count(app, "users").await).expect("a number"))
}
