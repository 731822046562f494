"""A copy of Latchkey's users in this service's own database, made from user events."""

import binascii
import contextlib
import json
import logging
import os
import sqlite3
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException as BrokenAnswer
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from standardwebhooks import Webhook, WebhookVerificationError

from latchkey import ISSUER, Owner

EVENTS_URL = os.environ.get("LATCHKEY_EVENTS_URL") or f"{ISSUER}/api/events"
EVENTS_TOKEN = (os.environ.get("LATCHKEY_EVENTS_TOKEN") or "").split()
WEBHOOK_SECRETS = (os.environ.get("LATCHKEY_WEBHOOK_SECRET") or "").split()
SYNC_INTERVAL = 60  # seconds

log = logging.getLogger(__name__)

SCHEMA = """
PRAGMA foreign_keys = ON;
CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    email TEXT,
    name TEXT,
    disabled INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    -- The number of the last event that changed the row.
    sequence INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id TEXT NOT NULL REFERENCES users (id),
    title TEXT NOT NULL,
    completed INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS events_cursor (id INTEGER PRIMARY KEY CHECK (id = 1), next TEXT NOT NULL);
"""

_lock = threading.RLock()
_db = sqlite3.connect(os.environ.get("DATABASE") or "tasks.db", check_same_thread=False)
_db.row_factory = sqlite3.Row
_db.executescript(SCHEMA)


@contextlib.contextmanager
def transaction() -> Iterator[sqlite3.Connection]:
    with _lock, _db:
        yield _db


# --- Applying events


def apply(db: sqlite3.Connection, event: dict[str, Any]) -> None:
    """Applies an event. Events that were applied before, or that are older than the row, change nothing."""
    data = event["data"]
    deleted, user = event["type"] == "user.deleted", data.get("user") or {}
    if not deleted and not user:
        return  # session.ended, or a type that this version does not know
    # The row of a deleted user stays, so that an older event does not create it again.
    values = (data["userId"], user.get("email"), user.get("name"), user.get("disabled", False), deleted)
    db.execute(
        """INSERT INTO users (id, email, name, disabled, deleted, sequence) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET email = excluded.email, name = excluded.name, disabled = excluded.disabled,
               deleted = excluded.deleted, sequence = excluded.sequence
           WHERE excluded.sequence > users.sequence""",
        (*values, event["sequence"]),
    )
    if deleted:
        db.execute("DELETE FROM tasks WHERE user_id = ?", (data["userId"],))


# --- Webhooks


async def raw_body(request: Request) -> bytes:
    return await request.body()


router = APIRouter()


@router.post("/webhooks/latchkey", status_code=204)
def receive(request: Request, body: Annotated[bytes, Depends(raw_body)]) -> None:
    # The signature is of the exact bytes, so it is verified before the JSON is parsed.
    for secret in WEBHOOK_SECRETS:
        # A malformed header is a ValueError or a binascii.Error.
        with contextlib.suppress(WebhookVerificationError, ValueError, binascii.Error):
            event = Webhook(secret).verify(body, dict(request.headers))
            with transaction() as db:
                apply(db, event)
            return
    raise HTTPException(401, "The signature is not valid")


# --- Reading all events: at the start, and for webhooks that were missed


def sync() -> None:
    """Reads the events since the last call, at first those of all users."""
    with transaction() as db:
        row = db.execute("SELECT next FROM events_cursor").fetchone()
    try:
        _read(row["next"] if row else None)
    except urllib.error.HTTPError as error:
        if error.code != 410:
            raise
        # Some events are no longer stored, or the database is a restored backup, which counts from an earlier number.
        # The users from before who do not appear from the beginning were deleted.
        with transaction() as db:
            before = {user for (user,) in db.execute("SELECT id FROM users WHERE NOT deleted").fetchall()}
            db.execute("UPDATE users SET sequence = 0")
        for user in before - _read(None):
            with transaction() as db:
                db.execute("DELETE FROM tasks WHERE user_id = ?", (user,))
                db.execute("UPDATE users SET email = NULL, name = NULL, deleted = 1 WHERE id = ?", (user,))


def _read(after: str | None) -> set[str]:
    """Applies all pages from a cursor, and returns the users in them."""
    seen = set()
    while True:
        query = urllib.parse.urlencode({"limit": 1000} | ({"after": after} if after else {}))
        request = urllib.request.Request(f"{EVENTS_URL}?{query}", headers={"Authorization": f"Bearer {EVENTS_TOKEN[0]}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            page = json.load(answer)
        after = page["next"]
        with transaction() as db:
            for event in page["events"]:
                apply(db, event)
                seen.add(event["data"]["userId"])
            db.execute("INSERT OR REPLACE INTO events_cursor (id, next) VALUES (1, ?)", (after,))
        if not page["events"]:
            return seen


@contextlib.asynccontextmanager
async def syncing(_: FastAPI):
    """Keeps the copy up to date while the service runs."""
    stop = threading.Event()

    def loop() -> None:
        while True:
            try:
                sync()
            except (OSError, BrokenAnswer, ValueError, KeyError) as error:
                log.warning("could not read user events from %s: %s", EVENTS_URL, error)
            if stop.wait(SYNC_INTERVAL):
                return

    if EVENTS_TOKEN:
        threading.Thread(target=loop, daemon=True).start()
    yield
    stop.set()


# --- The signed-in user


def active(owner: Owner) -> str:
    """Returns the user in the path; 401 if the user has been disabled or deleted since the token was issued."""
    with transaction() as db:
        row = db.execute("SELECT disabled OR deleted AS refused FROM users WHERE id = ?", (owner,)).fetchone()
        if row is None:
            # The token proves that the user exists. The event with the details may arrive later.
            db.execute("INSERT OR IGNORE INTO users (id) VALUES (?)", (owner,))
    if row is not None and row["refused"]:
        raise HTTPException(401, "The account is not active", {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    return owner


ActiveUser = Annotated[str, Depends(active)]
