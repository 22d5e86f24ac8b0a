// Manage licenses: boxes of three states, and the arithmetic before it happens. Without this file
// the page offers a box more for "nobody", and Show what changes.
//
// data-licenses         the form: data-path and data-who (whom the address names), to come back to;
//                       data-sets, which subscriptions are held together, and by how many
// data-license          a row: data-available, -quantity, -product
// data-box              a checkbox: data-was and data-now (all, some, none); data-no-all: never "all"
// data-off              beside a box that some have: sent when nobody shall have it
// data-sums             the arithmetic; its sentences in data-line, -plans, -short-one, -short-many, -none
// data-swap             two selects: what users have, and what they get instead
// data-fit              what is offered where seats run short
// data-holders          details whose list of users is fetched from that address when they open
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

  // What one set of licenses becomes: the swap first, then the boxes.
  const becomes = (held, rows, [source, target]) => {
    const after = new Set(held);
    if (source && target && after.delete(source)) after.add(target);
    rows.forEach((row) => {
      const box = row.querySelector(".cell-check [data-box]");
      if (!changed(box)) return;
      if (box.dataset.now === "all") after.add(box.value);
      else after.delete(box.value);
    });
    return after;
  };

  const sum = (row, sets) => {
    const box = row.querySelector(".cell-check [data-box]");
    const { available, quantity, product, license } = row.dataset;
    const how = (from, to) => sets.reduce(
      (all, set) => all + (!set[from].has(license) && set[to].has(license) ? set.count : 0), 0,
    );
    const plus = how("before", "after");
    const minus = how("after", "before");
    const left = Number(available) - plus + minus;
    const plans = [...row.querySelectorAll(".plans [data-box]")];
    return {
      product, plus, minus, left,
      moved: plus > 0 || minus > 0 || changed(box),
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
    const groups = JSON.parse(form.dataset.sets);
    const selects = [...form.querySelectorAll("[data-swap] select")];
    const swap = () => (selects.length ? selects.map((select) => select.value) : ["", ""]);

    const line = (text, name) => {
      const item = document.createElement("li");
      item.textContent = text;
      if (name) item.className = name;
      return item;
    };

    const count = () => {
      const sets = groups.map(([held, number]) => (
        { before: new Set(held), after: becomes(held, rows, swap()), count: number }
      ));
      const found = rows.map((row) => sum(row, sets)).filter((row) => row.moved || row.plans);
      const short = found.some((row) => row.missing > 0);
      form.querySelectorAll("[data-fit]").forEach((element) => { element.hidden = !short; });
      const lines = found.map((row) => line(sentence(sums.dataset, row), row.missing ? "sums-short" : ""));
      if (!lines.length) lines.push(line(sums.dataset.none, "text-muted"));
      sums.querySelector("ul").replaceChildren(...lines);
      document.querySelectorAll("[data-keep], .chip-remove").forEach(keep);
    };

    // The same parameters as the server reads: who, and what is to be on and off.
    const choice = (who) => {
      const query = new URLSearchParams(who);
      boxes.filter(changed).forEach((box) => {
        query.append(box.dataset.now === "all" ? "on" : "off", box.value);
      });
      if (swap()[1]) query.append("swap", swap().join(":"));
      return query;
    };

    const keep = (link) => {
      if (!link.href) return;
      const here = new URL(link.href);
      if (link.dataset.keep === "next") {
        here.searchParams.set("next", `${form.dataset.path}?${choice(form.dataset.who)}`);
      } else {
        here.search = choice([...here.searchParams].filter(([name]) => ["user", "next"].includes(name)));
      }
      link.href = here.toString();
      link.hidden = false;
    };

    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-box]")) turn(event.target);
      count();
    });
    boxes.forEach(show);
    count();
  };

  // The list comes from the page that the link inside leads to, which stays where that fails.
  const list = async (details) => {
    const answer = await fetch(details.dataset.holders);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const holders = page.querySelector("[data-holder-list]");
    if (holders) details.querySelector("a").replaceWith(document.adoptNode(holders));
  };

  document.querySelectorAll("[data-licenses]").forEach(setUp);
  document.querySelectorAll("[data-holders]").forEach((details) => {
    details.addEventListener("toggle", () => list(details).catch(() => {}), { once: true });
  });
})();
