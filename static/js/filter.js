// Filter users by…: its choices open above the list. Without this file they are a page.
//
// data-filter-open     the form with the button; data-hx-get puts the choices into the element that
//                      the button's aria-controls names
// data-filter-first    takes the focus when they open
// data-filter-close    a button in them; Escape closes them too
// data-tidy            a form whose empty choices stay out of the address
(() => {
  const OF_ONE = ["with", "without"];

  const tidy = ({ target, formData }) => {
    if (!("tidy" in target.dataset)) return;
    for (const name of new Set(formData.keys())) {
      const values = formData.getAll(name).filter(Boolean);
      formData.delete(name);
      values.forEach((value) => formData.append(name, value));
    }
    const names = formData.getAll("filter");
    if (!names.some((name) => OF_ONE.includes(name))) formData.delete("subscription");
    if (!names.includes("signed-in-before")) formData.delete("date");
  };

  const setUp = (form) => {
    const button = form.querySelector("[aria-controls]");
    const panel = document.getElementById(button.getAttribute("aria-controls"));

    const close = () => {
      panel.replaceChildren();
      button.setAttribute("aria-expanded", "false");
      button.focus();
    };

    form.addEventListener("htmx:beforeRequest", (event) => {
      if (!panel.hasChildNodes()) return;
      event.preventDefault();
      close();
    });
    panel.addEventListener("htmx:afterSwap", () => {
      button.setAttribute("aria-expanded", "true");
      panel.querySelector("[data-filter-close]").hidden = false;
      panel.querySelector("[data-filter-first]").focus();
    });
    panel.addEventListener("click", (event) => {
      if (event.target.closest("[data-filter-close]")) close();
    });
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });
  };

  document.addEventListener("formdata", tidy);
  document.querySelectorAll("[data-filter-open]").forEach(setUp);
})();
