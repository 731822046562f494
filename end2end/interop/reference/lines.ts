// Converts a response to comparable lines. Random values and times are replaced with placeholders if
// they have the expected form.

import { decodeJwt, decodeProtectedHeader } from "jose";
import { URI } from "otpauth";
import type { Received } from "./http.js";
import type { Site } from "./sites.js";

/** The compared headers, in addition to `access-control-*` and `set-auth-*`. */
const HEADERS = [
  "content-type",
  "location",
  "cache-control",
  "pragma",
  "vary",
  "allow",
  "retry-after",
  "x-retry-after",
  "www-authenticate",
];

/** Headers with lists, compared without order and case. */
const LISTS = /^(vary|allow|access-control-.*)$/;

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

export function lines(site: Site, answer: Received): string[] {
  return [
    `status: ${answer.status}`,
    ...headers(site, answer),
    ...answer.cookies.map((text) => cookie(site, text)),
    ...body(site, answer),
  ];
}

function headers(site: Site, { headers }: Received): string[] {
  const isCompared = (name: string) => HEADERS.includes(name) || /^(access-control|set-auth)-/.test(name);
  return Object.entries(headers).flatMap(([name, value]) => {
    if (!isCompared(name)) return [];
    if (LISTS.test(name))
      return value
        .split(/\s*,\s*/)
        .map((item) => `${name}: ${value === site.origin ? "<origin>" : item.toLowerCase()}`);
    return [`${name}: ${text(site, value, name)}`];
  });
}

/** A cookie by purpose, with sorted attributes. */
function cookie(site: Site, header: string): string {
  const [pair = "", ...attributes] = header.split(/;\s*/);
  const name = pair.slice(0, pair.indexOf("="));
  const value = pair.length > name.length + 1 ? "set" : "cleared";
  const rounded = attributes.map((attribute) =>
    attribute.replace(/(?<=^Max-Age=)\d+$/, (age) => lifetime(Number(age))),
  );
  return `cookie ${site.cookies[name] ?? name}: ${[value, ...rounded.sort()].join("; ")}`;
}

/** Rounded up to minutes, because some time may have passed. */
const lifetime = (seconds: number) => String(Math.ceil(seconds / MINUTE) * MINUTE);

function body(site: Site, { body, headers }: Received): string[] {
  if (body === "") return ["body: nothing"];
  if (headers["content-type"]?.startsWith("text/html")) return ["body: a page"];
  try {
    return members(site, "body", JSON.parse(body));
  } catch {
    return [`body: ${body}`];
  }
}

/** One line for each member of a JSON value. */
function members(site: Site, path: string, value: unknown, key = ""): string[] {
  if (Array.isArray(value))
    return value.length === 0
      ? [`${path}: []`]
      : value.flatMap((item, index) => members(site, `${path}[${index}]`, item, key));
  if (typeof value !== "object" || value === null)
    return [`${path}: ${typeof value === "string" ? text(site, value, key) : JSON.stringify(value)}`];
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  if (entries.length === 0) return [`${path}: {}`];
  return entries.flatMap(([name, member]) => {
    if (name === "token" && "userId" in value && "id" in value)
      return [`${path}.token: ${member === value.id ? "<the session's id>" : text(site, String(member), name)}`];
    return typeof member === "string" && /^ey[\w-]+\.[\w-]+\.[\w-]+$/.test(member)
      ? accessToken(site, `${path}.${name}`, member)
      : members(site, `${path}.${name}`, member, name);
  });
}

/** Header and claims of an access token, with times relative to `iat` or to now. */
function accessToken(site: Site, path: string, token: string): string[] {
  const claims = decodeJwt(token);
  const { iat = NaN, exp = NaN, nbf, auth_time: signedIn } = claims;
  const times = {
    iat: offset(iat * 1000),
    exp: `iat + ${exp - iat}`,
    ...(nbf !== undefined && { nbf: `iat + ${nbf - iat}` }),
    ...(typeof signedIn === "number" && { auth_time: offset(signedIn * 1000) }),
  };
  return [
    ...members(site, `${path} header`, decodeProtectedHeader(token)),
    ...members(site, `${path} claims`, { ...claims, ...times }),
  ];
}

function text(site: Site, value: string, key: string): string {
  if (DATE.test(value)) return offset(Date.parse(value));
  if (/^(id|userId|accountId|sub|sid|user_id)$/.test(key) && site.id.test(value)) return "<id>";
  if (/^(token|set-auth-token)$/.test(key) && site.secret.test(value)) return "<secret>";
  if (key === "token" && site.id.test(value)) return "<the session's id>";
  if (key === "set-auth-jwt" && /^ey[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return "<access token>";
  if (/retry-after$/.test(key) && /^[1-9]\d*$/.test(value)) return "<seconds>";
  if (key === "jti" && /^[\w-]{22}$/.test(value)) return "<token id>";
  if (key === "totpURI") return authenticatorUri(site, value);
  if (key === "backupCodes" && site.backupCode.test(value)) return "<backup code>";
  if (key === "challenge" && /^[\w-]{43}$/.test(value)) return "<challenge>";
  if (key === "id" && site.handle.test(value)) return "<user handle>";
  if (/^(id|credentialID)$/.test(key) && /^[\w-]{27}$/.test(value)) return "<credential id>";
  if (key === "publicKey") return publicKey(value);
  if (key === "kid" && /^[\w-]{32,43}$/.test(value)) return "<key id>";
  if (key === "x" && /^[\w-]{43}$/.test(value)) return "<public key>";
  const hidden = key === "location" ? value.replace(/(?<=[?&]token=)[^&#]+/, (link) => (site.link.test(link) ? "<link>" : link)) : value;
  return hidden.replaceAll(site.origin, "<origin>").replace(/newcomer\.\d+@/g, "newcomer@");
}

/** The type of a COSE key in base64: its first bytes are the key type and the algorithm. */
function publicKey(value: string): string {
  const bytes = Buffer.from(value, "base64");
  if (bytes.toString("base64") !== value) return value;
  return `<public key of ${bytes.length} bytes: ${bytes.toString("hex", 0, 7)}>`;
}

/** With default values, and without percent-encoding. */
function authenticatorUri(site: Site, uri: string): string {
  const app = URI.parse(uri);
  const seed = site.seed.test(app.secret.base32) ? "<seed>" : app.secret.base32;
  const address = app.toString().replace(/(?<=[?&]secret=)\w+/, seed);
  return decodeURIComponent(address).replace(/newcomer\.\d+@/g, "newcomer@");
}

/** A time relative to now. */
function offset(milliseconds: number): string {
  const seconds = (milliseconds - Date.now()) / 1000;
  const days = Math.round(seconds / DAY);
  if (Math.abs(seconds - days * DAY) > 10 * MINUTE) return `<${Math.round(seconds)} s from now>`;
  return days === 0 ? "<now>" : `<now + ${days} d>`;
}
