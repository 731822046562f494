"use client";

import { useEffect, useState } from "react";
import { endSession, renewSession } from "./token.js";

/** The sign-out button. */
export function SignOut({ latchkey }) {
  const [failure, setFailure] = useState("");
  const signOut = () =>
    endSession(latchkey).then(
      () => location.assign("/"),
      (error) => setFailure(error.message),
    );
  return (
    <>
      <button onClick={signOut}>Sign out</button>
      {failure && <span role="alert">{failure}</span>}
    </>
  );
}

/** Renews the app's cookie while a page is open, so that a form is not sent with an expired token. */
export function KeepSession({ latchkey, secondsLeft }) {
  useEffect(() => {
    let timer;
    const renewHalfway = (seconds) => {
      timer = setTimeout(renew, Math.max(seconds * 500, 1000));
    };
    // If this fails, the next page request gets the session again.
    const renew = () =>
      renewSession(latchkey).then(
        (seconds) => seconds !== null && renewHalfway(seconds),
        () => {},
      );
    renewHalfway(secondsLeft);
    return () => clearTimeout(timer);
  }, [latchkey, secondsLeft]);
  return null;
}
