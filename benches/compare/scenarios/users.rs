//! The same requests with one million users and five million sessions as with one thousand and five thousand.
//!
//! Latchkey keeps the rows of active users in memory. So in each round 1,000 users are active at both sides: all of the
//! small one, and 1,000 of the large one. Except for profiles, these are others in each round.

use std::{cell::Cell, rc::Rc, thread, time::Duration};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tempfile::TempDir;

use crate::{
    bench::Bench,
    contest::Contest,
    database::{Database, Kind},
    latchkey::{self, HS256, PASSWORD, SECRET},
    load::{Load, Repeats},
    population::{ACTIVE, Population, SESSIONS_PER_USER, Session, email},
    process,
    report::Row,
    request::Request,
    server::{Server, free_port},
};

const FEW: i64 = 1_000;
const MANY: i64 = 1_000_000;

const ROUNDS: usize = 5;

/// Rounds of `ACTIVE` users whose profiles are read in turn: more than can be read until the first one is read again
/// from the database.
const SPREAD: i64 = 50;

/// How long a sign-in is measured: about 200 of them on two processors.
const SIGN_IN_SECONDS: u32 = 4;

/// Longer than Latchkey keeps rows in memory.
const CACHE_PERIOD: Duration = Duration::from_millis(1_100);

/// How long the jobs at the start of Latchkey may take.
const START_SECONDS: usize = 120;

pub fn on_sqlite(bench: &Bench) -> Result<Vec<Row>> {
    users(bench, Kind::Sqlite, "users-sqlite")
}

pub fn on_postgres(bench: &Bench) -> Result<Vec<Row>> {
    users(bench, Kind::Postgres, "users-postgres")
}

fn users(bench: &Bench, kind: Kind, scenario: &str) -> Result<Vec<Row>> {
    let (many, few) = (Service::start(bench, kind, MANY)?, Service::start(bench, kind, FEW)?);
    let sizes = (many.database.megabytes()?, few.database.megabytes()?);
    let mut rows = Vec::new();
    for (name, load, seconds) in [
        ("sign-in", Service::sign_ins as fn(&Rc<Service>) -> Load, Some(SIGN_IN_SECONDS)),
        ("renew", Service::renewals, None),
        ("profile", Service::profiles, None),
        ("list", Service::lists, None),
    ] {
        let mut contest = Contest::new(bench).rounds(ROUNDS);
        if let Some(seconds) = seconds {
            contest = contest.seconds(seconds);
        }
        contest.against("1,000,000 users", load(&many));
        contest.against("1,000 users", load(&few));
        rows.push(contest.run()?.ratio(&format!("{scenario}/{name}"), "1,000 users")?);
    }
    let mut contest = Contest::new(bench).rounds(ROUNDS);
    contest.against("50,000 active users", many.spread_profiles());
    contest.against("1,000 users", few.profiles());
    rows.push(contest.run()?.ratio(&format!("{scenario}/profile-spread"), "1,000 users")?);
    rows.push(Row::of_value(&format!("{scenario}/size"), vec![sizes.0], Some(("1,000 users", sizes.1)))?);
    Ok(rows)
}

/// Latchkey with a population. The server ends before its database.
struct Service {
    server: Rc<Server>,
    database: Database,
    population: Population,
    tokens: AccessTokens,
    /// The next round of requests.
    round: Cell<i64>,
}

impl Service {
    fn start(bench: &Bench, kind: Kind, users: i64) -> Result<Rc<Self>> {
        let (folder, population) = (bench.folder()?, Population::new(users));
        let database = Database::new(bench, kind, folder.path())?;
        let url = database.setting();
        let mut settings = HS256.to_vec();
        settings.extend(url.as_ref().map(|(name, url)| (*name, url.as_str())));
        latchkey::migrate(&bench.binary, folder.path(), &settings)?;
        population.fill(&database)?;
        // The first round warms up.
        let known = (0..).take(ROUNDS + 1).flat_map(|round| population.active(round));
        let known = known.take(usize::try_from(users)?).flat_map(|user| population.sessions(user));
        database.execute(&population.with_known_tokens(&database, known)?)?;
        database.sync()?;
        let server = serve(bench, folder, &settings)?;
        let session = population.active(0).next().and_then(|user| population.sessions(user).next());
        let tokens = AccessTokens::new(&server, session.context("a session")?)?;
        Ok(Rc::new(Self { server, database, population, tokens, round: Cell::new(0) }))
    }

    /// Users of the next round.
    fn next_users(&self) -> impl Iterator<Item = i64> + Clone + use<> {
        self.population.active(self.round.replace(self.round.get() + 1))
    }

