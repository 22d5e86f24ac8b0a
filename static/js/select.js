// Rows selected in a table. Without this file the server says when nothing was selected.
//
// data-select            around it all (a form), with data-select-base="12" when rows on other pages
//                        are selected too
// data-select-page       the checkbox in the header: selects the page
// data-select-row        the checkbox of a row; Shift selects a range
// data-select-count      shows the number: data-none, data-one, data-many ("{n} selected")
// data-select-need       a button that needs a selection; data-reason says why it is off
(() => {
  const setUp = (area) => {
    if (area.dataset.selecting) return;
    area.dataset.selecting = "yes";
    const header = area.querySelector("[data-select-page]");
    const count = area.querySelector("[data-select-count]");
    const rows = () => [...area.querySelectorAll("[data-select-row]")];
    const chosen = () => rows().filter((row) => row.checked).length;
    let last = null;

    const show = () => {
      const here = chosen();
      const all = here + Number(area.dataset.selectBase || 0);
      if (header) {
        header.checked = here > 0 && here === rows().length;
        header.indeterminate = here > 0 && !header.checked;
      }
      if (count) {
        const { none = "", one = "", many = "" } = count.dataset;
        const text = all === 0 ? none : all === 1 ? one : many;
        count.textContent = text.replace("{n}", all.toLocaleString());
      }
      area.querySelectorAll("[data-select-need]").forEach((button) => turn(button, all > 0));
      area.classList.toggle("has-selection", all > 0);
    };

    const turn = (button, on) => {
      if (on) {
        button.removeAttribute("aria-disabled");
        button.removeAttribute("title");
        return;
      }
      button.setAttribute("aria-disabled", "true");
      if (button.dataset.reason) button.title = button.dataset.reason;
    };

    area.addEventListener("click", (event) => {
      const off = event.target.closest("[data-select-need][aria-disabled=true]");
      if (off) event.preventDefault();
      const row = event.target.closest("[data-select-row]");
      if (!row) return;
      if (event.shiftKey && last) range(rows(), last, row);
      last = row;
      show();
    });
    area.addEventListener("change", (event) => {
      if (event.target === header) rows().forEach((row) => { row.checked = header.checked; });
      show();
    });
    window.addEventListener("pageshow", show);
    show();
  };

  const range = (rows, from, to) => {
    const [start, end] = [rows.indexOf(from), rows.indexOf(to)].sort((a, b) => a - b);
    rows.slice(Math.max(start, 0), end + 1).forEach((row) => { row.checked = to.checked; });
  };

  const start = () => {
    document.querySelectorAll("[data-select]").forEach(setUp);
    document.body.addEventListener("htmx:load", () => {
      document.querySelectorAll("[data-select]").forEach(setUp);
    });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
