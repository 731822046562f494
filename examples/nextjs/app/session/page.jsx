// Where a request without a session goes. The browser asks Latchkey for an access token and comes back.

import { appUrl, latchkeyUrl } from "../../lib/settings.js";
import { StartSession } from "./start.jsx";

export default async function SessionPage({ searchParams }) {
  const { next } = await searchParams;
  return <StartSession latchkey={latchkeyUrl} next={addressHere(next)} />;
}

/** An address of this app; the home page for everything else. */
function addressHere(text) {
  const here = typeof text === "string" && URL.canParse(text, appUrl) && new URL(text, appUrl);
  return here && here.origin === new URL(appUrl).origin ? here.href : appUrl;
}
