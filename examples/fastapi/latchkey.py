"""Verifies Latchkey's access tokens. A route with an `Owner` is restricted to the user in its path."""

import base64
import hashlib
import json
import logging
import os
import threading
import time
import urllib.request
from http.client import HTTPException as BrokenAnswer
from typing import Annotated

import jwt
from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

ISSUER = os.environ.get("LATCHKEY_BASE_URL") or "http://localhost:3000"
AUDIENCE = os.environ.get("LATCHKEY_JWT_AUDIENCE") or ISSUER
SECRETS = os.environ.get("LATCHKEY_JWT_SECRET", "").split()
JWKS_URL = os.environ.get("LATCHKEY_JWKS_URL") or f"{ISSUER}/api/auth/jwks"
JWKS_MAX_AGE = float(os.environ.get("LATCHKEY_JWKS_MAX_AGE") or 300)
JWKS_COOLDOWN = float(os.environ.get("LATCHKEY_JWKS_COOLDOWN") or 10)

# Fixed, never taken from the token; either shared secrets or public keys (RFC 8725 §3.1).
ALGORITHMS = ["HS256"] if SECRETS else ["EdDSA", "ES256"]
LEEWAY = 5  # seconds

# The values of `acr`, the weakest first.
STRENGTHS = ["aal1", "aal2", "phr"]

Text = Annotated[str, Field(min_length=1)]


class Claims(BaseModel):
    """The required claims. Strict, because PyJWT accepts the string "1700000000" as a time."""

    model_config = ConfigDict(strict=True)
    iss: Text
    sub: Text
    user_id: Text
    sid: Text
    jti: Text
    iat: int | float
    nbf: int | float
    exp: int | float
    # Absent in tokens of earlier versions of Latchkey.
    auth_time: int | float | None = None
    acr: str | None = None


def shared_keys(secrets: list[str]) -> dict[str, jwt.PyJWK]:
    """Returns the shared secrets by key id, their RFC 7638 thumbprint."""

    def encode(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    keys = {}
    for secret in secrets:
        jwk = {"k": encode(secret.encode()), "kty": "oct"}
        kid = encode(hashlib.sha256(json.dumps(jwk, separators=(",", ":")).encode()).digest())
        keys[kid] = jwt.PyJWK(jwk, algorithm="HS256")
    return keys


class PublishedKeys:
    """Latchkey's public keys by key id.

    The keys are fetched when they exceed the maximum age or a token has an unknown key id, at most once
    per cooldown, also after a failure. While Latchkey is unavailable, the known keys remain valid.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._requested = self._fetched = float("-inf")

    def get(self, kid: str) -> jwt.PyJWK | None:
        with self._lock:
            now = time.monotonic()
            stale = kid not in self._keys or now - self._fetched >= JWKS_MAX_AGE
            if stale and now - self._requested >= JWKS_COOLDOWN:
                self._requested = now
                try:
                    self._keys = self._fetch()
                    self._fetched = now
                except (OSError, BrokenAnswer, ValueError, AttributeError, jwt.PyJWTError) as error:
                    logging.getLogger(__name__).warning("could not fetch keys from %s: %s", self._url, error)
            if kid not in self._keys and self._fetched < self._requested:
                raise HTTPException(503, "Tokens cannot be checked now", {"Retry-After": f"{JWKS_COOLDOWN:.0f}"})
            return self._keys.get(kid)

    def _fetch(self) -> dict[str, jwt.PyJWK]:
        with urllib.request.urlopen(self._url, timeout=2) as answer:
            keys = jwt.PyJWKSet.from_dict(json.load(answer)).keys
        return {
            key.key_id: key
            for key in keys
            if key.key_id and key.algorithm_name in ALGORITHMS and key.public_key_use in (None, "sig")
        }


KEYS = shared_keys(SECRETS) if SECRETS else PublishedKeys(JWKS_URL)


def verify(token: str) -> Claims:
    """Returns the claims; raises jwt.InvalidTokenError or ValidationError if the token is invalid."""
    header = jwt.get_unverified_header(token)
    # PyJWT does not check `typ`, and older versions do not check `crit`.
    if str(header.get("typ")).lower().removeprefix("application/") != "at+jwt" or "crit" in header:
        raise jwt.InvalidTokenError("not an access token")
    if header.get("alg") not in ALGORITHMS or "kid" not in header:
        raise jwt.InvalidTokenError("unexpected algorithm or no key id")
    key = KEYS.get(header["kid"])
    if key is None:
        raise jwt.InvalidTokenError("unknown key")
    claims = Claims.model_validate(
        jwt.decode(token, key, algorithms=ALGORITHMS, issuer=ISSUER, audience=AUDIENCE, leeway=LEEWAY)
    )
    if claims.sub != claims.user_id:
        raise jwt.InvalidTokenError("sub and user_id differ")
    return claims


def owner_claims(
    user_id: str,
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))],
) -> Claims:
    """Returns the claims of the user in the path: 401 without a valid access token, 403 if it is another user's."""
    if bearer is None:
        raise HTTPException(401, "Sign in first", {"WWW-Authenticate": "Bearer"})
    try:
        if len(request.headers.getlist("authorization")) > 1:
            raise jwt.InvalidTokenError("several tokens")
        claims = verify(bearer.credentials)
    except (jwt.InvalidTokenError, ValidationError):
        challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        raise HTTPException(401, "The access token is not valid", challenge) from None
    if claims.sub != user_id:
        raise HTTPException(403, "This belongs to another user")
    return claims


OwnerClaims = Annotated[Claims, Depends(owner_claims)]


def owner(claims: OwnerClaims) -> str:
    """Returns the user in the path."""
    return claims.sub


Owner = Annotated[str, Depends(owner)]


def signed_in_with(acr: str | None = None, max_age: int | None = None):
    """Requires a sign-in of at least this strength, at most so many seconds ago; otherwise 401 (RFC 9470).

    A token without the claims counts as the lowest.
    """
    challenge = 'Bearer error="insufficient_user_authentication"'
    if acr is not None:
        challenge += f', acr_values="{acr}"'
    if max_age is not None:
        challenge += f', max_age="{max_age}"'

    def check(claims: OwnerClaims) -> None:
        strong = acr is None or claims.acr in STRENGTHS[STRENGTHS.index(acr) :]
        recent = max_age is None or (claims.auth_time is not None and int(time.time()) - claims.auth_time <= max_age)
        if not (strong and recent):
            raise HTTPException(401, "Sign in again", {"WWW-Authenticate": challenge})

    return Depends(check)
