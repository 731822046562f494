"""Signs up, signs in and reads the session, with a Python library. Prints each status, then the session."""

import json
import sys

import httpx
import requests

library, base, email, password = sys.argv[1:]
client = {"requests": requests.Session, "httpx": httpx.Client}[library]()
person = {"email": email, "password": password}
sign_up = client.post(f"{base}/sign-up/email", json={"name": "Ada", **person})
client.cookies.clear()
sign_in = client.post(f"{base}/sign-in/email", json=person)
session = client.get(f"{base}/get-session")
print(json.dumps({
    "statuses": [sign_up.status_code, sign_in.status_code, session.status_code],
    "session": session.json(),
}))
