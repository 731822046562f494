//! Presets, each with a file or table in the format that the system's documentation shows.

use latchkey::{
    auth::password::hasher::firebase::FirebaseProject,
    import::{
        report::Report,
        source::{mapping::Mapping, preset::Preset},
    },
};
use serde_json::{Value, json};

use super::{
    old::Old,
    sign_in,
    users::{BCRYPT, Exported, try_users},
};
use crate::support::TestApp;

const PASSWORD: &str = "violet otter lantern 42";

async fn imported(app: &TestApp, preset: Preset, from: &str) -> Report {
    try_users(app, from, preset.table(), preset.mapping(), false).await.expect("the import succeeds")
}

/// Signs in with [`PASSWORD`]. `null` if that fails.
async fn user(app: &TestApp, email: &str) -> Value {
    let body = json!({ "email": email, "password": PASSWORD });
    app.client().post("/api/auth/sign-in/email").json(&body).await.json()["user"].clone()
}

fn named(user: &Value, names: [&str; 4]) -> [Value; 4] {
    names.map(|name| user[name].clone())
}

const PROFILE: [&str; 4] = ["id", "name", "emailVerified", "createdAt"];

/// `django-admin dumpdata auth.user --indent 2` of Django 5.2.
#[tokio::test]
async fn django_dump_is_imported() {
    let app = TestApp::new().await;
    let one = |pk: u32, email: &str, password: &str, active: bool| {
        json!({ "model": "auth.user", "pk": pk, "fields": {
            "password": password, "last_login": null, "is_superuser": false, "username": format!("user{pk}"),
            "first_name": "Ada", "last_name": "Lovelace", "email": email, "is_staff": false, "is_active": active,
            "date_joined": "2026-11-25T10:15:30.123Z", "groups": [], "user_permissions": [] } })
    };
    let pbkdf2 = "pbkdf2_sha256$1000$seasalt$/RfM9gp/EhahCoKHoHG0uKRo88abpJ8GqERfwuAAP/4=";
    let dump = json!([
        one(1, "ada@example.com", pbkdf2, true),
        one(2, "off@example.com", pbkdf2, false),
        one(3, "", pbkdf2, true),
        one(4, "unusable@example.com", "!Afiuy6owspxRz3TVgh4MSos7QQKUwMZdgnxcjPsA", true),
    ]);
    let file = Exported::new("users.json", serde_json::to_string_pretty(&dump).unwrap());
    let report = imported(&app, Preset::Django, &file.from()).await;
    assert_eq!((report.users.imported, report.users.skipped, report.passwords.imported), (3, 1, 2), "{report}");
    assert!(report.to_string().contains("user \"4\": has no password"), "{report}");
    let ada = user(&app, "ada@example.com").await;
    assert_eq!(
        named(&ada, PROFILE),
        [json!("1"), json!("Ada Lovelace"), json!(false), json!("2026-11-25T10:15:30.123Z")]
    );
    assert_eq!(user(&app, "off@example.com").await, Value::Null);
}

/// The table of `django.contrib.auth`, as `manage.py sqlmigrate auth` prints it.
#[tokio::test]
async fn django_table_is_imported() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.operate(
            r#"CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY, "password" varchar(128) NOT NULL,
               "last_login" timestamp NULL, "is_superuser" boolean NOT NULL, "username" varchar(150) NOT NULL UNIQUE,
               "first_name" varchar(150) NOT NULL, "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL,
               "is_staff" boolean NOT NULL, "is_active" boolean NOT NULL, "date_joined" timestamp NOT NULL)"#,
        )
        .await;
        old.operate(&format!(
            "INSERT INTO auth_user VALUES
             (12, 'bcrypt${BCRYPT}', NULL, false, 'ada', '', 'Lovelace', 'ada@example.com', false, true,
              '2026-11-25 10:15:30.123456')"
        ))
        .await;
        let report = imported(&app, Preset::Django, &old.from).await;
        assert_eq!((report.users.imported, report.passwords.imported), (1, 1), "{report}");
        let ada = user(&app, "ada@example.com").await;
        assert_eq!(
            named(&ada, PROFILE),
            [json!("12"), json!("Lovelace"), json!(false), json!("2026-11-25T10:15:30.123Z")]
        );
    }
}

