//! `latchkey keys list | rotate | retire`: works beside running processes, which learn of it within a second.

use crate::{
    app,
    auth::keys::{PUBLISHED_AHEAD, Signing, StoredKeys, stored::KeyStatus, timeline::Phase},
    clock::Clock,
    config::Config,
    crypto::derive::DerivedKeys,
    domain::Timestamp,
};

/// What is to be done with the signing keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeysAction {
    /// Show them.
    List,
    /// Make the next one.
    Rotate,
    /// Take one out of service.
    Retire {
        /// Its name.
        kid: String,
        /// Whether what it signed is to be refused at once.
        now: bool,
    },
}

/// Where shared secrets are changed, which this command cannot do.
const SHARED: &str = "tokens are signed with HS256, and its secrets are in LATCHKEY_JWT_SECRET: to rotate, put a new \
                      secret in front of the present one, separated by a space, first in every backend and then \
                      here; remove the old one when its last token has expired";

/// Does it, and says what was done.
pub(crate) async fn run(action: KeysAction, config: &Config) -> Result<(), String> {
    let Signing::KeyPairs(algorithm) = config.signing else {
        return if action == KeysAction::List {
            println!("{SHARED}");
            Ok(())
        } else {
            Err(SHARED.to_owned())
        };
    };
    let store = app::connect(config).await.map_err(|error| error.to_string())?;
    store.migrate().await.map_err(|error| error.to_string())?;
    let master = config.master_secret().map_err(|error| error.to_string())?;
    let derived = DerivedKeys::of(&master).map_err(|error| error.to_string())?;
    let keys = app::stored_keys(config, algorithm, store, Clock::system(), &derived);
    let keys = keys.map_err(|error| error.to_string())?;
    let result = match action {
        KeysAction::List => list(&keys).await,
        KeysAction::Rotate => rotate(&keys).await,
        KeysAction::Retire { kid, now } => retire(&keys, &kid, now).await,
    };
    result.map_err(|error| error.to_string())
}

type Done = Result<(), crate::auth::keys::KeysError>;

async fn list(keys: &StoredKeys) -> Done {
    let keys = keys.list().await?;
    if keys.is_empty() {
        println!("there are no signing keys yet; the service makes the first one when it starts");
        return Ok(());
    }
    println!("{}", row(["KID", "ALGORITHM", "STATE", "CREATED", "SIGNS FROM", "UNTIL"]));
    for key in keys {
        let KeyStatus { id, algorithm, phase, created_at, not_before, retire_at } = key;
        let until = retire_at.map_or_else(|| "-".to_owned(), Timestamp::to_rfc3339);
        let (created, signs_from) = (created_at.to_rfc3339(), not_before.to_rfc3339());
        println!("{}", row([&id, &algorithm, state(phase), &created, &signs_from, &until]));
    }
    Ok(())
}

async fn rotate(keys: &StoredKeys) -> Done {
    let next = keys.rotate().await?;
    println!(
        "the next signing key is {}; it is published now, and signs from {} on, when every backend can have it ({} \
         from now)",
        next.id,
        next.not_before.to_rfc3339(),
        humantime::format_duration(PUBLISHED_AHEAD)
    );
    Ok(())
}

async fn retire(keys: &StoredKeys, kid: &str, now: bool) -> Done {
    if now {
        keys.retire_now(kid).await?;
        println!("the signing key {kid} is gone; every process refuses what it signed within a second");
        return Ok(());
    }
    match keys.retire(kid).await? {
        Some(until) => {
            println!("the signing key {kid} signs no more; what it signed is accepted until {}", until.to_rfc3339());
        }
        None => println!("the signing key {kid} is gone; it has signed nothing"),
    }
    Ok(())
}

const fn state(phase: Phase) -> &'static str {
    match phase {
        Phase::Next => "next",
        Phase::Signing => "signing",
        Phase::VerifyingOnly => "verifying only",
        Phase::Retired => "retired",
    }
}

fn row(columns: [&str; 6]) -> String {
    let [id, algorithm, state, created, signs_from, until] = columns;
    format!("{id:43}  {algorithm:9}  {state:14}  {created:24}  {signs_from:24}  {until}")
}
