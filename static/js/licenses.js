// Manage licenses: boxes of three states, and the arithmetic before it happens. Without this file
// the page offers a box more for "nobody", and Show what changes.
//
// data-licenses         the form: data-path and data-people (ids), for addresses to come back to
// data-license          a row: data-available, -quantity, -people, -held, -product
// data-box              a checkbox: data-was and data-now (all, some, none); data-no-all: never "all"
// data-off              beside a box that some have: sent when nobody shall have it
// data-sums             the arithmetic; its sentences in data-line, -plans, -short-one, -short-many, -none
// data-keep             a link that comes back here with the choice ("next"); the chips' links keep it too
(() => {
  const NEXT = { some: "all", all: "none", none: "some" };
  const fill = (text, values) => text.replace(/{(\w+)}/g, (_all, name) => values[name]);
  const figure = (number) => number.toLocaleString(document.documentElement.lang || "en");

  const show = (box) => {
    box.checked = box.dataset.now === "all";
    box.indeterminate = box.dataset.now === "some";
    const off = box.closest("td, .form-check").querySelector("[data-off]");
    if (off) off.disabled = box.dataset.now !== "none";
  };

  const turn = (box) => {
    const { was, now } = box.dataset;
    let next = was === "some" ? NEXT[now] : now === "all" ? "none" : "all";
    if (next === "all" && "noAll" in box.dataset && was !== "all") next = "none";
    box.dataset.now = next;
    show(box);
  };

  const changed = (box) => box.dataset.was !== box.dataset.now;

  const sum = (row) => {
    const box = row.querySelector(".cell-check [data-box]");
    const { available, quantity, people, held, product } = row.dataset;
    const moved = changed(box);
    const plus = moved && box.dataset.now === "all" ? people - held : 0;
    const minus = moved && box.dataset.now === "none" ? Number(held) : 0;
    const left = Number(available) - plus + minus;
    const plans = [...row.querySelectorAll(".plans [data-box]")];
    return {
      product, plus, minus, left, moved,
      seats: Number(quantity),
      missing: plus ? Math.max(0, -left) : 0,
      plans: box.dataset.now !== "none" && plans.some(changed),
    };
  };

  const sentence = (texts, found) => {
    const { product, plus, minus, left, seats, missing } = found;
    const values = {
      product, plus: figure(plus), minus: figure(minus), left: figure(left),
      seats: figure(seats), missing: figure(missing),
    };
    if (missing) return fill(missing === 1 ? texts.shortOne : texts.shortMany, values);
    return fill(found.moved ? texts.line : texts.plans, values);
  };

  const setUp = (form) => {
    const boxes = [...form.querySelectorAll("[data-box]")];
    const rows = [...form.querySelectorAll("[data-license]")];
    const sums = form.querySelector("[data-sums]");

    const line = (text, name) => {
      const item = document.createElement("li");
      item.textContent = text;
      if (name) item.className = name;
      return item;
    };

    const count = () => {
      const found = rows.map(sum).filter((row) => row.moved || row.plans);
      const lines = found.map((row) => line(sentence(sums.dataset, row), row.missing ? "sums-short" : ""));
      if (!lines.length) lines.push(line(sums.dataset.none, "text-muted"));
      sums.querySelector("ul").replaceChildren(...lines);
      document.querySelectorAll("[data-keep], .chip-remove").forEach(keep);
    };

    // The same parameters as the server reads: who, and what is to be on and off.
    const choice = (ids) => {
      const query = new URLSearchParams(ids.map((id) => ["user", id]));
      boxes.filter(changed).forEach((box) => {
        query.append(box.dataset.now === "all" ? "on" : "off", box.value);
      });
      return query;
    };

    const keep = (link) => {
      const here = new URL(link.href);
      if (link.dataset.keep === "next") {
        here.searchParams.set("next", `${form.dataset.path}?${choice(form.dataset.people.split(" "))}`);
      } else {
        here.search = choice(here.searchParams.getAll("user"));
      }
      link.href = here.toString();
      link.hidden = false;
    };

    form.addEventListener("change", (event) => {
      if (!event.target.matches("[data-box]")) return;
      turn(event.target);
      count();
    });
    boxes.forEach(show);
    count();
  };

  document.querySelectorAll("[data-licenses]").forEach(setUp);
})();
