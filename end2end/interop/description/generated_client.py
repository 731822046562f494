"""Imports every module of the generated client, then signs up and fails to sign in with it."""

import importlib
import json
import pkgutil
import sys

import client as generated
from client import Client

url, email, password = sys.argv[1:]
for module in pkgutil.walk_packages(generated.__path__, "client."):
    importlib.import_module(module.name)

from client.api.sign_in import sign_in, sign_up  # noqa: E402
from client.models import SignInBody, SignUpBody  # noqa: E402

# A client keeps cookies, and a POST with cookies needs an Origin; so each call has a client of its own.
account = sign_up.sync(client=Client(url), body=SignUpBody(name="Ada", email=email, password=password))
error = sign_in.sync(client=Client(url), body=SignInBody(email=email, password="not this one"))
print(json.dumps({"email": account.user.email, "refused": error.code}))
