// GET /get-session

import { type Cases, get, post } from "../cases.js";

const anonymous = { headers: { cookie: "better-auth.session_token=nonsense; latchkey_session=nonsense" } };

export const getSession: Cases = {
  "without a session": get("/get-session"),
  "by cookie": get("/get-session", { by: "cookie" }),
  "by bearer": get("/get-session", { by: "bearer" }),
  "with an invalid cookie": get("/get-session", anonymous),
  "without the cookie cache": get("/get-session?disableCookieCache=true", { by: "cookie" }),
  "without refreshing": get("/get-session?disableRefresh=true", { by: "cookie" }),
  "with an empty option": get("/get-session?disableCookieCache=&x=1", { by: "cookie" }),
  "with an option twice": get("/get-session?disableRefresh=true&disableRefresh=false", { by: "cookie" }),
  "from another origin": get("/get-session", { by: "cookie", headers: { origin: "https://evil.example" } }),
  "POST without a session": post("/get-session", {}),
  "POST by cookie": post("/get-session", {}, { by: "cookie" }),
  "POST by cookie without an origin": post("/get-session", {}, { by: "cookie", headers: { origin: "" } }),
  "POST without a body": post("/get-session"),
  "POST of broken JSON": post("/get-session", "{"),
  "POST of an array": post("/get-session", []),
  "POST of a form": post("/get-session", "a=b", { type: "application/x-www-form-urlencoded" }),
};
