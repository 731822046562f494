"""Signs schemathesis in.

Some operations end the current session, so it is checked before each case and replaced when it has
ended.
"""

import json
import os
import urllib.request

import schemathesis

URL = os.environ["LATCHKEY_URL"]
# The password in the OpenAPI document's examples.
PASSWORD = "violet otter lantern 42"
# Operations that change the password or delete the account; each case gets a new account.
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
    """Provides the token of an active session."""

    def __init__(self):
        self.token = None
        self.accounts = 0

    def get(self, case, context):
        operation = context.operation
        if operation.definition.raw.get("operationId") in CONSUMES_ACCOUNT:
            session = self.new_account()
        else:
            session = self.active_session()
        if operation.path.startswith("/api/users/"):
            return ask("/api/auth/token", token=session)["token"]
        return session

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"

    def active_session(self):
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
