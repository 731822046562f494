// Tokens that every verifier must reject.

import { randomUUID } from "node:crypto";
import { bearer, type Case, claimed, headers } from "./cases.js";
import { asSecrets, claims, encode, type Forge, header, newKey, now, secretKey, token, tokenOfText } from "./forge.js";

export function invalidTokens(forge: Forge): Case[] {
  return [structure, tampering, types, algorithms, keys, extensions, identifiers, audiences, issuers, times, signIns, placement].flatMap(
    (part) => part(forge),
  );
}

/** RFC 7515 §7.1: three parts; header and claims are JSON objects. */
function structure(forge: Forge): Case[] {
  const valid = token(forge);
  const [head = "", body = "", signature = ""] = valid.split(".");
  return [
    bearer("a word", "x"),
    bearer("a session token", `${forge.sessionId}.${"A".repeat(43)}`),
    bearer("two dots", ".."),
    bearer("two parts", `${head}.${body}`),
    bearer("no signature", `${head}.${body}.`),
    bearer("no header", `.${body}.${signature}`),
    bearer("no claims", `${head}..${signature}`),
    bearer("four parts", `${valid}.x`),
    bearer("five parts", `${head}.x.x.${body}.${signature}`),
    bearer("a part in front", `${head}.${valid}`),
    bearer("invalid base64url in the signature", `${head}.${body}.!${signature.slice(1)}`),
    bearer("a header that is not JSON", tokenOfText(forge, { header: "typ" })),
    bearer("a header that is an array", tokenOfText(forge, { header: JSON.stringify([header(forge)]) })),
    bearer("claims that are not JSON", tokenOfText(forge, { claims: "sub" })),
    bearer("claims that are null", tokenOfText(forge, { claims: "null" })),
    bearer("claims that are an array", tokenOfText(forge, { claims: JSON.stringify([claims(forge)]) })),
    bearer("empty claims", tokenOfText(forge, { claims: "{}" })),
    bearer("deeply nested claims", tokenOfText(forge, { claims: `${'{"a":'.repeat(2000)}1${"}".repeat(2000)}` })),
  ];
}

/** The signature must match the signed bytes. */
function tampering(forge: Forge): Case[] {
  const [head = "", body = "", signature = ""] = token(forge).split(".");
  const bytes = Buffer.from(signature, "base64url");
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(0) ^ 1, 0);
  const extended = encode({ ...claims(forge), exp: now() + 1e6 });
  const changed = encode({ ...header(forge), x: 1 });
  const zero = Buffer.alloc(1);
  return [
    bearer("a later expiry", `${head}.${extended}.${signature}`),
    bearer("an additional header parameter", `${changed}.${body}.${signature}`),
    bearer("a flipped bit in the signature", `${head}.${body}.${flipped.toString("base64url")}`),
    bearer("half a signature", `${head}.${body}.${bytes.subarray(0, bytes.length / 2).toString("base64url")}`),
    bearer("a signature of zeros", `${head}.${body}.${Buffer.alloc(bytes.length).toString("base64url")}`),
    bearer("a byte after the signature", `${head}.${body}.${Buffer.concat([bytes, zero]).toString("base64url")}`),
    bearer("the signature of another token", `${head}.${body}.${token(forge).split(".")[2]}`),
    ...(forge.key.algorithm === "ES256" ? [bearer("a DER-encoded signature", `${head}.${body}.${der(bytes)}`)] : []),
  ];
}

/** Re-encodes an ECDSA signature as DER, which JWS does not allow (RFC 7518 §3.4). */
function der(signature: Buffer): string {
  const numbers = [signature.subarray(0, 32), signature.subarray(32)].map((number) => {
    const digits = Buffer.from(number.toString("hex").replace(/^(00)+/, ""), "hex");
    const positive = digits.readUInt8(0) < 0x80 ? digits : Buffer.concat([Buffer.alloc(1), digits]);
    return Buffer.concat([Buffer.from([0x02, positive.length]), positive]);
  });
  const both = Buffer.concat(numbers);
  return Buffer.concat([Buffer.from([0x30, both.length]), both]).toString("base64url");
}

/** RFC 8725 §3.11: other token types are not access tokens. */
function types(forge: Forge): Case[] {
  const others = ["", "JWT", "at", "at+jwt2", "at+jwt ", "text/at+jwt", "rt+jwt", "logout+jwt", "application/"];
  return headers(forge, "typ", [undefined, null, 1, ["at+jwt"], ...others]);
}

