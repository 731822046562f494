// What a case of the tables is.

import { type Forge, type Members, token } from "./forge.js";

/** A request's credentials, good or bad. */
export interface Case {
  name: string;
  /** The `Authorization` headers. */
  authorization: string[];
  /** What the path ends in. */
  query?: string;
}

/** A token in the header where it belongs. */
export function bearer(name: string, encoded: string): Case {
  return { name, authorization: [`Bearer ${encoded}`] };
}

/** One case for each value of a header member; `undefined` leaves it out. */
export function headers(forge: Forge, member: string, values: unknown[], with_: Members = {}): Case[] {
  return values.map((value) =>
    bearer(`${member} is ${shown(value)}`, token(forge, { header: { ...with_, [member]: value } })),
  );
}

/** One case for each value of a claim; `undefined` leaves it out. */
export function claimed(forge: Forge, claim: string, values: unknown[]): Case[] {
  return values.map((value) => bearer(`${claim} is ${shown(value)}`, token(forge, { claims: { [claim]: value } })));
}

function shown(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}
