//! `latchkey keys list | rotate | retire`. Running services follow a change within a second.

use clap::Subcommand;

use super::{Outcome, output};
use crate::{
    app,
    auth::keys::{PUBLISHED_AHEAD, Signing, StoredKeys, stored::KeyStatus, timeline::Phase},
    clock::Clock,
    config::Config,
    crypto::derive::DerivedKeys,
    domain::Timestamp,
};

#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Keys {
    /// List all keys with their states and times
    List,
    /// Create the next key; it is published at once and signs some minutes later
    Rotate,
    /// Retire a key: it stops signing, and its tokens are accepted until they expire
    Retire {
        /// The id of the key, as `latchkey keys list` shows it
        #[arg(value_name = "KID")]
        kid: String,
        /// The key is compromised or lost: reject its tokens at once, on every process
        #[arg(long)]
        now: bool,
    },
}

/// How to rotate shared secrets, which this command cannot do.
const ROTATE_SHARED: &str = "access tokens are signed with HS256 and the secrets in LATCHKEY_JWT_SECRET. To rotate: put \
                             a new secret before the current one, separated by a space, first on every backend and \
                             then here; remove the old secret when its last token has expired";

pub(super) async fn run(action: Keys, config: &Config) -> Outcome {
    let Signing::KeyPairs(algorithm) = config.tokens.signing else {
        if action == Keys::List {
            output::print(format_args!("{ROTATE_SHARED}\n"))?;
            return Ok(());
        }
        return Err(ROTATE_SHARED.into());
    };
    let store = app::connect(config).await?;
    store.migrate().await?;
    let derived = DerivedKeys::of(&config.master_secret()?)?;
    let keys = app::stored_keys(config, algorithm, store.clone(), Clock::system(), &derived)?;
    match action {
        Keys::List => list(&keys).await?,
        Keys::Rotate => rotate(&keys).await?,
        Keys::Retire { kid, now: true } => retire_now(&keys, &kid).await?,
        Keys::Retire { kid, now: false } => retire(&keys, &kid).await?,
    }
    Ok(store.close().await?)
}

async fn list(keys: &StoredKeys) -> Outcome {
    let keys = keys.list().await?;
    if keys.is_empty() {
        output::print("there are no signing keys yet; the service creates the first one when it starts\n")?;
        return Ok(());
    }
    let mut lines = row(["KID", "ALGORITHM", "STATE", "CREATED", "SIGNS FROM", "UNTIL"]);
    for key in keys {
        let KeyStatus { id, algorithm, phase, created_at, not_before, retire_at } = key;
        let until = retire_at.map_or_else(|| "-".to_owned(), Timestamp::to_rfc3339);
        let (created, signs_from) = (created_at.to_rfc3339(), not_before.to_rfc3339());
        lines.push_str(&row([&id, &algorithm, state(phase), &created, &signs_from, &until]));
    }
    Ok(output::print(lines)?)
}

async fn rotate(keys: &StoredKeys) -> Outcome {
    let next = keys.rotate().await?;
    output::print(format_args!(
        "created the signing key {}; it is published now, and signs from {} ({} from now), when every backend has had \
         time to fetch it\n",
        next.id,
        next.not_before.to_rfc3339(),
        humantime::format_duration(PUBLISHED_AHEAD)
    ))?;
    Ok(())
}

async fn retire(keys: &StoredKeys, kid: &str) -> Outcome {
    let text = match keys.retire(kid).await? {
        Some(until) => {
            format!("the signing key {kid} is retired; its tokens are accepted until {}\n", until.to_rfc3339())
        }
        None => format!("the signing key {kid} is deleted; it had not signed any token\n"),
    };
    Ok(output::print(text)?)
}

async fn retire_now(keys: &StoredKeys, kid: &str) -> Outcome {
    keys.retire_now(kid).await?;
    output::print(format_args!(
        "the signing key {kid} is deleted; every process rejects its tokens within a second\n"
    ))?;
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
    format!("{id:43}  {algorithm:9}  {state:14}  {created:24}  {signs_from:24}  {until}\n")
}
