// A React page with the signed-in user's name and buttons to sign up and out.

import { createAuthClient } from "better-auth/react";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const parameters = new URLSearchParams(location.hash.slice(1));
const of = (name: string) => parameters.get(name) ?? "";
const { signUp, signOut, useSession } = createAuthClient({ baseURL: of("url") });
const person = { name: of("name"), email: of("email"), password: of("password") };

function Page() {
  const { data, isPending } = useSession();
  return createElement(
    "main",
    null,
    createElement("output", null, isPending ? "…" : data ? `Signed in as ${data.user.name}` : "Signed out"),
    createElement("button", { onClick: () => void signUp.email(person) }, "Sign up"),
    createElement("button", { onClick: () => void signOut() }, "Sign out"),
  );
}

createRoot(document.body).render(createElement(Page));
