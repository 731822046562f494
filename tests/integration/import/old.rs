//! A Better Auth database with the tables of its own migrations, and values recorded from better-auth
//! 1.7.6.

pub mod plugins;

use std::path::PathBuf;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;

use crate::support::database::TestDatabase;

/// The secret that signed [`COOKIE`].
pub const SECRET: &str = "q7J0xVwq3C1kZ9uYtH5nB8mR2sD6fG4aL1eP0oI=";

/// A recorded session token.
pub const TOKEN: &str = "9OERPK9edq8BPIvH5ZKlyJpKNWzSLDyI";

/// The signed cookie of [`TOKEN`].
pub const COOKIE: &str = "9OERPK9edq8BPIvH5ZKlyJpKNWzSLDyI.XAZteZ2Zc9L%2BNxNWCaqWglEFTrW4ciJN0RyuU3OoLWA%3D";

/// The hash of the tests' password.
pub const HASH: &str = "355d76cef8bf42ecc46d89730bfa0e45:cb2b1d08fb285553ca410a3aed68d92344d9494d51fb359120461b60d1ef8aede1e36b4dd717b5f2806c1340e883d3a6550ae3a2947426e64341398c99142b24";

/// The hash of the password "pass".
pub const HASH_OF_PASS: &str = "9d62e48208b977b38355d80de5669c26:9e77826b4a8b2e367d800f7c0039ac5d39e872ec1daa9703136bced0d3066cc4df19c813b278001b4370d09604893fb1ecaa6fafd5f989c41f2390dd53fc68b4";

/// The id of [`Old::ada`].
pub const ADA: &str = "G6Bjcc2aDmczW8281Dd5LvNZ7BygfIrk";

/// A day before the tests' clock starts.
pub const YESTERDAY: &str = "2027-01-14T08:00:00.000Z";

/// Six days after the tests' clock starts.
pub const NEXT_WEEK: &str = "2027-01-21T08:00:00.000Z";

const TABLES: &str = r#"
create table "user" ("id" text not null primary key, "name" text not null, "email" text not null unique, "emailVerified" BOOLEAN not null, "image" text, "createdAt" DATE not null, "updatedAt" DATE not null);
create table "session" ("id" text not null primary key, "expiresAt" DATE not null, "token" text not null unique, "createdAt" DATE not null, "updatedAt" DATE not null, "ipAddress" text, "userAgent" text, "userId" text not null references "user" ("id") on delete cascade);
create table "account" ("id" text not null primary key, "accountId" text not null, "providerId" text not null, "userId" text not null references "user" ("id") on delete cascade, "accessToken" text, "refreshToken" text, "idToken" text, "accessTokenExpiresAt" DATE, "refreshTokenExpiresAt" DATE, "scope" text, "password" text, "createdAt" DATE not null, "updatedAt" DATE not null);
"#;

/// The old installation.
pub struct Old {
    db: DatabaseConnection,
    /// The `--from` argument of the import.
    pub from: String,
    _kept: Kept,
}

enum Kept {
    File { _folder: TempDir },
    Schema { _database: TestDatabase },
}

impl Old {
    /// One installation per database under test: SQLite, and PostgreSQL when it is configured.
    pub async fn each() -> Vec<Self> {
        let mut each = vec![Self::on_sqlite().await];
        if std::env::var("LATCHKEY_TEST_POSTGRES_URL").is_ok_and(|url| !url.is_empty()) {
            let database = TestDatabase::new().await;
            let from = database.url().to_owned();
            let db = Database::connect(&from).await.expect("PostgreSQL is reachable");
            let tables = TABLES.replace("DATE", "timestamptz").replace("BOOLEAN", "boolean");
            db.execute_unprepared(&tables).await.expect("the tables are created");
            each.push(Self { db, from, _kept: Kept::Schema { _database: database } });
        }
        each
    }

    pub async fn on_sqlite() -> Self {
        let tables = TABLES.replace("DATE", "date").replace("BOOLEAN", "integer");
        Self::in_file(&tables).await
    }

    /// An SQLite file with other tables.
    pub async fn in_file(tables: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path: PathBuf = folder.path().join("old.db");
        let from = path.display().to_string();
        let db = Database::connect(format!("sqlite:{from}?mode=rwc")).await.expect("the file is created");
        db.execute_unprepared(tables).await.expect("the tables are created");
        Self { db, from, _kept: Kept::File { _folder: folder } }
    }

    pub async fn operate(&self, sql: &str) {
        self.db.execute_unprepared(sql).await.expect("the statement succeeds");
    }

    /// Adds a user without an account.
    pub async fn user(&self, id: &str, email: &str) {
        self.operate(&format!(
            r#"INSERT INTO "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt")
               VALUES ('{id}', 'Ada', '{email}', true, 'https://example.com/a.png', '{YESTERDAY}', '{YESTERDAY}')"#
        ))
        .await;
    }

    /// Adds a password account, given the hash.
    pub async fn password(&self, user: &str, hash: &str) {
        self.account(user, "credential", user, hash).await;
    }

    pub async fn account(&self, user: &str, provider: &str, account: &str, hash: &str) {
        self.operate(&format!(
            r#"INSERT INTO "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
               VALUES ('{provider}-{account}-{user}', '{account}', '{provider}', '{user}', '{hash}', '{YESTERDAY}', '{YESTERDAY}')"#
        ))
        .await;
    }

    pub async fn session(&self, id: &str, user: &str, token: &str, created: &str, expires: &str) {
        self.operate(&format!(
            r#"INSERT INTO "session" ("id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId")
               VALUES ('{id}', '{expires}', '{token}', '{created}', '{created}', '192.0.2.9', 'Firefox', '{user}')"#
        ))
        .await;
    }

    /// Adds Ada with a password and a live session.
    pub async fn ada(&self) {
        self.user(ADA, "ada@example.com").await;
        self.password(ADA, HASH).await;
        self.session("s-ada", ADA, TOKEN, YESTERDAY, NEXT_WEEK).await;
    }
}
