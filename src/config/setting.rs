//! The one table of settings: the command line, the environment and the help all come from it.

/// A setting: its variable, its flag and what it is for.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The environment variable.
    pub variable: &'static str,
    /// The long flag, without dashes.
    pub flag: &'static str,
    /// What a value looks like.
    pub value: &'static str,
    /// What holds when nothing is set; empty where that depends on other settings.
    pub default: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
}

const fn setting(
    variable: &'static str,
    flag: &'static str,
    value: &'static str,
    default: &'static str,
    help: &'static str,
) -> Setting {
    Setting { variable, flag, value, default, help }
}

/// Every setting.
pub const SETTINGS: [Setting; 19] = [
    setting("LATCHKEY_LISTEN", "listen", "ADDRESS:PORT", "127.0.0.1:3000", "Where to listen"),
    setting(
        "LATCHKEY_BASE_URL",
        "base-url",
        "URL",
        "http://localhost:3000",
        "How browsers and programs reach the service; also the issuer of its tokens",
    ),
    setting("LATCHKEY_DATA", "data", "FOLDER", "data", "Where the SQLite database and the generated secret are kept"),
    setting(
        "LATCHKEY_DATABASE_URL",
        "database-url",
        "URL",
        "",
        "sqlite:FILE or postgres://USER:PASSWORD@HOST/NAME [default: sqlite, in the data folder]",
    ),
    setting(
        "LATCHKEY_SECRET",
        "secret",
        "SECRET",
        "",
        "The master secret, 32 bytes or more: seals the signing keys in the database; also keys the attempt \
         counters and the form cookie; better set in the environment than as a flag [default: made on first start, \
         kept in the data folder]",
    ),
    setting(
        "LATCHKEY_JWT_SECRET",
        "jwt-secret",
        "SECRETS",
        "",
        "Signs access tokens with HS256 and a secret shared with backends, 32 bytes or more; of several, \
         separated by spaces, the first signs and all are accepted; better set in the environment than as a flag \
         [default: none, key pairs sign]",
    ),
    setting(
        "LATCHKEY_JWT_ALGORITHM",
        "jwt-algorithm",
        "NAME",
        "",
        "How access tokens are signed: EdDSA, ES256 or HS256 [default: HS256 if LATCHKEY_JWT_SECRET is set, else EdDSA]",
    ),
    setting(
        "LATCHKEY_KEY_ROTATION",
        "key-rotation",
        "DURATION",
        "90d",
        "How long a key pair signs before the next one does; `off` leaves it to `latchkey keys rotate`",
    ),
    setting(
        "LATCHKEY_JWT_AUDIENCE",
        "jwt-audience",
        "TEXT",
        "",
        "The audience (aud) of access tokens; `none` leaves it out [default: the base URL]",
    ),
    setting(
        "LATCHKEY_JWT_CLAIMS",
        "jwt-claims",
        "LIST",
        "none",
        "Personal data to put into access tokens: email, name or both",
    ),
    setting("LATCHKEY_ACCESS_TTL", "access-ttl", "DURATION", "15m", "How long an access token is good for"),
    setting("LATCHKEY_SESSION_IDLE", "session-idle", "DURATION", "7d", "A session unused for this long ends"),
    setting("LATCHKEY_SESSION_MAX", "session-max", "DURATION", "30d", "A session ends after this long, used or not"),
    setting(
        "LATCHKEY_PASSWORD_MIN_LENGTH",
        "password-min-length",
        "NUMBER",
        "8",
        "The fewest characters a new password may have",
    ),
    setting(
        "LATCHKEY_PASSWORD_COMPOSITION",
        "password-composition",
        "ON|OFF",
        "off",
        "Ask for upper case, lower case and a digit in new passwords",
    ),
    setting(
        "LATCHKEY_TRUSTED_ORIGINS",
        "trusted-origins",
        "LIST",
        "",
        "Sites and apps that may use the sign-in API from a browser, such as https://app.example.com, \
         https://*.example.com, myapp:// [default: the base URL only]",
    ),
    setting(
        "LATCHKEY_TRUSTED_PROXIES",
        "trusted-proxies",
        "LIST",
        "",
        "Addresses or networks of proxies whose X-Forwarded-For is believed [default: none]",
    ),
    setting(
        "LATCHKEY_RATE_LIMIT",
        "rate-limit",
        "ON|OFF",
        "on",
        "Slow guessing down; off is for load tests on 127.0.0.1 only",
    ),
    setting("LATCHKEY_LOG", "log", "FILTER", "info", "What to log, as JSON lines on standard output"),
];

pub(super) fn default_of(variable: &str) -> &'static str {
    SETTINGS.iter().find(|setting| setting.variable == variable).map_or("", |setting| setting.default)
}
