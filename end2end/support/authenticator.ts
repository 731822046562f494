// An authenticator app, and what its user does on the pages.

import { createHmac } from "node:crypto";
import { expect, type Locator, type Page } from "@playwright/test";
import { button, field, heading } from "./forms.js";
import type { Person } from "./people.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP = 30_000;

/** A user's app and recovery codes. */
export interface Authenticator {
  key: string;
  codes: string[];
  /** The step of the last code: the service accepts each once. */
  lastStep: number;
}

/** The heading of a section. */
export const section = (page: Page, name: string): Locator => page.getByRole("heading", { name, exact: true });

/** The code of a step (RFC 6238). */
export function codeOf(key: string, step: number): string {
  const bits = [...key].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const tag = createHmac("sha1", Buffer.from(bytes)).update(counter).digest();
  const offset = (tag.at(-1) ?? 0) & 15;
  return String((tag.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A code that was not used: of this step, or of the next one, which is accepted early. */
export function nextCode(app: Authenticator): string {
  app.lastStep = Math.max(Math.floor(Date.now() / STEP), app.lastStep + 1);
  return codeOf(app.key, app.lastStep);
}

/** Opens the set-up in a recent session, and returns the key. */
export async function openSetUp(page: Page): Promise<string> {
  await page.goto("/account/security");
  await button(page, "Set up two-step sign-in").click();
  await expect(section(page, "Set up an authenticator app")).toBeVisible();
  return (await page.locator(".key").innerText()).replaceAll(" ", "");
}

/** Turns two-step sign-in on. The page then shows the recovery codes. */
export async function turnOn(page: Page): Promise<Authenticator> {
  const app: Authenticator = { key: await openSetUp(page), codes: [], lastStep: 0 };
  // An earlier step, so that later steps have their own codes.
  app.lastStep = Math.floor(Date.now() / STEP) - 1;
  await field(page, "Code").fill(codeOf(app.key, app.lastStep));
  await button(page, "Turn on two-step sign-in").click();
  await expect(section(page, "Recovery codes")).toBeVisible();
  app.codes = (await page.locator("pre.codes").innerText()).trim().split("\n");
  expect(app.codes).toHaveLength(10);
  return app;
}

/** Gives the password, which leads to the second step. */
export async function givePassword(page: Page, { email, password }: Person): Promise<void> {
  await page.goto("/sign-in");
  await field(page, "E-mail address").fill(email);
  await field(page, "Password").fill(password);
  await button(page, "Sign in").click();
  await expect(heading(page, "Enter your code")).toBeVisible();
}
