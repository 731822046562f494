// The buttons of passkeys, and the browser's suggestions in the field of the e-mail address.
const api = self.PublicKeyCredential;
const all = (selector) => document.querySelectorAll(selector);
const ignore = () => {};

const decode = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt());

const encode = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const parse = (creates, json) => {
  const native = creates ? api.parseCreationOptionsFromJSON : api.parseRequestOptionsFromJSON;
  if (native) return native.call(api, json);
  const options = { ...json, challenge: decode(json.challenge) };
  const withId = (item) => ({ ...item, id: decode(item.id) });
  if (json.user) options.user = withId(json.user);
  for (const list of ["excludeCredentials", "allowCredentials"]) options[list] = json[list]?.map(withId);
  return options;
};

const toJson = (credential) => {
  try {
    return credential.toJSON();
  } catch {
    // An old browser, or a password manager that replaces the browser's credentials.
    const { id, type, response } = credential;
    const members = { transports: response.getTransports?.() };
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
      if (response[name]) members[name] = encode(response[name]);
    return { id, rawId: id, type, response: members, clientExtensionResults: {} };
  }
};

// Asks the service for options and the browser for a passkey, and puts the response into the form.
const run = async (form, action, creates, fields, extra) => {
  const body = new URLSearchParams(fields);
  const answer = await fetch(action + "/options", { method: "POST", body, signal: extra?.signal });
  const { options, page } = await answer.json();
  if (page) {
    // It says why there are no options.
    location.assign(page);
    await new Promise(() => {});
  }
  const publicKey = parse(creates, options);
  const credential = await navigator.credentials[creates ? "create" : "get"]({ publicKey, ...extra });
  // In case that the service does not know the passkey.
  if (!creates) sessionStorage.passkey = JSON.stringify({ rpId: options.rpId, credentialId: credential.id });
  if (!form.elements.response) {
    const field = document.createElement("input");
    [field.type, field.name] = ["hidden", "response"];
    form.append(field);
  }
  form.elements.response.value = JSON.stringify(toJson(credential));
};

const explain = (name, creates, seconds) => {
  if (name === "InvalidStateError") return "This device has a passkey for your account already.";
  if (name === "NotSupportedError" || name === "ConstraintError") return "This device can’t store a passkey. Use another one.";
  if (name !== "NotAllowedError") return "That didn’t work. Check your connection and try again.";
  if (seconds > 290) return "That took too long. Try again.";
  return creates ? "No passkey was created. Try again, or use another device." : "No passkey was used. Try again, or sign in another way.";
};

let suggestions = new AbortController();

const press = async (event) => {
  event.preventDefault();
  const button = event.currentTarget;
  const { form, formAction, dataset, nextElementSibling: message } = button;
  if ("sending" in dataset) return;
  const [creates, begun] = [dataset.passkey === "create", Date.now()];
  suggestions.abort();
  message.textContent = "";
  dataset.sending = "";
  try {
    const fields = [...new FormData(form)].filter(([name]) => !/password|code|response/.test(name));
    await run(form, formAction, creates, fields);
    form.requestSubmit(button);
  } catch (error) {
    delete dataset.sending;
    message.textContent = explain(error.name, creates, (Date.now() - begun) / 1000);
    button.focus();
    suggest();
  }
};

const suggest = async () => {
  const [button] = all("[data-passkey=get]");
  if (!all("[autocomplete~=webauthn]")[0] || !(await api.isConditionalMediationAvailable?.())) return;
  suggestions.abort();
  suggestions = new AbortController();
  const { signal } = suggestions;
  // Before the challenge expires after 5 minutes, but only in a page that is visible.
  const renew = () =>
    document.hidden ? document.addEventListener("visibilitychange", renew, { once: true, signal }) : suggest();
  const timer = setTimeout(renew, 240000);
  signal.onabort = () => clearTimeout(timer);
  // After a failure, the button still works.
  const { form, formAction } = button;
  const done = run(form, formAction, false, { mediation: "conditional" }, { mediation: "conditional", signal });
  done.then(() => form.requestSubmit(button), ignore);
};

// Soon after a sign-in with a password, the password manager may add a passkey without a question.
const upgrade = async (form) => {
  if (!(await api.getClientCapabilities?.())?.conditionalCreate) return;
  await run(form, form.action, true, { mediation: "conditional" }, { mediation: "conditional" });
  await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
};

// Tells the password managers which passkeys are accepted here.
const report = async (passkeys) => {
  await api.signalAllAcceptedCredentials?.(passkeys.accepted);
  await api.signalCurrentUserDetails?.(passkeys.user);
};

if (api) {
  for (const button of all("[data-passkey]")) button.addEventListener("click", press);
  for (const { dataset } of all("[data-signal]")) report(JSON.parse(dataset.signal)).catch(ignore);
  for (const form of all("[data-upgrade]")) upgrade(form).catch(ignore);
  const used = sessionStorage.passkey;
  sessionStorage.removeItem("passkey");
  if (used && all("[data-unknown-passkey]")[0]) api.signalUnknownCredential?.(JSON.parse(used)).catch(ignore);
  suggest();
}
