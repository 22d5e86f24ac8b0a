// Passkeys: what only the browser can do. Without this file their buttons stay hidden.
//
// data-passkey="create|get"   on a form with a hidden field `credential`: its submit button asks the
//                             browser for a passkey first
// data-options="{…}"          what to ask for, as JSON
// data-options-url="/…"       or the address that they are asked from
// [data-passkey-error]        in the form, hidden: shown when there was none, or the wrong one
// [data-passkey-lacking]      in the form, hidden: shown where the browser knows no passkeys
(() => {
  const toBytes = (text) => {
    const plain = window.atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (character) => character.charCodeAt(0));
  };
  const toText = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return window.btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const named = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

  const read = ({ publicKey }) => {
    const options = { ...publicKey, challenge: toBytes(publicKey.challenge) };
    if (publicKey.user) options.user = { ...publicKey.user, id: toBytes(publicKey.user.id) };
    if (publicKey.excludeCredentials) options.excludeCredentials = named(publicKey.excludeCredentials);
    if (publicKey.allowCredentials) options.allowCredentials = named(publicKey.allowCredentials);
    return { publicKey: options };
  };

  const written = (credential) => {
    const { response } = credential;
    const found = { clientDataJSON: toText(response.clientDataJSON) };
    ["attestationObject", "authenticatorData", "signature", "userHandle"].forEach((name) => {
      if (response[name]) found[name] = toText(response[name]);
    });
    if (response.getTransports) found.transports = response.getTransports();
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: found,
    });
  };

  const optionsOf = async (form) => {
    if (form.dataset.options) return JSON.parse(form.dataset.options);
    const answer = await window.fetch(form.dataset.optionsUrl, {
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error("no options");
    return (await answer.json()).request_options;
  };

  const ask = async (form) => {
    const options = read(await optionsOf(form));
    const credential = await navigator.credentials[form.dataset.passkey](options);
    form.elements.credential.value = written(credential);
  };

  // Before the form is sent, once for each try: forms.js then sees the submit that counts.
  const start = (form) => {
    const error = form.querySelector("[data-passkey-error]");
    let ready = false;
    form.addEventListener("submit", async (event) => {
      if (ready) {
        ready = false;
        return;
      }
      event.preventDefault();
      error.hidden = true;
      try {
        await ask(form);
      } catch {
        error.hidden = false;
        return;
      }
      ready = true;
      form.requestSubmit();
    });
    form.querySelectorAll("[type=submit]").forEach((button) => { button.hidden = false; });
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    if (window.PublicKeyCredential) {
      start(form);
      return;
    }
    const lacking = form.querySelector("[data-passkey-lacking]");
    if (lacking) lacking.hidden = false;
  });
})();
