// The browser brings an access token here. Pages of other origins cannot: the header, like the method DELETE,
// needs a CORS permission that this app does not give.

import { removeToken, saveToken } from "../../../lib/session.js";
import { sessionOf } from "../../../lib/token.js";

export async function POST(request) {
  const [, token] = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "") ?? [];
  const session = token && (await sessionOf(token));
  if (!session) return new Response("The access token is not valid", { status: 401 });
  await saveToken(session);
  return Response.json({ secondsLeft: session.secondsLeft });
}

export async function DELETE() {
  await removeToken();
  return new Response(null, { status: 204 });
}
