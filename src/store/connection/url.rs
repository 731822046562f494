//! The parts of a `postgres://` URL that this service and its driver understand.

use sea_orm::sqlx::{self, postgres::PgConnectOptions};
use url::Url;

use super::ConnectError;

/// The query parameters of the driver. The driver writes the values of all others to the log.
const PARAMETERS: [&str; 19] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
    POOLER,
];

/// `pgbouncer=true`: the connection goes through a transaction-mode pooler, as Prisma and Supabase write it.
const POOLER: &str = "pgbouncer";

/// A parsed URL.
pub(super) struct PostgresUrl {
    pub options: PgConnectOptions,
    /// Whether the URL says that a transaction-mode pooler is in between.
    pub names_pooler: bool,
}

impl PostgresUrl {
    pub(super) fn parse(text: &str) -> Result<Self, ConnectError> {
        let invalid = |error: url::ParseError| ConnectError::InvalidUrl(error.to_string());
        let mut url = Url::parse(text).map_err(invalid)?;
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        let names_pooler = pairs.iter().any(|(name, value)| name == POOLER && value == "true");
        let is_known = |name: &str| PARAMETERS.contains(&name) || name.starts_with("options[");
        for (name, _) in pairs.iter().filter(|(name, _)| !is_known(name)) {
            tracing::warn!(parameter = name, "ignoring an unknown parameter of the PostgreSQL URL");
        }
        let kept: Vec<_> = pairs.iter().filter(|(name, _)| name != POOLER && is_known(name)).collect();
        url.set_query(None);
        if !kept.is_empty() {
            url.query_pairs_mut().extend_pairs(kept);
        }
        let options: PgConnectOptions = url.as_str().parse().map_err(|error: sqlx::Error| {
            // The error of a bad value quotes the value, which is no secret for the parameters that are parsed.
            ConnectError::InvalidUrl(crate::store::error::one_line(&error))
        })?;
        // No statement reads a float, and poolers refuse this start parameter.
        Ok(Self { options: options.extra_float_digits(None), names_pooler })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_invalid_does_not_show_the_password() {
        for url in ["postgres://me:hunter2#x@db:port/latchkey", "postgres://me:hunter2@db:99999/x", "postgres://"] {
            if let Err(error) = PostgresUrl::parse(url) {
                assert!(!error.to_string().contains("hunter2"), "{error}");
            }
        }
        let bad_mode = PostgresUrl::parse("postgres://me:hunter2@db/x?sslmode=maybe").err().unwrap().to_string();
        assert!(bad_mode.contains("maybe") && !bad_mode.contains("hunter2"), "{bad_mode}");
    }

    #[test]
    fn url_parameter_of_another_program_is_ignored() {
        let url = "postgres://me@db:6543/x?channel_binding=require&sslmode=require&connection_limit=1";
        let parsed = PostgresUrl::parse(url).unwrap();
        assert_eq!((parsed.options.get_host(), parsed.options.get_port()), ("db", 6543));
        assert!(!parsed.names_pooler);
        assert!(PostgresUrl::parse("postgresql://me@db/x?pgbouncer=true").unwrap().names_pooler);
    }
}
