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

// A row was repaired in its place: it stays under the mouse, whatever grows or shrinks above it,
// and the next wrong cell, its own or one below, takes the focus.
(() => {
  let repaired = "";
  let top = 0;
  let byMouse = false;
  document.addEventListener("pointerdown", () => { byMouse = true; }, true);
  document.addEventListener("keydown", () => { byMouse = false; }, true);
  const topOf = (row) => row.getBoundingClientRect().top;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if ("rowForm" in event.detail.elt.dataset) repaired = event.detail.elt.closest("tr").id;
  });
  document.addEventListener("htmx:beforeSwap", () => {
    const row = document.getElementById(repaired);
    if (row) top = topOf(row);
  });
  // Before anything is painted. Where the page can't scroll as far, room is left above or below.
  document.addEventListener("htmx:afterSwap", () => {
    const row = document.getElementById(repaired);
    if (!row) return;
    window.scrollBy({ top: topOf(row) - top, behavior: "instant" });
    const rest = topOf(row) - top;
    const above = document.getElementById("rows");
    if (rest < 0) above.style.minHeight = `${above.offsetHeight - rest}px`;
    if (rest > 0) {
      const main = document.getElementById("main");
      const height = main.offsetHeight + window.innerHeight;
      main.style.minHeight = `${height}px`;
      window.scrollBy({ top: rest, behavior: "instant" });
      const root = document.documentElement;
      const unused = Math.floor(root.scrollHeight - root.clientHeight - window.scrollY);
      main.style.minHeight = `${height - unused}px`;
    }
  });
  document.addEventListener("htmx:afterSettle", () => {
    const row = document.getElementById(repaired);
    repaired = "";
    if (!row) return;
    const rows = [...row.parentElement.children];
    const next = rows.slice(rows.indexOf(row)).find((one) => one.querySelector(".is-invalid"));
    const target = next?.querySelector(".is-invalid") ?? row.querySelector("button");
    target?.focus({ preventScroll: true });
    if (!byMouse) target?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
})();

// What was typed or chosen beside Confirm outlasts a repair: of one row, from which the server draws
// it as it was when the repair was sent, and of many, or another tab, which load the page anew. There
// what was typed in other rows is kept, too, for the row that it was typed in: one that a colleague
// has changed meanwhile shows what is there now.
(() => {
  const place = `upload ${window.location.pathname}`;
  const beside = ".upload-confirm [name=reason], .upload-confirm [name=short]";
  const rowOf = (field) => field.form?.elements["seen-row"]?.value;
  const read = (fields) => fields.map((field) => {
    const { id, value, checked } = field;
    return { id, value, checked, row: rowOf(field) };
  });
  const write = (kept) => {
    for (const { id, value, checked, row } of kept) {
      const field = document.getElementById(id);
      if (field && rowOf(field) !== row) continue;
      if (field?.type === "radio") field.checked = checked;
      else if (field) field.value = value;
    }
  };
  let kept = [];
  document.addEventListener("htmx:beforeSwap", () => {
    kept = read([...document.querySelectorAll(beside)]);
  });
  document.addEventListener("htmx:afterSwap", () => write(kept));
  window.addEventListener("pagehide", () => {
    const typed = [...document.querySelectorAll(".upload-repair input")].filter(
      (field) => field.value !== field.defaultValue
    );
    const left = read([...document.querySelectorAll(beside), ...typed]);
    sessionStorage.setItem(place, JSON.stringify(left));
  });
  write(JSON.parse(sessionStorage.getItem(place) ?? "[]"));
  sessionStorage.removeItem(place);
})();
