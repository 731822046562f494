//! Accounts and sessions that SQL statements create in the database. All accounts have the same password.
//!
//! Ids are computed from numbers, so that the benchmark knows the id of each account and session. Times are in
//! milliseconds since 1970.

use std::fmt::Write as _;

use anyhow::Result;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::database::{Database, Kind};

/// The hash of `latchkey::PASSWORD` with Latchkey's parameters.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$+ECSBHsmi9nOKjilI9zDEw$Cul6cz6a1FG0/UJzFurgcZWdRPv0ZXWEg8brB56qpHU";

const DAY: i64 = 24 * 60 * 60 * 1000;

pub const SESSIONS_PER_USER: i64 = 5;

/// The number of users whose requests a round sends.
pub const ACTIVE: i64 = 1_000;

/// A prime number: its multiples reach all users in an order that looks random.
const STRIDE: i64 = 7_368_787;

/// The accounts and sessions of a database.
#[derive(Clone, Copy)]
pub struct Population {
    pub users: i64,
    /// Accounts were created from here on, one per step.
    user_from: i64,
    user_step: i64,
    /// Sessions were created from here on, one per step.
    session_from: i64,
    session_step: i64,
    idle_expires_at: i64,
    absolute_expires_at: i64,
}

/// A session whose token is known.
#[derive(Clone, Copy)]
pub struct Session {
    pub id: Uuid,
    number: i64,
}

impl Population {
    pub fn new(users: i64) -> Self {
        let now = Timestamp::now().as_millisecond();
        Self {
            users,
            user_from: now - 300 * DAY,
            user_step: 290 * DAY / users,
            session_from: now - 5 * DAY,
            session_step: 4 * DAY / (users * SESSIONS_PER_USER),
            idle_expires_at: now + 2 * DAY,
            absolute_expires_at: now + 25 * DAY,
        }
    }

    /// Creates the rows in a database without accounts.
    pub fn fill(&self, database: &Database) -> Result<()> {
        let template = match database.kind() {
            Kind::Sqlite => include_str!("population/sqlite.sql"),
            Kind::Postgres => include_str!("population/postgres.sql"),
        };
        let bytes: Vec<String> = (0..=u8::MAX).map(|byte| format!("({byte}, x'{byte:02x}')")).collect();
        let numbers = [
            ("{users}", self.users),
            ("{sessions}", self.users * SESSIONS_PER_USER),
            ("{user_from}", self.user_from),
            ("{user_step}", self.user_step),
            ("{session_from}", self.session_from),
            ("{session_step}", self.session_step),
            ("{idle_expires_at}", self.idle_expires_at),
            ("{absolute_expires_at}", self.absolute_expires_at),
        ];
        let sql = template.replace("{hash}", HASH).replace("{bytes}", &bytes.join(", "));
        database.execute(&numbers.iter().fold(sql, |sql, (name, number)| sql.replace(name, &number.to_string())))?;
        Ok(())
    }

    /// The numbers of the `ACTIVE` users of a round, spread over all users. Rounds have the same users only if there
    /// are no others left.
    pub fn active(&self, round: i64) -> impl Iterator<Item = i64> + Clone + use<> {
        let users = self.users;
        (round * ACTIVE..(round + 1) * ACTIVE).map(move |number| number * STRIDE % users)
    }

    pub fn user_id(&self, user: i64) -> String {
        id_at(self.user_from + user * self.user_step, user).to_string()
    }

    /// The sessions of a user, the oldest first.
    pub fn sessions(&self, user: i64) -> impl Iterator<Item = Session> + use<> {
        let Self { users, session_from, session_step, .. } = *self;
        (0..SESSIONS_PER_USER).map(move |generation| {
            let number = generation * users + user;
            Session { id: id_at(session_from + number * session_step, number), number }
        })
    }

    /// The statements that give these sessions their known tokens, unused and due for a renewal.
    pub fn with_known_tokens(&self, database: &Database, sessions: impl Iterator<Item = Session>) -> Result<String> {
        let mut sql = "BEGIN;\n".to_owned();
        for session in sessions {
            writeln!(
                sql,
                "UPDATE sessions SET secret_hash = {}, previous_secret_hash = NULL, secret_used_at = NULL, \
                 stale_token_at = NULL, generation = generation + 1, last_seen_at = created_at, \
                 idle_expires_at = {} WHERE id = {};",
                database.blob(&Sha256::digest(session.secret())),
                self.idle_expires_at,
                database.uuid(session.id),
            )?;
        }
        Ok(sql + "COMMIT;\n")
    }
}

impl Session {
    /// The session token: the id and a secret. The database has the digest of the secret.
    pub fn token(&self) -> String {
        format!("{}.{}", self.id, URL_SAFE_NO_PAD.encode(self.secret()))
    }

    fn secret(&self) -> [u8; 32] {
        Sha256::digest(format!("session {}", self.number)).into()
    }
}

pub fn email(user: i64) -> String {
    format!("user{user}@example.com")
}

/// A UUID of version 7: 48 bits of time, and the number in the last 48 bits instead of random bits.
fn id_at(time: i64, number: i64) -> Uuid {
    let (time, number) = (time.to_be_bytes(), number.to_be_bytes());
    let mut id = [0; 16];
    id[..6].copy_from_slice(&time[2..]);
    id[6] = 0x70;
    id[8] = 0x80;
    id[10..].copy_from_slice(&number[2..]);
    Uuid::from_bytes(id)
}
