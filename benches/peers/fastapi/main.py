"""The profile route of Latchkey in FastAPI with PyJWT and no database: `make bench` measures it.

All functions are asynchronous: FastAPI runs synchronous ones in other threads, which takes longer.
"""

import json
import os
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

SECRET = os.environ["SECRET"]
ISSUER = os.environ["ISSUER"]


class Profile(BaseModel):
    id: str
    email: str
    emailVerified: bool
    name: str
    image: str | None
    createdAt: str
    updatedAt: str
    lastSignInAt: str | None


PROFILES = {profile.id: profile for profile in [Profile(**json.loads(os.environ["PROFILE"]))]}

app = FastAPI()
bearer = HTTPBearer()


async def owner(user_id: str, credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> str:
    try:
        claims = jwt.decode(credentials.credentials, SECRET, algorithms=["HS256"], issuer=ISSUER, audience=ISSUER)
    except jwt.InvalidTokenError:
        raise HTTPException(401, "The access token is not valid") from None
    if claims["sub"] != user_id:
        raise HTTPException(403, "This belongs to another user")
    return user_id


@app.get("/healthz")
async def health() -> str:
    return "ok"


@app.get("/api/users/{user_id}")
async def profile(user: Annotated[str, Depends(owner)]) -> Profile:
    return PROFILES[user]
