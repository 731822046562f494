// Tokens near the bad ones that have to be accepted, so that refusing everything is no way to pass.

import { bearer, type Case } from "./cases.js";
import { type Forge, now, token } from "./forge.js";

/** The control group. */
export function goodTokens(forge: Forge): Case[] {
  const header = (name: string, value: unknown) => token(forge, { header: { [name]: value } });
  const claim = (name: string, value: unknown) => token(forge, { claims: { [name]: value } });
  const others = ["https://other.example", forge.audience];
  return [
    bearer("nothing unusual", token(forge)),
    bearer("the full media type", header("typ", "application/at+jwt")),
    bearer("the type in capitals", header("typ", "AT+JWT")),
    bearer("an unknown header member", header("x", { y: [1] })),
    bearer("an unknown claim", claim("x", { sub: 1 })),
    bearer("an address", claim("email", "ada@example.com")),
    bearer("several audiences", claim("aud", others)),
    bearer("our audience alone in an array", claim("aud", [forge.audience])),
    bearer("fractions of seconds", token(forge, { claims: { iat: now() - 0.5, nbf: now() - 0.5, exp: now() + 60.5 } })),
    bearer("over, but within the leeway", token(forge, { claims: { iat: now() - 60, nbf: now() - 60, exp: now() - 1 } })),
    bearer("not begun, but within the leeway", token(forge, { claims: { nbf: now() + 3 } })),
    { name: "the scheme in lower case", authorization: [`bearer ${token(forge)}`] },
    { name: "the scheme in capitals", authorization: [`BEARER ${token(forge)}`] },
  ];
}
