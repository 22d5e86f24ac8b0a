// Upload users: a file that is too large is told of before it is sent.
(() => {
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const error = form.querySelector("[data-upload-error]");
  const isTooLarge = () => {
    const file = input.files[0];
    return Boolean(file) && file.size > Number(input.dataset.maxBytes);
  };
  const show = () => {
    error.textContent = isTooLarge() ? input.dataset.tooLarge : "";
    input.classList.toggle("is-invalid", isTooLarge());
  };
  input.addEventListener("change", show);
  form.addEventListener("submit", (event) => {
    if (!isTooLarge()) return;
    event.preventDefault();
    show();
    input.focus();
  });
})();

// A row was repaired in its place: the next wrong cell, its own or one below, takes the focus.
(() => {
  let repaired = "";
  document.addEventListener("htmx:beforeRequest", (event) => {
    if ("rowForm" in event.detail.elt.dataset) repaired = event.detail.elt.closest("tr").id;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const row = document.getElementById(repaired);
    repaired = "";
    if (!row) return;
    const rows = [...row.parentElement.children];
    const next = rows.slice(rows.indexOf(row)).find((one) => one.querySelector(".is-invalid"));
    const target = next?.querySelector(".is-invalid") ?? row.querySelector("button");
    target?.focus({ preventScroll: row === next });
  });
})();
