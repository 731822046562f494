// Runs in the browser.

/**
 * Gets an access token with Latchkey's cookies and brings it to this app. Returns the seconds until the
 * token expires, or null without a session at Latchkey.
 */
export async function renewSession(latchkey) {
  const answer = await fetch(`${latchkey}/api/auth/token`, { credentials: "include" });
  if (answer.status === 401) return null;
  if (!answer.ok) throw new Error(`Latchkey answered ${answer.status}`);
  const { token } = await answer.json();
  const saved = await fetch("/session/cookie", { method: "POST", headers: { authorization: `Bearer ${token}` } });
  if (!saved.ok) throw new Error(`The app answered ${saved.status}`);
  return (await saved.json()).secondsLeft;
}

/** Ends the session at Latchkey, then removes this app's cookie. */
export async function endSession(latchkey) {
  const answer = await fetch(`${latchkey}/api/auth/sign-out`, { method: "POST", credentials: "include" });
  if (!answer.ok) throw new Error(`Latchkey answered ${answer.status}`);
  await fetch("/session/cookie", { method: "DELETE" });
}
