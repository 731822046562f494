"""Who schemathesis is, when it is signed in: always somebody with a living session.

Some operations end the very session that asks for them, so the session is looked at before each case
and opened again where it has ended.
"""

import json
import os
import urllib.request

import schemathesis

URL = os.environ["LATCHKEY_URL"]
# The examples of the description have it: they change this password, and sign in with it.
PASSWORD = "violet otter lantern 42"
# What changes or ends the account gets an account of its own each time.
CONSUMES_ACCOUNT = {"changePassword", "deleteAccount", "deleteUser"}


def ask(path, body=None, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


class SignedIn:
    """A living session."""

    def __init__(self):
        self.token = None
        self.accounts = 0

    def get(self, case, context):
        operation = context.operation
        if operation.definition.raw.get("operationId") in CONSUMES_ACCOUNT:
            session = self.new_account()
        else:
            session = self.living_session()
        if operation.path.startswith("/api/users/"):
            return ask("/api/auth/token", token=session)["token"]
        return session

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"

    def living_session(self):
        if self.token is None or ask("/api/auth/get-session", token=self.token) is None:
            credentials = {"email": os.environ["LATCHKEY_EMAIL"], "password": PASSWORD}
            self.token = ask("/api/auth/sign-in/email", credentials)["token"]
        return self.token

    def new_account(self):
        self.accounts += 1
        email = f"throw-away-{self.accounts}-{os.getpid()}@example.com"
        return ask("/api/auth/sign-up/email", {"name": "", "email": email, "password": PASSWORD})["token"]


if os.environ.get("LATCHKEY_EMAIL"):
    schemathesis.auth(refresh_interval=None)(SignedIn)
