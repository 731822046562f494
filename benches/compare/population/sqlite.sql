-- Fills an empty, migrated database of SQLite. `population.rs` has the meaning of the parameters.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -500000;
BEGIN EXCLUSIVE;

-- The bytes of a number of 16 bits: SQLite before 3.41 has no `unhex`.
CREATE TEMP TABLE bytes (n INTEGER PRIMARY KEY, b BLOB NOT NULL);
INSERT INTO bytes VALUES {bytes};
CREATE TEMP TABLE words (n INTEGER PRIMARY KEY, b BLOB NOT NULL);
INSERT INTO words SELECT high.n * 256 + low.n, CAST(high.b || low.b AS BLOB) FROM bytes high, bytes low;

CREATE TEMP VIEW numbered_users AS
  WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {users})
  SELECT n, {user_from} + n * {user_step} AS t FROM numbers;

INSERT INTO users (
  id, email, email_key, email_verified, name, created_at, updated_at, last_sign_in_at, credentials_version
)
SELECT
  printf('%08x-%04x-7000-8000-%012x', t >> 16, t & 65535, n),
  printf('user%d@example.com', n), printf('user%d@example.com', n), 0, 'Ada Lovelace', t, t, {session_from}, 0
FROM numbered_users;

INSERT INTO credentials (id, user_id, kind, secret, created_at, updated_at)
SELECT randomblob(16), printf('%08x-%04x-7000-8000-%012x', t >> 16, t & 65535, n), 'password', '{hash}', t, t
FROM numbered_users;

-- Session number n is of user number n modulo the number of users: the sessions of a user are far from each other.
INSERT INTO sessions (
  id, user_id, family_key, secret_hash, generation, persistent, created_at, last_seen_at, idle_expires_at,
  absolute_expires_at, address, user_agent
)
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {sessions}),
timed (n, u, t) AS (SELECT n, n % {users}, {session_from} + n * {session_step} FROM numbers),
with_user (n, u, t, ut) AS (SELECT n, u, t, {user_from} + u * {user_step} FROM timed)
SELECT
  CAST(
    (SELECT b FROM words WHERE words.n = t >> 32) || (SELECT b FROM words WHERE words.n = (t >> 16) & 65535)
    || (SELECT b FROM words WHERE words.n = t & 65535) || x'70008000' || x'0000'
    || (SELECT b FROM words WHERE words.n = with_user.n >> 16) || (SELECT b FROM words WHERE words.n = with_user.n & 65535)
    AS BLOB
  ),
  printf('%08x-%04x-7000-8000-%012x', ut >> 16, ut & 65535, u),
  randomblob(32), randomblob(32), 0, 1, t, t, {idle_expires_at}, {absolute_expires_at}, '192.0.2.7',
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
FROM with_user;

-- The security log has the start of each session.
INSERT INTO events (at, kind, user_id, session_id, address, user_agent, request_id, routine)
SELECT created_at, 'session_created', user_id, id, address, user_agent, lower(hex(randomblob(16))), 1
FROM sessions ORDER BY id;

COMMIT;
PRAGMA journal_mode = WAL;
