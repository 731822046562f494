// An authenticator app: computes codes from the URI that a QR code contains. Runs in Node and in browsers.

import { TOTP, URI } from "otpauth";

/** A code stays valid for at least this time (ms). */
const SLACK = 5_000;

export class Authenticator {
  readonly #totp: TOTP;
  #last = 0;

  constructor(uri: string) {
    const totp = URI.parse(uri);
    if (!(totp instanceof TOTP)) throw new Error(`not a TOTP: ${uri}`);
    this.#totp = totp;
  }

  /**
   * The code of the next time step. A server accepts the steps before and after the current one, and each step once:
   * three codes in a row need no wait, or one of a few seconds.
   */
  async next(): Promise<string> {
    const now = Date.now();
    const step = Math.max(this.#last + 1, Math.floor((now + SLACK) / this.#period) - 1);
    const wait = (step - 1) * this.#period - now;
    if (wait > SLACK) throw new Error("more than three codes within one time step");
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, wait)));
    this.#last = step;
    return this.#code(step);
  }

  /** The code of a time step relative to the current one. */
  at(offset: number): string {
    return this.#code(Math.floor(Date.now() / this.#period) + offset);
  }

  /** A code that is not accepted. */
  wrong(): string {
    const near = [-2, -1, 0, 1, 2, 3].map((offset) => this.at(offset));
    const codes = Array.from({ length: 7 }, (_, number) => String(number).padStart(6, "0"));
    return codes.find((code) => !near.includes(code)) ?? "";
  }

  get #period(): number {
    return this.#totp.period * 1000;
  }

  #code(step: number): string {
    return this.#totp.generate({ timestamp: step * this.#period });
  }
}