    fn sign_ins(self: &Rc<Self>) -> Load {
        let service = Rc::clone(self);
        Load::per_round(&self.server, Repeats::Again, move || {
            let body = |user| json!({ "email": email(user), "password": PASSWORD });
            Ok(service.next_users().map(|user| Request::post("/api/auth/sign-in/email", &body(user))).collect())
        })
    }

    /// Profiles that a browser reads without a valid access token: each renews a session and rotates its token.
    fn renewals(self: &Rc<Self>) -> Load {
        let service = Rc::clone(self);
        let round = Cell::new(0);
        Load::per_round(&self.server, Repeats::Never, move || {
            let (population, round) = (service.population, round.replace(round.get() + 1));
            let users: Vec<_> = population.active(round).collect();
            let sessions = || users.iter().flat_map(|user| population.sessions(*user));
            if round > 0 && population.users == ACTIVE {
                service.database.execute(&population.with_known_tokens(&service.database, sessions())?)?;
                thread::sleep(CACHE_PERIOD);
            }
            let mut requests = Vec::new();
            // Not the sessions of a user one after the other.
            for generation in 0..usize::try_from(SESSIONS_PER_USER)? {
                for user in &users {
                    let session = population.sessions(*user).nth(generation).context("a session")?;
                    let request = Request::get(format!("/api/users/{}", population.user_id(*user)));
                    requests.push(request.header("cookie", format!("latchkey_session={}", session.token())));
                }
            }
            Ok(requests)
        })
    }

    /// The same users in all rounds. Others would first have to be read into memory, at the large side only.
    fn profiles(self: &Rc<Self>) -> Load {
        let (service, users) = (Rc::clone(self), self.next_users());
        Load::per_round(&self.server, Repeats::Again, move || service.gets(users.clone(), ""))
    }

    fn lists(self: &Rc<Self>) -> Load {
        let service = Rc::clone(self);
        Load::per_round(&self.server, Repeats::Again, move || service.gets(service.next_users(), "/sessions"))
    }

    fn spread_profiles(self: &Rc<Self>) -> Load {
        let service = Rc::clone(self);
        Load::per_round(&self.server, Repeats::Again, move || {
            let users = (0..SPREAD).flat_map(|round| service.population.active(round));
            service.gets(users, "")
        })
    }

    /// A request of each user, with an access token.
    fn gets(&self, users: impl Iterator<Item = i64>, path: &str) -> Result<Vec<Request>> {
        let get = |user| {
            let id = self.population.user_id(user);
            let session = self.population.sessions(user).next().context("a session")?;
            let token = self.tokens.sign(&id, session)?;
            Ok(Request::get(format!("/api/users/{id}{path}")).bearer(&token))
        };
        users.map(get).collect()
    }
}

/// Starts Latchkey, and waits until the jobs of its start are done.
fn serve(bench: &Bench, folder: TempDir, settings: &[(&str, &str)]) -> Result<Rc<Server>> {
    let port = free_port()?;
    let command = latchkey::command(&bench.binary, folder.path(), port, settings);
    let server = Rc::new(Server::start("Latchkey", command, port, "/readyz", folder)?);
    for _ in 0..START_SECONDS {
        let before = process::usage(server.id());
        thread::sleep(Duration::from_secs(1));
        let used = before.zip(process::usage(server.id())).map(|(before, after)| after.cpu_ms - before.cpu_ms);
        if used.is_none_or(|milliseconds| milliseconds < 50.0) {
            break;
        }
    }
    Ok(server)
}

/// Signs access tokens as Latchkey does: a request for each of them would take minutes.
struct AccessTokens {
    /// Of a token of the server, encoded.
    header: String,
    claims: Value,
    key: Hmac<Sha256>,
}

impl AccessTokens {
    fn new(server: &Server, session: Session) -> Result<Self> {
        let request = Request::get("/api/auth/token").bearer(&session.token());
        let json = request.expect(&server.url(), 200)?.json()?;
        let token = json["token"].as_str().context("the answer has no access token")?;
        let (header, rest) = token.split_once('.').context("the access token is no JWT")?;
        let (claims, _) = rest.split_once('.').context("the access token is no JWT")?;
        let tokens = Self {
            header: header.to_owned(),
            claims: serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?,
            key: Hmac::new_from_slice(SECRET.as_bytes())?,
        };
        let same = tokens.encode(claims);
        ensure!(same == token, "Latchkey signs access tokens in another way");
        Ok(tokens)
    }

    /// The same token for another user.
    fn sign(&self, user: &str, session: Session) -> Result<String> {
        let mut claims = self.claims.clone();
        for (name, value) in [("sub", user), ("user_id", user), ("sid", &session.id.to_string())] {
            claims[name] = value.into();
        }
        Ok(self.encode(&URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims)?)))
    }

    fn encode(&self, claims: &str) -> String {
        let signed = format!("{}.{claims}", self.header);
        let tag = self.key.clone().chain_update(&signed).finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
    }
}
