// What forms and buttons do beyond HTML. Every page works without this file.
//
// data-once="off"       on a form: may be sent again at once (a download)
// data-fill-from="a b"  on a field: filled from the fields with these ids until it is edited
// data-focus            takes the focus when the page opens (an error summary)
// data-copy="text"      on a button: copies the text; data-copy-from="id" copies that element's text
//                       or value; then the button is sent the event portal:copied
// data-print            on a button: prints the page
// data-back             on a button: goes back
// Buttons that need this file carry `hidden`, which is taken off here.
(() => {
  const say = (text) => {
    const announcer = document.getElementById("announcer");
    if (!announcer) return;
    announcer.textContent = "";
    window.setTimeout(() => { announcer.textContent = text; }, 50);
  };

  // Sent once: a second click while the first is under way does nothing. Back makes it new again.
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll(".is-busy").forEach((button) => {
      button.classList.remove("is-busy");
      button.removeAttribute("aria-disabled");
    });
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.dataset.once === "off") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    if (event.submitter) {
      event.submitter.classList.add("is-busy");
      event.submitter.setAttribute("aria-disabled", "true");
    }
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach(release);
  });

  const fillFrom = (target) => {
    if (target.dataset.filling) return;
    target.dataset.filling = "yes";
    const sources = target.dataset.fillFrom.split(" ")
      .map((id) => document.getElementById(id)).filter(Boolean);
    const composed = () => sources.map((source) => source.value.trim()).filter(Boolean).join(" ");
    let last = composed();
    sources.forEach((source) => source.addEventListener("input", () => {
      const untouched = target.value.trim() === "" || target.value === last;
      last = composed();
      if (untouched) target.value = last;
    }));
  };

  // The clipboard needs https or localhost; elsewhere the old way still works.
  const copyText = async (text) => {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(text);
      return;
    }
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("not copied");
  };
  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copyFrom || "");
    const text = source ? (source.value ?? source.textContent.trim()) : button.dataset.copy;
    try {
      await copyText(text || "");
    } catch {
      say(document.body.dataset.copyFailed);
      return;
    }
    say(document.body.dataset.copied);
    button.dispatchEvent(new CustomEvent("portal:copied", { bubbles: true }));
    button.classList.add("is-copied");
    button.focus();
    window.setTimeout(() => button.classList.remove("is-copied"), 2000);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-copy-from], [data-print], [data-back]");
    if (!button) return;
    if ("print" in button.dataset) window.print();
    else if ("back" in button.dataset) window.history.back();
    else copy(button);
  });

  const enhance = (root) => {
    root.querySelectorAll("[data-copy], [data-copy-from], [data-print], [data-back]")
      .forEach((button) => { button.hidden = false; });
    root.querySelectorAll("[data-fill-from]").forEach(fillFrom);
    const focus = root.querySelector("[data-focus]");
    if (focus) focus.focus();
  };

  // A part of a page that did not come is said; in place of a part, the sign-in page takes all.
  const failed = () => say(document.body.dataset.failed);
  const signInInstead = (event) => {
    const came = new URL(event.detail.xhr.responseURL || window.location.href);
    if (came.pathname !== document.body.dataset.signIn) return;
    event.preventDefault();
    window.location.reload();
  };

  // A menu that scrolls sideways opens at its current entry.
  const showCurrent = (menu) => {
    const current = menu.querySelector("[aria-current]");
    if (current) menu.scrollLeft = current.offsetLeft - menu.offsetLeft - 16;
  };

  // The answer to a form that was sent can't be fetched again: Back to it, or a reload, opens the
  // page anew instead of ending at an error of the browser.
  if ("answersPost" in document.body.dataset) window.history.replaceState(null, "", window.location.href);

  const start = () => {
    enhance(document);
    document.querySelectorAll(".side-menu, .tabs ul").forEach(showCurrent);
    document.body.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
    document.body.addEventListener("htmx:beforeSwap", signInInstead);
    document.body.addEventListener("htmx:responseError", failed);
    document.body.addEventListener("htmx:sendError", failed);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
