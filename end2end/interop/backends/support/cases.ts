// Builders for token test cases.

import { type Forge, type Members, token } from "./forge.js";

/** A request's credentials. */
export interface Case {
  name: string;
  /** Values of the `Authorization` headers. */
  authorization: string[];
  /** Appended to the path. */
  query?: string;
}

/** A token in one `Authorization: Bearer` header. */
export function bearer(name: string, encoded: string): Case {
  return { name, authorization: [`Bearer ${encoded}`] };
}

/** One case for each value of a header parameter; `undefined` omits it. */
export function headers(forge: Forge, member: string, values: unknown[], with_: Members = {}): Case[] {
  return values.map((value) =>
    bearer(`${member} is ${shown(value)}`, token(forge, { header: { ...with_, [member]: value } })),
  );
}

/** One case for each value of a claim; `undefined` omits it. */
export function claimed(forge: Forge, claim: string, values: unknown[]): Case[] {
  return values.map((value) => bearer(`${claim} is ${shown(value)}`, token(forge, { claims: { [claim]: value } })));
}

function shown(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
