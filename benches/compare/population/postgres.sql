-- Fills an empty, migrated database of PostgreSQL. `population.rs` has the meaning of the parameters.
SET synchronous_commit = off;
BEGIN;

CREATE FUNCTION pg_temp.id_at(t bigint, n bigint) RETURNS text LANGUAGE sql IMMUTABLE RETURN
  lpad(to_hex(t >> 16), 8, '0') || '-' || lpad(to_hex(t & 65535), 4, '0') || '-7000-8000-' || lpad(to_hex(n), 12, '0');

CREATE TEMP VIEW numbered_users AS
  SELECT n, {user_from} + n * {user_step} AS t FROM generate_series(0, {users} - 1::bigint) AS n;

INSERT INTO users (
  id, email, email_key, email_verified, name, created_at, updated_at, last_sign_in_at, credentials_version
)
SELECT
  pg_temp.id_at(t, n), format('user%s@example.com', n), format('user%s@example.com', n), false, 'Ada Lovelace', t, t,
  {session_from}, 0
FROM numbered_users;

INSERT INTO credentials (user_id, kind, secret, created_at, updated_at)
SELECT pg_temp.id_at(t, n), 'password', '{hash}', t, t FROM numbered_users;

-- Session number n is of user number n modulo the number of users: the sessions of a user are far from each other.
INSERT INTO sessions (
  id, user_id, family_key, secret_hash, generation, persistent, created_at, last_seen_at, idle_expires_at,
  absolute_expires_at, address, user_agent
)
SELECT
  pg_temp.id_at(t, n)::uuid, pg_temp.id_at({user_from} + u * {user_step}, u), sha256(int8send(n)), sha256(int8send(-n)),
  0, true, t, t, {idle_expires_at}, {absolute_expires_at}, '192.0.2.7',
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
FROM (
  SELECT n, n % {users} AS u, {session_from} + n * {session_step} AS t
  FROM generate_series(0, {sessions} - 1::bigint) AS n
) AS numbered_sessions;

-- The security log has the start of each session.
INSERT INTO events (at, kind, user_id, session_id, address, user_agent, request_id, routine)
SELECT created_at, 'session_created', user_id, id, address, user_agent, md5(id::text), true FROM sessions ORDER BY id;

COMMIT;
VACUUM (ANALYZE);
