// Unusual but valid tokens, so that a verifier cannot pass by rejecting everything.

import { bearer, type Case } from "./cases.js";
import { type Forge, now, token } from "./forge.js";

export function validTokens(forge: Forge): Case[] {
  const header = (name: string, value: unknown) => token(forge, { header: { [name]: value } });
  const claim = (name: string, value: unknown) => token(forge, { claims: { [name]: value } });
  const others = ["https://other.example", forge.audience];
  const times = (iat: number, exp: number) => token(forge, { claims: { iat, nbf: iat, exp } });
  return [
    bearer("an ordinary token", token(forge)),
    bearer("the full media type", header("typ", "application/at+jwt")),
    bearer("the type in capitals", header("typ", "AT+JWT")),
    bearer("an unknown header member", header("x", { y: [1] })),
    bearer("an unknown claim", claim("x", { sub: 1 })),
    bearer("an e-mail address", claim("email", "ada@example.com")),
    bearer("several audiences", claim("aud", others)),
    bearer("one audience in an array", claim("aud", [forge.audience])),
    bearer("fractional seconds", times(now() - 0.5, now() + 60.5)),
    bearer("expired within the leeway", times(now() - 60, now() - 1)),
    bearer("not valid yet, within the leeway", token(forge, { claims: { nbf: now() + 3 } })),
    { name: "the scheme in lower case", authorization: [`bearer ${token(forge)}`] },
    { name: "the scheme in capitals", authorization: [`BEARER ${token(forge)}`] },
  ];
}
