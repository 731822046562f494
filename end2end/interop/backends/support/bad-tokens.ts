// Tokens that a careful verifier refuses, whatever library it has.

import { randomUUID } from "node:crypto";
import { bearer, type Case, claimed, headers } from "./cases.js";
import { asSecrets, claims, encode, type Forge, header, newKey, now, secretKey, token, tokenOfText } from "./forge.js";

/** The whole table. */
export function badTokens(forge: Forge): Case[] {
  return [structure, tampering, types, algorithms, keys, extensions, texts, audiences, issuers, times, places].flatMap(
    (part) => part(forge),
  );
}

/** RFC 7515 §7.1: three parts, two of them JSON objects. */
function structure(forge: Forge): Case[] {
  const good = token(forge);
  const [head = "", body = "", signature = ""] = good.split(".");
  return [
    bearer("a word", "x"),
    bearer("a session token", `${forge.sessionId}.${"A".repeat(43)}`),
    bearer("two dots", ".."),
    bearer("two parts", `${head}.${body}`),
    bearer("no signature", `${head}.${body}.`),
    bearer("no header", `.${body}.${signature}`),
    bearer("no claims", `${head}..${signature}`),
    bearer("four parts", `${good}.x`),
    bearer("five parts", `${head}.x.x.${body}.${signature}`),
    bearer("a part before", `${head}.${good}`),
    bearer("letters outside base64url in the signature", `${head}.${body}.!${signature.slice(1)}`),
    bearer("a header that is no JSON", tokenOfText(forge, { header: "typ" })),
    bearer("a header that is an array", tokenOfText(forge, { header: JSON.stringify([header(forge)]) })),
    bearer("claims that are no JSON", tokenOfText(forge, { claims: "sub" })),
    bearer("claims that are null", tokenOfText(forge, { claims: "null" })),
    bearer("claims that are an array", tokenOfText(forge, { claims: JSON.stringify([claims(forge)]) })),
    bearer("no claims but braces", tokenOfText(forge, { claims: "{}" })),
    bearer("claims nested without end", tokenOfText(forge, { claims: `${'{"a":'.repeat(2000)}1${"}".repeat(2000)}` })),
  ];
}

/** What was signed is what counts. */
function tampering(forge: Forge): Case[] {
  const [head = "", body = "", signature = ""] = token(forge).split(".");
  const bytes = Buffer.from(signature, "base64url");
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(0) ^ 1, 0);
  const forever = encode({ ...claims(forge), exp: now() + 1e6 });
  const named = encode({ ...header(forge), x: 1 });
  return [
    bearer("a later end", `${head}.${forever}.${signature}`),
    bearer("a member more in the header", `${named}.${body}.${signature}`),
    bearer("a bit of the signature", `${head}.${body}.${flipped.toString("base64url")}`),
    bearer("half a signature", `${head}.${body}.${bytes.subarray(0, 32 / 2).toString("base64url")}`),
    bearer("a signature of zeros", `${head}.${body}.${Buffer.alloc(bytes.length).toString("base64url")}`),
    bearer("a byte after the signature", `${head}.${body}.${Buffer.concat([bytes, Buffer.alloc(1)]).toString("base64url")}`),
    bearer("the signature of another token", `${head}.${body}.${token(forge).split(".")[2]}`),
  ];
}

/** RFC 8725 §3.11: no other kind of token is taken for an access token. */
function types(forge: Forge): Case[] {
  const others = ["", "JWT", "at", "at+jwt2", "at+jwt ", "text/at+jwt", "rt+jwt", "logout+jwt", "application/", 1, ["at+jwt"]];
  return headers(forge, "typ", [undefined, null, ...others]);
}

/** RFC 8725 §3.1: one algorithm for one key, and the token has no say in it. */
function algorithms(forge: Forge): Case[] {
  const others = ["HS256", "HS384", "HS512", "EdDSA", "ES256", "ES384", "RS256", "PS256", "none"];
  const swapped = others.filter((name) => name !== forge.key.algorithm);
  const unsigned = ["none", "None", "NONE", ""].map((alg) => {
    const [head, body] = token(forge, { header: { alg } }).split(".");
    return bearer(`alg is ${JSON.stringify(alg)}, without a signature`, `${head}.${body}.`);
  });
  const withPublicKey = Object.entries(asSecrets(forge.key)).map(([name, secret]) => {
    const key = secretKey(secret);
    return bearer(`HS256 with ${name} of the public key`, token(forge, { key, header: { alg: "HS256" } }));
  });
  const empty = token(forge, { key: secretKey(""), header: { alg: "HS256" } });
  const values = [undefined, null, "", 1, forge.key.algorithm.toLowerCase(), [forge.key.algorithm], ...swapped];
  return [...headers(forge, "alg", values), ...unsigned, ...withPublicKey, bearer("HS256 with an empty secret", empty)];
}

