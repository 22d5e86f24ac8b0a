// The switcher in the customer menu: its link opens a panel. Without this file it is a page.
//
// data-switch   the link; htmx puts the panel into the element that its aria-controls names
(() => {
  const link = document.querySelector("[data-switch]");
  if (!link) return;
  const panel = document.getElementById(link.getAttribute("aria-controls"));

  const close = () => {
    panel.hidden = true;
    panel.replaceChildren();
    link.setAttribute("aria-expanded", "false");
  };

  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  link.addEventListener("htmx:beforeRequest", (event) => {
    if (panel.hidden) return;
    event.preventDefault();
    close();
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    link.click();
  });
  // Not after the swap: until it has settled, htmx does not hear what is typed.
  panel.addEventListener("htmx:afterSettle", (event) => {
    if (event.target !== panel) return;
    panel.hidden = false;
    link.setAttribute("aria-expanded", "true");
    panel.querySelector("input[type=search]").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    close();
    link.focus();
  });
  document.addEventListener("click", (event) => {
    if (!panel.hidden && !panel.contains(event.target) && !link.contains(event.target)) close();
  });
})();