/// The table of Devise's generator (`lib/generators/active_record`), with `:confirmable`.
#[tokio::test]
async fn devise_table_is_imported() {
    for old in Old::each().await {
        let app = TestApp::new().await;
        old.operate(
            "CREATE TABLE users (id bigint PRIMARY KEY, email varchar NOT NULL DEFAULT '',
             encrypted_password varchar NOT NULL DEFAULT '', reset_password_token varchar, confirmed_at timestamp,
             created_at timestamp NOT NULL, updated_at timestamp NOT NULL)",
        )
        .await;
        let (hash, time) = (BCRYPT.replace("$2b$", "$2a$"), "2026-11-25 10:15:30.123456");
        old.operate(&format!(
            "INSERT INTO users VALUES (1, 'ada@example.com', '{hash}', NULL, '{time}', '{time}', '{time}'),
                                      (2, 'bob@example.com', '{hash}', NULL, NULL, '{time}', '{time}')"
        ))
        .await;
        let report = imported(&app, Preset::Devise, &old.from).await;
        assert_eq!((report.users.imported, report.passwords.imported), (2, 2), "{report}");
        let ada = user(&app, "ada@example.com").await;
        assert_eq!(named(&ada, PROFILE), [json!("1"), json!(""), json!(true), json!("2026-11-25T10:15:30.123Z")]);
        assert_eq!(user(&app, "bob@example.com").await["emailVerified"], false);
    }
}

const SUPABASE_ID: &str = "8d0fd2b3-9ca7-4d9e-a95f-9e13dded323e";

/// Rows of `auth.users`, exported as CSV from the SQL editor.
#[tokio::test]
async fn supabase_csv_is_imported() {
    let app = TestApp::new().await;
    let hash = BCRYPT.replace("$2b$", "$2a$");
    let metadata = r#""{""name"": ""Ada Lovelace"", ""avatar_url"": ""https://example.com/a.png""}""#;
    let row = |id: &str, email: &str, confirmed: &str, banned: &str, deleted: &str| {
        let time = "2026-11-25 10:15:30.123456+00";
        let instance = "00000000-0000-0000-0000-000000000000";
        format!(
            "{instance},{id},authenticated,{email},{hash},{confirmed},{metadata},{time},{time},{banned},{deleted},false\n"
        )
    };
    let other = |digit: &str| SUPABASE_ID.replace("3e", digit);
    let content = [
        "instance_id,id,role,email,encrypted_password,email_confirmed_at,raw_user_meta_data,created_at,updated_at,\
         banned_until,deleted_at,is_anonymous\n"
            .to_owned(),
        row(SUPABASE_ID, "ada@example.com", "2026-11-25 10:16:00+00", "2026-11-26 00:00:00+00", ""),
        row(&other("01"), "banned@example.com", "", "2126-11-25 10:15:30+00", ""),
        row(&other("02"), "deleted@example.com", "", "", "2026-11-26 10:15:30+00"),
        row(&other("03"), "", "", "", ""),
    ]
    .concat();
    let file = Exported::new("users_rows.csv", content);
    let report = imported(&app, Preset::Supabase, &file.from()).await;
    assert_eq!((report.users.imported, report.users.skipped, report.passwords.imported), (3, 1, 3), "{report}");
    let ada = user(&app, "ada@example.com").await;
    assert_eq!(
        named(&ada, PROFILE),
        [json!(SUPABASE_ID), json!("Ada Lovelace"), json!(true), json!("2026-11-25T10:15:30.123Z")]
    );
    assert_eq!(ada["image"], "https://example.com/a.png");
    for disabled in ["banned@example.com", "deleted@example.com"] {
        assert_eq!(user(&app, disabled).await, Value::Null, "{disabled}");
    }
}

