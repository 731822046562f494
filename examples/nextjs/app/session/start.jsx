"use client";

import { useEffect, useState } from "react";
import { renewSession } from "./token.js";

/** Starts the app's session, or sends the browser to the sign-in page, which returns here. */
export function StartSession({ latchkey, next }) {
  const [failure, setFailure] = useState("");
  useEffect(() => {
    const signIn = `${latchkey}/sign-in?next=${encodeURIComponent(location.href)}`;
    renewSession(latchkey).then(
      (secondsLeft) => location.replace(secondsLeft === null ? signIn : next),
      (error) => setFailure(error.message),
    );
  }, [latchkey, next]);
  return (
    <main>
      {failure ? <p role="alert">Signing in failed: {failure}. Reload the page to try again.</p> : <p role="status">Signing you in…</p>}
      <noscript>
        <p>This app needs JavaScript to sign you in.</p>
      </noscript>
    </main>
  );
}
