// POST /change-password and POST /verify-password

import { type Cases, newcomer, PASSWORD, type Person, post, request, signIn, story } from "../cases.js";
import type { Site } from "../sites.js";

const NEW = `${PASSWORD} and a spoon`;
const change = (changed: Record<string, unknown>, as?: "newcomer") =>
  post("/change-password", { currentPassword: PASSWORD, newPassword: NEW, ...changed }, { by: "bearer", ...(as && { as }) });

const look = (site: Site, as: Person) => request(site, "GET", "/get-session", undefined, { by: "cookie", as });
const enter = (site: Site, { email }: Person, password: string) => request(site, "POST", "/sign-in/email", { email, password });

export const changePassword: Cases = {
  "of nobody, with nothing": post("/change-password", {}),
  "of nobody": post("/change-password", { currentPassword: PASSWORD, newPassword: NEW }),
  "with nothing": post("/change-password", {}, { by: "bearer" }),
  "with numbers": change({ currentPassword: 1, newPassword: 1 }),
  "with a revokeOtherSessions that is a text": change({ revokeOtherSessions: "yes" }),
  "with a revokeOtherSessions that is null": change({ revokeOtherSessions: null }),
  "with the wrong current one": change({ currentPassword: "wrong" }),
  "with the wrong current one, and a short new one": change({ currentPassword: "wrong", newPassword: "short" }),
  "with a current one too long to be anybody's": change({ currentPassword: "x".repeat(129) }),
  "to a short one": change({ newPassword: "short" }),
  "to a long one": change({ newPassword: "x".repeat(129) }),
  "to an empty one": change({ newPassword: "" }),
  "to one that everyone uses": change({ newPassword: "password123" }, "newcomer"),
  "to the same one": change({ newPassword: PASSWORD }, "newcomer"),
  "by bearer": change({}, "newcomer"),
  "by bearer, ending the other sessions": change({ revokeOtherSessions: true }, "newcomer"),
  "the old one opens nothing any more": story(
    (site, as) => request(site, "POST", "/change-password", { currentPassword: PASSWORD, newPassword: NEW }, { by: "cookie", as }),
    (site, as) => enter(site, as, PASSWORD),
    (site, as) => enter(site, as, NEW),
    look,
  ),
  "ending the other sessions": story(
    (site, as) =>
      request(site, "POST", "/change-password", { currentPassword: PASSWORD, newPassword: NEW, revokeOtherSessions: true }, { by: "cookie", as }),
    look,
  ),
  "what becomes of the other sessions": async (site) => {
    const person = await newcomer(site);
    const elsewhere = await signIn(site, person);
    await request(site, "POST", "/change-password", { currentPassword: PASSWORD, newPassword: NEW }, { by: "cookie", as: person });
    return look(site, elsewhere);
  },
};

export const verifyPassword: Cases = {
  "of nobody, with nothing": post("/verify-password", {}),
  "of nobody": post("/verify-password", { password: PASSWORD }),
  "with nothing": post("/verify-password", {}, { by: "bearer" }),
  "with a number": post("/verify-password", { password: 1 }, { by: "bearer" }),
  "with the right one": post("/verify-password", { password: PASSWORD }, { by: "cookie" }),
  "with the right one, by bearer": post("/verify-password", { password: PASSWORD }, { by: "bearer" }),
  "with the wrong one": post("/verify-password", { password: "wrong" }, { by: "cookie" }),
  "with an empty one": post("/verify-password", { password: "" }, { by: "cookie" }),
  "with one too long to be anybody's": post("/verify-password", { password: "x".repeat(129) }, { by: "cookie" }),
  "from another origin": post("/verify-password", { password: PASSWORD }, { by: "cookie", headers: { origin: "https://evil.example" } }),
};
