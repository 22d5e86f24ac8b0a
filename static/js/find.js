// Find anyone: the list under the search of the top bar. Without this file the search is a form.
//
// data-find         the form: its field is a combobox, and its page as a list is asked for as one types
// data-find-told    in the list: how many were found, in words
// data-find-status  in the form: says it to a screen reader
//
// "/" and Ctrl+K lead to the field, arrows through the list, Enter to the page, Escape back.
(() => {
  const form = document.querySelector("[data-find]");
  if (!form) return;
  const field = form.querySelector("input");
  const panel = form.querySelector(".find-panel");
  const status = form.querySelector("[data-find-status]");

  const options = () => [...panel.querySelectorAll("[role=option]")];
  const active = () => panel.querySelector("[aria-selected=true]");

  const choose = (option) => {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  };

  const show = () => {
    const found = options().length > 0;
    panel.hidden = !panel.textContent.trim();
    field.setAttribute("aria-expanded", String(found && !panel.hidden));
    if (found) field.setAttribute("aria-controls", "find-list");
    else field.removeAttribute("aria-controls");
  };

  const close = () => {
    choose(null);
    panel.hidden = true;
    field.setAttribute("aria-expanded", "false");
  };

  const move = (steps) => {
    const all = options();
    if (!all.length) return;
    if (panel.hidden) show();
    const at = all.indexOf(active());
    choose(all[at === -1 && steps < 0 ? all.length - 1 : (at + steps + all.length) % all.length]);
  };

  const isTyping = (target) =>
    target.closest("input, textarea, select, [contenteditable]:not([contenteditable=false])");

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-haspopup", "listbox");
  field.setAttribute("aria-expanded", "false");

  document.addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    const k = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
    const isOn = document.body.dataset.keys !== "off";
    if (!k && !(slash && isOn && !isTyping(event.target))) return;
    if (document.querySelector("dialog:modal")) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  // By fetch: one that is given up for the next letter, or for a page, is no error to the console.
  let asking = null;
  let waiting = 0;
  const ask = async () => {
    asking?.abort();
    const own = new AbortController();
    asking = own;
    try {
      const answer = await fetch(`${form.action}?q=${encodeURIComponent(field.value)}`, {
        headers: { "HX-Request": "true" }, redirect: "error", signal: own.signal,
      });
      if (!answer.ok) throw new Error(answer.statusText);
      const html = await answer.text();
      // Of an answer that came after one has gone on, nothing opens.
      if (own.signal.aborted || document.activeElement !== field) return;
      panel.innerHTML = html;
      choose(null);
      show();
      status.textContent = panel.querySelector("[data-find-told]")?.textContent ?? "";
    } catch {
      if (!own.signal.aborted) status.textContent = document.body.dataset.failed;
    }
  };
  field.addEventListener("focus", ask);
  field.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, 150);
  });
  window.addEventListener("pagehide", () => asking?.abort());

  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const chosen = active();
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && chosen && !panel.hidden) chosen.click();
    else if (event.key === "Escape" && !panel.hidden) close();
    else if (event.key === "Escape") field.blur();
    else return;
    event.preventDefault();
  });

  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });

  // A link of the list is no place for the focus, which the press of a button would give it.
  panel.addEventListener("mousedown", (event) => event.preventDefault());
})();
