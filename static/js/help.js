// Help with the page, in a dialog, and the keys of the portal. Without this file help is a page.
//
// data-go="c"     on a link of the top bar: g, and then this letter, follows it
// data-keys       of the body, "off": single keys do nothing
//
// No key acts while one types, in an open dialog, or together with Ctrl, Alt or Meta.
(() => {
  const mark = document.getElementById("help-mark");
  const dialog = document.getElementById("help");
  if (!mark || !dialog) return;
  const body = dialog.querySelector(".help-body");

  const open = async () => {
    if (dialog.open) return;
    try {
      const answer = await fetch(mark.href, { headers: { "HX-Request": "true" }, redirect: "error" });
      if (!answer.ok) throw new Error(answer.statusText);
      body.innerHTML = await answer.text();
    } catch {
      // The page says it, or where to sign in again.
      window.location.assign(mark.href);
      return;
    }
    const heading = document.querySelector("h1")?.textContent.trim();
    const title = dialog.querySelector("h2");
    title.dataset.name ??= title.textContent;
    title.textContent = heading ? `${title.dataset.name}: ${heading}` : title.dataset.name;
    if (!dialog.open) dialog.showModal();
  };

  mark.setAttribute("aria-haspopup", "dialog");
  mark.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open();
  });
  // A press beside the dialog closes it, as Escape does.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => mark.focus());

  const TYPED = "input, textarea, select, [contenteditable]:not([contenteditable=false])";
  const BETWEEN = 1500;
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (document.body.dataset.keys === "off" || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest?.(TYPED) || document.querySelector("dialog:modal, :popover-open")) return;
    if (event.key === "?") {
      event.preventDefault();
      open();
      return;
    }
    const link = Date.now() - going < BETWEEN
      && [...document.querySelectorAll("[data-go]")].find((one) => one.dataset.go === event.key);
    going = event.key === "g" ? Date.now() : 0;
    if (link) {
      event.preventDefault();
      link.click();
    }
  });
})();
