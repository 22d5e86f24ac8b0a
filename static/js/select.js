// Rows selected in a table. Each choice is sent at once, so that it is kept over pages, sorts and
// searches: the address and the links of the page carry the selection's token. Without this file
// whichever button is pressed sends what is checked.
//
// data-select            the form around it all, with fields s (the token) and begun; its
//                        data-base is the number selected on other pages, or "lots";
//                        data-sending is there while a choice is sent
// data-select-page       the checkbox in the header: selects the page
// data-select-row        the checkbox of a row; Shift selects a range
// data-select-count      shows the number: data-none, data-one, data-many ("{n} selected"), data-lots
// data-select-only       the link to those selected: data-text ("Selected users ({n})"), data-lots
// data-select-clear      hidden while no user is selected
// data-select-need       a button that needs a selection; data-reason says why it is off
(() => {
  const figure = (number) => number.toLocaleString(document.documentElement.lang || "en");
  // What is being sent; a user who leaves the page waits for it.
  let sending = null;

  const setUp = (area) => {
    if (area.dataset.selecting) return;
    area.dataset.selecting = "yes";
    const header = area.querySelector("[data-select-page]");
    const token = area.querySelector("[name=s]").value;
    const begun = area.querySelector("[name=begun]");
    const rows = () => [...area.querySelectorAll("[data-select-row]")];
    let last = null;
    let again = false;

    const bar = area.querySelector(".bulk-bar");
    if (bar) {
      // The head of the table stays in sight below the bar, whose height depends on the page's width.
      new ResizeObserver(() => area.style.setProperty("--bar", `${bar.offsetHeight}px`)).observe(bar);
      area.classList.add("bar-known");
    }

    const show = () => {
      const here = rows().filter((row) => row.checked).length;
      const all = area.dataset.base === "lots" ? null : here + Number(area.dataset.base);
      if (header) {
        header.checked = here > 0 && here === rows().length;
        header.indeterminate = here > 0 && !header.checked;
      }
      area.querySelectorAll("[data-select-count]").forEach((count) => say(count, all));
      area.querySelectorAll("[data-select-only]").forEach((link) => {
        link.textContent = all === null ? link.dataset.lots : link.dataset.text.replace("{n}", figure(all));
      });
      area.querySelectorAll("[data-select-only], [data-select-clear]")
        .forEach((item) => { item.hidden = all === 0; });
      area.querySelectorAll("[data-select-need]").forEach((button) => turn(button, all !== 0));
      area.classList.toggle("has-selection", all !== 0);
    };

    const say = (count, all) => {
      const { none, one, many, lots } = count.dataset;
      const text = all === null ? lots : all === 0 ? none : all === 1 ? one : many;
      const words = text.replace("{n}", all === null ? "" : figure(all));
      if (count.textContent !== words) count.textContent = words;
    };

    const turn = (button, on) => {
      if (on) {
        button.removeAttribute("aria-disabled");
        button.removeAttribute("title");
        return;
      }
      button.setAttribute("aria-disabled", "true");
      button.title = button.dataset.reason;
    };

    // One at a time: of two that say different things, the later one must come last.
    const save = () => {
      again = true;
      area.dataset.sending = "yes";
      sending ??= sendAll().finally(() => {
        sending = null;
        delete area.dataset.sending;
      });
    };
    const sendAll = async () => {
      while (again) {
        again = false;
        await send();
      }
    };
    const send = async () => {
      const request = { method: "POST", body: new FormData(area), keepalive: true, redirect: "manual" };
      let response = null;
      try {
        response = await fetch(area.action, request);
      } catch {
        return tell(document.body.dataset.failed);
      }
      if (response.status === 204) return carry(token, begun);
      // The server says on the page itself that the selection, or the session, is over.
      if (response.status === 409) window.location.assign(withToken(window.location.href, token));
      else if (response.type === "opaqueredirect") window.location.reload();
      else tell(document.body.dataset.failed);
      return null;
    };

    area.addEventListener("click", (event) => {
      if (event.target.closest("[data-select-need][aria-disabled=true]")) event.preventDefault();
      const row = event.target.closest("[data-select-row]");
      if (!row) return;
      if (event.shiftKey && last) range(rows(), last, row);
      last = row;
    });
    area.addEventListener("change", (event) => {
      if (event.target === header) rows().forEach((row) => { row.checked = header.checked; });
      show();
      save();
    });
    // Enter in a checkbox would press the first button of the form.
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("[type=checkbox]")) event.preventDefault();
    });
    window.addEventListener("pageshow", show);
    show();
  };

  const range = (rows, from, to) => {
    const [start, end] = [rows.indexOf(from), rows.indexOf(to)].sort((a, b) => a - b);
    rows.slice(Math.max(start, 0), end + 1).forEach((row) => { row.checked = to.checked; });
  };

  const tell = (text) => {
    const notice = document.createElement("div");
    notice.className = "notice notice-danger";
    notice.textContent = text;
    document.getElementById("messages").replaceChildren(notice);
  };

  const withToken = (address, token) => {
    const url = new URL(address);
    url.searchParams.set("s", token);
    return url.toString();
  };

  // From now on the page's address, its links to other pages of the list and its forms name it.
  const carry = (token, begun) => {
    if (begun.value) return;
    begun.value = "1";
    window.history.replaceState(window.history.state, "", withToken(window.location.href, token));
    document.querySelectorAll("main a[href]").forEach((link) => {
      if (link.pathname !== window.location.pathname || link.closest(".tabs")) return;
      link.href = withToken(link.href, token);
    });
    document.querySelectorAll("main form[method=get]").forEach((form) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "s", value: token });
      form.append(field);
    });
  };

  const leaveLater = async (event, leave) => {
    if (!sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await sending;
    leave();
  };
  const onClick = (event) => {
    const link = event.target.closest("a[href]");
    const elsewhere = event.button || event.metaKey || event.ctrlKey || event.shiftKey;
    if (link && !elsewhere) leaveLater(event, () => window.location.assign(link.href));
  };
  const onSubmit = (event) => {
    const { target, submitter } = event;
    leaveLater(event, () => target.requestSubmit(submitter));
  };

  const start = () => {
    const areas = document.querySelectorAll("[data-select]");
    areas.forEach(setUp);
    if (!areas.length) return;
    document.addEventListener("click", onClick, true);
    document.addEventListener("submit", onSubmit, true);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