/** The key is one of Latchkey's, by its id. */
function keys(forge: Forge): Case[] {
  const other = newKey(forge.key.algorithm);
  const ids = [undefined, null, "", "x", 1, [forge.key.kid], "../../dev/null", "' OR 1=1 --", other.kid];
  return [
    ...headers(forge, "kid", ids),
    bearer("another key under the known id", token(forge, { key: other })),
    bearer("another key under its own id", token(forge, { key: other, header: { kid: other.kid } })),
  ];
}

/** RFC 8725 §3.10, RFC 7515 §4.1.11: nothing in the header is obeyed. */
function extensions(forge: Forge): Case[] {
  const key = newKey("EdDSA");
  const embedded = (name: string, members: Record<string, unknown>) =>
    ["our", "its own"].map((id) => {
      const kid = id === "our" ? forge.key.kid : key.kid;
      const encoded = token(forge, { key, header: { alg: key.algorithm, kid, ...members } });
      return bearer(`${name} under ${id} id`, encoded);
    });
  const chain = [Buffer.from("a certificate").toString("base64")];
  return [
    ...headers(forge, "crit", [["x"], ["exp"], [], "x", [1]], { x: 1 }),
    ...embedded("a key in the header", { jwk: key.jwk }),
    ...embedded("the address of keys", { jku: `${forge.issuer}/keys.json` }),
    ...embedded("the address of a certificate", { x5u: `${forge.issuer}/key.pem` }),
    ...embedded("a certificate", { x5c: chain }),
  ];
}

/** RFC 9068 §2.2, RFC 7519 §4.1: who and where, as texts, and one user only. */
function texts(forge: Forge): Case[] {
  const names = ["sub", "user_id", "sid", "jti"];
  const wrong = names.flatMap((name) => claimed(forge, name, [undefined, null, "", 1, true, [forge.userId], {}]));
  return [...wrong, ...claimed(forge, "sub", [randomUUID()]), ...claimed(forge, "user_id", [randomUUID(), "admin"])];
}

/** RFC 7519 §4.1.3, RFC 8725 §3.9. */
function audiences(forge: Forge): Case[] {
  const ours = forge.audience;
  const others = ["https://evil.example", "", "*", `${ours}/`, ours.toUpperCase(), ours.slice(0, -1), `${ours} x`];
  return claimed(forge, "aud", [undefined, null, 0, true, [], {}, { aud: ours }, [others[0]], [[ours]], ...others]);
}

/** RFC 8725 §3.8. */
function issuers(forge: Forge): Case[] {
  const ours = forge.issuer;
  const others = ["https://evil.example", "", `${ours}/`, `${ours}.evil.example`, ours.toUpperCase(), ours.slice(0, -1)];
  return claimed(forge, "iss", [undefined, null, 0, true, [ours], {}, ...others]);
}

/** RFC 7519 §2: numbers, and the right ones. */
function times(forge: Forge): Case[] {
  const names = ["iat", "nbf", "exp"];
  const later = now() + 600;
  const wrong = [undefined, null, "", String(now()), String(later), "2999-01-01T00:00:00Z", true, [later], { at: later }];
  return [
    ...names.flatMap((name) => claimed(forge, name, wrong)),
    ...claimed(forge, "exp", [0, -1, now() - 6, now() - 60, now() - 86_400]),
    ...claimed(forge, "nbf", [later, now() + 86_400]),
    ...claimed(forge, "iat", [later, now() + 86_400]),
  ];
}

/** RFC 6750 §2: one token, in the header. */
function places(forge: Forge): Case[] {
  const good = token(forge);
  const header = (name: string, ...authorization: string[]): Case => ({ name, authorization });
  return [
    header("nothing at all"),
    { name: "in the query as access_token", authorization: [], query: `?access_token=${good}` },
    { name: "in the query as token", authorization: [], query: `?token=${good}` },
    header("without a scheme", good),
    header("the scheme alone", "Bearer"),
    header("an empty header", ""),
    header("the scheme Basic", `Basic ${Buffer.from(`${forge.userId}:${good}`).toString("base64")}`),
    header("the scheme Token", `Token ${good}`),
    header("a scheme that begins like ours", `BearerToken ${good}`),
    header("no space after the scheme", `Bearer${good}`),
    header("the scheme twice", `Bearer Bearer ${good}`),
    header("quotation marks", `Bearer "${good}"`),
    header("two tokens", `Bearer ${good} ${good}`),
    header("two tokens and a comma", `Bearer ${good},${good}`),
    header("two credentials in one header", `Bearer ${good}, Bearer ${good}`),
    header("two headers, the first bad", "Bearer x", `Bearer ${good}`),
    header("two headers, the second bad", `Bearer ${good}`, "Bearer x"),
    header("two headers, both good", `Bearer ${good}`, `Bearer ${good}`),
  ];
}
