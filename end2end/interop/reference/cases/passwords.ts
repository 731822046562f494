// POST /change-password and POST /verify-password

import { call, type Cases, newUser, PASSWORD, type Person, post, request, signIn, sequence } from "../cases.js";
import type { Site } from "../sites.js";

const NEW = `${PASSWORD} and a spoon`;
const change = (changed: Record<string, unknown>, as?: "new user") =>
  post(
    "/change-password",
    { currentPassword: PASSWORD, newPassword: NEW, ...changed },
    { by: "bearer", ...(as && { as }) },
  );

const readSession = call("GET", "/get-session");
const trySignIn = (site: Site, { email }: Person, password: string) =>
  request(site, "POST", "/sign-in/email", { email, password });

export const changePassword: Cases = {
  "without a session, empty body": post("/change-password", {}),
  "without a session": post("/change-password", { currentPassword: PASSWORD, newPassword: NEW }),
  "with an empty body": post("/change-password", {}, { by: "bearer" }),
  "with numbers": change({ currentPassword: 1, newPassword: 1 }),
  "with a revokeOtherSessions that is a string": change({ revokeOtherSessions: "yes" }),
  "with a revokeOtherSessions that is null": change({ revokeOtherSessions: null }),
  "with the wrong current one": change({ currentPassword: "wrong" }),
  "with the wrong current one, and a short new one": change({ currentPassword: "wrong", newPassword: "short" }),
  "with a current one over the length limit": change({ currentPassword: "x".repeat(129) }),
  "to a short one": change({ newPassword: "short" }),
  "to a long one": change({ newPassword: "x".repeat(129) }),
  "to an empty one": change({ newPassword: "" }),
  "to a common one": change({ newPassword: "password123" }, "new user"),
  "to the same one": change({ newPassword: PASSWORD }, "new user"),
  "by bearer": change({}, "new user"),
  "by bearer, ending the other sessions": change({ revokeOtherSessions: true }, "new user"),
  "the old one is rejected afterwards": sequence(
    call("POST", "/change-password", { currentPassword: PASSWORD, newPassword: NEW }),
    (site, as) => trySignIn(site, as, PASSWORD),
    (site, as) => trySignIn(site, as, NEW),
    readSession,
  ),
  "ending the other sessions": sequence(
    call("POST", "/change-password", { currentPassword: PASSWORD, newPassword: NEW, revokeOtherSessions: true }),
    readSession,
  ),
  "the other sessions afterwards": async (site) => {
    const person = await newUser(site);
    const otherDevice = await signIn(site, person);
    await request(
      site,
      "POST",
      "/change-password",
      { currentPassword: PASSWORD, newPassword: NEW },
      { by: "cookie", as: person },
    );
    return readSession(site, otherDevice);
  },
};

export const verifyPassword: Cases = {
  "without a session, empty body": post("/verify-password", {}),
  "without a session": post("/verify-password", { password: PASSWORD }),
  "with an empty body": post("/verify-password", {}, { by: "bearer" }),
  "with a number": post("/verify-password", { password: 1 }, { by: "bearer" }),
  "with the right one": post("/verify-password", { password: PASSWORD }, { by: "cookie" }),
  "with the right one, by bearer": post("/verify-password", { password: PASSWORD }, { by: "bearer" }),
  "with the wrong one": post("/verify-password", { password: "wrong" }, { by: "cookie" }),
  "with an empty one": post("/verify-password", { password: "" }, { by: "cookie" }),
  "with one over the length limit": post("/verify-password", { password: "x".repeat(129) }, { by: "cookie" }),
  "from another origin": post(
    "/verify-password",
    { password: PASSWORD },
    { by: "cookie", headers: { origin: "https://evil.example" } },
  ),
};
