"""Prints the outbox of a Latchkey database as JSON. With "due", pending messages become due at once.

    outbox.py DATABASE [due]
"""

import json
import sqlite3
import sys

database = sqlite3.connect(sys.argv[1])
if sys.argv[2:] == ["due"]:
    database.execute("UPDATE outbox SET next_attempt_at = 0 WHERE state = 0")
    database.commit()
rows = database.execute("SELECT kind, state, attempts, sealed IS NULL FROM outbox ORDER BY created_at, id")
names = ["pending", "delivered", "given up", "dropped"]
print(json.dumps([
    {"kind": kind, "state": names[state], "attempts": attempts, "emptied": bool(emptied)}
    for kind, state, attempts, emptied in rows
]))