/** RFC 8725 §3.1: the key determines the algorithm, not the token. */
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

/** Only Latchkey's keys, selected by key id. */
function keys(forge: Forge): Case[] {
  const other = newKey(forge.key.algorithm);
  const ids = [undefined, null, "", "x", 1, [forge.key.kid], "../../dev/null", "' OR 1=1 --", "\ud800", other.kid];
  return [
    ...headers(forge, "kid", ids),
    bearer("another key with the known id", token(forge, { key: other })),
    bearer("another key with its own id", token(forge, { key: other, header: { kid: other.kid } })),
  ];
}

/** RFC 8725 §3.10, RFC 7515 §4.1.11: keys and URLs in the header are not used. */
function extensions(forge: Forge): Case[] {
  const key = newKey("EdDSA");
  const embedded = (name: string, members: Record<string, unknown>) =>
    ["the known", "its own"].map((id) => {
      const kid = id === "the known" ? forge.key.kid : key.kid;
      const encoded = token(forge, { key, header: { alg: key.algorithm, kid, ...members } });
      return bearer(`${name} with ${id} id`, encoded);
    });
  const chain = [Buffer.from("a certificate").toString("base64")];
  return [
    ...headers(forge, "crit", [["x"], ["exp"], [], "x", [1]], { x: 1 }),
    ...embedded("a key in the header", { jwk: key.jwk }),
    ...embedded("a JWKS URL", { jku: `${forge.issuer}/keys.json` }),
    ...embedded("a certificate URL", { x5u: `${forge.issuer}/key.pem` }),
    ...embedded("a certificate", { x5c: chain }),
  ];
}

/** RFC 9068 §2.2, RFC 7519 §4.1: identifiers are non-empty strings and name one user. */
function identifiers(forge: Forge): Case[] {
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
  const others = ["https://evil.example", "", `${ours}/`, `${ours}.evil.example`, ours.toUpperCase()];
  return claimed(forge, "iss", [undefined, null, 0, true, [ours], {}, ours.slice(0, -1), ...others]);
}

/** RFC 7519 §2: times are numbers within their limits. */
function times(forge: Forge): Case[] {
  const names = ["iat", "nbf", "exp"];
  const later = now() + 600;
  const texts = ["", String(now()), String(later), "2999-01-01T00:00:00Z"];
  const wrong = [undefined, null, true, [later], { at: later }, ...texts];
  return [
    ...names.flatMap((name) => claimed(forge, name, wrong)),
    ...claimed(forge, "exp", [0, -1, now() - 6, now() - 60, now() - 86_400]),
    ...claimed(forge, "nbf", [later, now() + 86_400]),
    ...claimed(forge, "iat", [later, now() + 86_400]),
  ];
}

/** The claims of the sign-in may be absent, but not of another type. */
function signIns(forge: Forge): Case[] {
  return [
    ...claimed(forge, "auth_time", [String(now()), true, [now()], { at: now() }]),
    ...claimed(forge, "acr", [2, true, ["aal2"], { acr: "aal2" }]),
  ];
}

/** RFC 6750 §2: exactly one token, in the header. */
function placement(forge: Forge): Case[] {
  const valid = token(forge);
  const header = (name: string, ...authorization: string[]): Case => ({ name, authorization });
  return [
    header("no header"),
    { name: "in the query as access_token", authorization: [], query: `?access_token=${valid}` },
    { name: "in the query as token", authorization: [], query: `?token=${valid}` },
    header("without a scheme", valid),
    header("the scheme alone", "Bearer"),
    header("an empty header", ""),
    header("the scheme Basic", `Basic ${Buffer.from(`${forge.userId}:${valid}`).toString("base64")}`),
    header("the scheme Token", `Token ${valid}`),
    header("a scheme that starts with Bearer", `BearerToken ${valid}`),
    header("no space after the scheme", `Bearer${valid}`),
    header("the scheme twice", `Bearer Bearer ${valid}`),
    header("quotation marks", `Bearer "${valid}"`),
    header("two tokens", `Bearer ${valid} ${valid}`),
    header("two tokens and a comma", `Bearer ${valid},${valid}`),
    header("two credentials in one header", `Bearer ${valid}, Bearer ${valid}`),
    header("two headers, the first invalid", "Bearer x", `Bearer ${valid}`),
    header("two headers, the second invalid", `Bearer ${valid}`, "Bearer x"),
    header("two headers, both valid", `Bearer ${valid}`, `Bearer ${valid}`),
  ];
}