/// The table itself, in a schema of its own (PostgreSQL only).
#[tokio::test]
async fn supabase_table_is_imported() {
    for old in Old::each().await.into_iter().filter(|old| old.from.starts_with("postgres")) {
        let app = TestApp::new().await;
        let schema = format!("auth_{}", std::process::id());
        old.operate(&format!(
            "CREATE SCHEMA {schema}; CREATE TABLE {schema}.users (id uuid PRIMARY KEY, email varchar,
             encrypted_password varchar, email_confirmed_at timestamptz, raw_user_meta_data jsonb,
             created_at timestamptz, updated_at timestamptz, banned_until timestamptz, deleted_at timestamptz);
             INSERT INTO {schema}.users VALUES ('{SUPABASE_ID}', 'ada@example.com', '{BCRYPT}', now(),
             '{{\"full_name\": \"Ada\"}}', '2026-11-25 10:15:30+00', '2026-11-25 10:15:30+00', '-infinity', NULL), (gen_random_uuid(),
             'banned@example.com', '{BCRYPT}', now(), NULL, now(), now(), 'infinity', NULL)"
        ))
        .await;
        let preset = Preset::Supabase;
        let table = format!("{schema}.users");
        let report = try_users(&app, &old.from, Some(&table), preset.mapping(), false).await.expect("success");
        old.operate(&format!("DROP SCHEMA {schema} CASCADE")).await;
        assert_eq!((report.users.imported, report.passwords.imported), (2, 2), "{report}");
        let ada = user(&app, "ada@example.com").await;
        assert_eq!(
            named(&ada, PROFILE),
            [json!(SUPABASE_ID), json!("Ada"), json!(true), json!("2026-11-25T10:15:30.000Z")]
        );
        assert_eq!(user(&app, "banned@example.com").await, Value::Null, "banned permanently");
    }
}

/// auth0.com/docs/manage-users/user-migration: the file with password hashes, and a bulk export without them.
#[tokio::test]
async fn auth0_exports_are_imported() {
    let app = TestApp::new().await;
    let hashes = [
        json!({ "_id": { "$oid": "60425dc43519d90068f82973" }, "email_verified": true, "email": "ada@example.com",
                "passwordHash": BCRYPT, "password_set_date": { "$date": "2021-03-05T16:35:16.775Z" },
                "tenant": "dev-rwsbs6ym", "connection": "Username-Password-Authentication", "_tmp_is_unique": true }),
        json!({ "_id": { "$oid": "60425da93519d90068f82966" }, "email_verified": false, "email": "bob@example.com",
                "passwordHash": BCRYPT, "version": "1.1" }),
    ];
    let bulk = [
        json!({ "user_id": "auth0|60425dc43519d90068f82973", "email": "ada@example.com", "email_verified": true }),
        json!({ "user_id": "auth0|60425dc43519d90068f82999", "email": "new@example.com", "name": "New",
                "created_at": "2026-11-25T10:15:30.123Z", "blocked": true }),
        json!({ "user_id": "google-oauth2|115012401", "email": "other@example.com" }),
    ];
    let file = |users: &[Value]| {
        Exported::new("users.json", users.iter().map(|user| format!("{user}\n")).collect::<Vec<_>>().concat())
    };
    let report = imported(&app, Preset::Auth0, &file(&hashes).from()).await;
    assert_eq!((report.users.imported, report.passwords.imported), (2, 2), "{report}");
    let ada = user(&app, "ada@example.com").await;
    assert_eq!((&ada["id"], &ada["emailVerified"]), (&json!("60425dc43519d90068f82973"), &json!(true)));
    let report = imported(&app, Preset::Auth0, &file(&bulk).from()).await;
    assert_eq!((report.users.already_here, report.users.imported, report.users.skipped), (1, 1, 1), "{report}");
    assert!(report.to_string().contains("user \"google-oauth2|115012401\" (line 3) skipped: its id"), "{report}");
    assert_eq!(user(&app, "bob@example.com").await["emailVerified"], false);
}

