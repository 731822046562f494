// Creates users through the API.

import { send } from "./request.js";

/** A signed-in user. */
export interface Person {
  userId: string;
  sessionId: string;
  sessionToken: string;
  accessToken: string;
}

/** Signs a user up and fetches an access token. */
export async function signUp(latchkey: string, email: string): Promise<Person> {
  const body = { name: "", email, password: "seven green lanterns" };
  const answer = await send(`${latchkey}/api/auth/sign-up/email`, { method: "POST", body });
  const { token: sessionToken, user } = JSON.parse(answer.body);
  const [sessionId] = sessionToken.split(".");
  return { userId: user.id, sessionId, sessionToken, accessToken: await accessToken(latchkey, sessionToken) };
}

/** Fetches an access token of the session. */
export async function accessToken(latchkey: string, sessionToken: string): Promise<string> {
  const answer = await send(`${latchkey}/api/auth/token`, { authorization: [`Bearer ${sessionToken}`] });
  return JSON.parse(answer.body).token;
}
