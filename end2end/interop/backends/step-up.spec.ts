// Routes that require a stronger or a more recent sign-in answer as RFC 9470 says.

import { expect, test } from "@playwright/test";
import { type Latchkey, startLatchkey } from "../support/latchkey.js";
import { type Backend, backends, startBackend } from "./support/backend.js";
import { decode, type Forge, type Members, newSecret, now, secretKey, token } from "./support/forge.js";
import { type Person, signUp } from "./support/person.js";
import { sendAs } from "./support/request.js";

const secret = newSecret();
const tooOld = [401, 'Bearer error="insufficient_user_authentication", max_age="900"'];
const tooWeak = [401, 'Bearer error="insufficient_user_authentication", acr_values="aal2"'];

let latchkey: Latchkey;
let ada: Person;
let forge: Forge;

test.beforeAll(async () => {
  latchkey = await startLatchkey({ LATCHKEY_JWT_SECRET: secret });
  ada = await signUp(latchkey.url, "ada@example.com");
  forge = { key: secretKey(secret), issuer: latchkey.url, audience: latchkey.url, ...ada };
});
test.afterAll(() => latchkey.stop());

/** A token of Ada's with other claims; `undefined` omits one. */
function signedIn(claims: Members): string {
  return token(forge, { claims: { ...decode(ada.accessToken).claims, ...claims } });
}

for (const name of backends) {
  test.describe(name, () => {
    let backend: Backend;

    test.beforeAll(async () => {
      backend = await startBackend(name, { LATCHKEY_JWT_SECRET: secret, LATCHKEY_BASE_URL: latchkey.url });
    });
    test.afterAll(() => backend.stop());

    async function ask(token: string, method: string, path: string) {
      const answer = await sendAs(token, `${backend.url}/api/${ada.userId}${path}`, { method });
      return [answer.status, answer.challenge];
    }

    test("a recent sign-in is required", async () => {
      const { body } = await sendAs(ada.accessToken, `${backend.url}/api/${ada.userId}/tasks`, {
        method: "POST",
        body: { title: "Milk" },
      });
      const { id } = JSON.parse(body);
      for (const auth_time of [now() - 960, 0, undefined]) {
        expect(await ask(signedIn({ auth_time }), "DELETE", "/tasks"), String(auth_time)).toEqual(tooOld);
      }
      expect(await ask(ada.accessToken, "GET", `/tasks/${id}`), "nothing was deleted").toEqual([200, undefined]);
      expect(await ask(signedIn({ auth_time: now() - 840 }), "DELETE", "/tasks")).toEqual([204, undefined]);
      expect(await ask(ada.accessToken, "DELETE", "/tasks"), "right after the sign-up").toEqual([204, undefined]);
      expect(await ask(ada.accessToken, "GET", `/tasks/${id}`)).toEqual([404, undefined]);
    });

    test("two factors are required", async () => {
      expect(await ask(ada.accessToken, "GET", "/export"), "one factor").toEqual(tooWeak);
      for (const acr of ["aal1", "AAL2", "aal3", "", undefined]) {
        expect(await ask(signedIn({ acr }), "GET", "/export"), String(acr)).toEqual(tooWeak);
      }
      for (const acr of ["aal2", "phr"]) {
        expect(await ask(signedIn({ acr }), "GET", "/export"), acr).toEqual([200, undefined]);
      }
    });

    test("the token and the user are checked first", async () => {
      const other = `${backend.url}/api/00000000-0000-7000-8000-000000000000/export`;
      expect((await sendAs(ada.accessToken, other)).status).toBe(403);
      const expired = signedIn({ acr: "aal2", exp: now() - 60 });
      expect(await ask(expired, "GET", "/export")).toEqual([401, 'Bearer error="invalid_token"']);
    });
  });
}