/// firebase.google.com/docs/cli/auth, with the hash of the README of github.com/firebase/scrypt.
#[tokio::test]
async fn firebase_export_is_imported() {
    let app = TestApp::new().await;
    let config = "hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: \
                  jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,\n  \
                  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}\n";
    let hash = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";
    let one = |id: &str, email: &str, disabled: bool| {
        json!({ "localId": id, "email": email, "emailVerified": true, "passwordHash": hash, "salt": "42xEC+ixf3L2lw==",
                "displayName": "Ada", "lastSignedInAt": "1764065731000", "createdAt": "1764065730123",
                "disabled": disabled, "providerUserInfo": [] })
    };
    let users = [
        one("9vJQEjTQx5X7mh5Fv2K8bMdKJ6h1", "ada@example.com", false).to_string(),
        one("off", "off@example.com", true).to_string(),
        json!({ "localId": "phone", "phoneNumber": "+15555550100", "createdAt": "1764065730123" }).to_string(),
        json!({ "localId": "google", "email": "google@example.com", "passwordHash": "" }).to_string(),
    ];
    let file = Exported::new("users.json", format!("{{\"users\": [\n{}]}}", users.join(",\n")));
    let firebase = || Some(FirebaseProject::parse(config).expect("valid parameters"));
    let mapping = Mapping { firebase: firebase(), ..Preset::Firebase.mapping() };
    let report = try_users(&app, &file.from(), None, mapping, false).await.expect("the import succeeds");
    assert_eq!((report.users.imported, report.users.skipped, report.passwords.imported), (3, 1, 2), "{report}");
    assert!(report.to_string().contains("user \"phone\" (line 4) skipped: its e-mail address"), "{report}");
    assert_eq!(sign_in(&app, "ada@example.com", "user2password").await, 401);
    for _ in 0..2 {
        assert_eq!(sign_in(&app, "ada@example.com", "user1password").await, 200);
    }
    assert_ne!(sign_in(&app, "off@example.com", "user1password").await, 200);
}

/// The table of `SQLAlchemyBaseUserTableUUID` in fastapi-users, which hashes with argon2id or bcrypt.
#[tokio::test]
async fn fastapi_users_table_is_imported() {
    // On PostgreSQL the schema of the test has another table named "user".
    let old = Old::in_file(
        r#"CREATE TABLE "user" (id CHAR(36) NOT NULL, email VARCHAR(320) NOT NULL, hashed_password VARCHAR(1024) NOT NULL,
           is_active BOOLEAN NOT NULL, is_superuser BOOLEAN NOT NULL, is_verified BOOLEAN NOT NULL, PRIMARY KEY (id))"#,
    )
    .await;
    let app = TestApp::new().await;
    let argon2 = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    for (id, email, hash, active) in [
        (SUPABASE_ID.to_owned(), "ada@example.com", BCRYPT, 1),
        (SUPABASE_ID.replace("3e", "01"), "bob@example.com", argon2, 1),
        (SUPABASE_ID.replace("3e", "02"), "off@example.com", BCRYPT, 0),
    ] {
        old.operate(&format!(r#"INSERT INTO "user" VALUES ('{id}', '{email}', '{hash}', {active}, 0, 1)"#)).await;
    }
    let report = imported(&app, Preset::FastapiUsers, &old.from).await;
    assert_eq!((report.users.imported, report.passwords.imported), (3, 3), "{report}");
    let ada = user(&app, "ada@example.com").await;
    assert_eq!((&ada["id"], &ada["emailVerified"]), (&json!(SUPABASE_ID), &json!(true)));
    assert_eq!(sign_in(&app, "bob@example.com", "password").await, 200);
    assert_eq!(user(&app, "off@example.com").await, Value::Null);
}
