// Add user. Without this file the user name is typed, and all subscriptions lie open.
//
// data-adding       the form: a user name is proposed from the names until it is edited, by this
//                   table of the country's letters; data-apostrophes: after these a word goes on
//                   (accounts.romanizing)
// data-seats        the licenses: chosen subscriptions show, data-seats-open opens the others
// data-seats-row    one subscription; data-seats-none shows while nothing is chosen,
//                   data-seats-look while all are open
(() => {
  // As accounts.names.suggest_local_part: what has no Latin form is left out.
  const speller = (table, apostrophes) => {
    const letters = new Map(table.split(" ").map((pair) => pair.split("=")));
    const natives = [...letters.keys()].map((native) => native.replace("^", ""));
    const longest = natives.sort((one, other) => other.length - one.length);
    const known = new RegExp(longest.join("|"), "g");
    const plain = (char) => (letters.has(char) ? char
      : char.normalize("NFKD").replace(/[\u0300-\u036f]/g, ""));
    const spelled = (native, at, text) => {
      const before = [...text.slice(0, at)];
      while (before.length && apostrophes.includes(before.at(-1))) before.pop();
      const begins = !/\p{L}/u.test(before.at(-1) ?? "");
      return letters.get(begins && letters.has(`^${native}`) ? `^${native}` : native);
    };
    const latin = (text) => [...text.toLowerCase().normalize("NFC")].map(plain).join("")
      .replace(known, spelled).replace(/[^a-z0-9-]/g, "").replace(/^-+|-+$/g, "");
    return (names) => names.map(latin).filter(Boolean).join(".").slice(0, 64)
      .replace(/^\.+|\.+$/g, "");
  };

  const propose = (form) => {
    const target = form.querySelector("#id_user_name");
    const sources = [...form.querySelectorAll("#id_first_name, #id_last_name")];
    const proposal = speller(form.dataset.adding, form.dataset.apostrophes);
    const wanted = () => proposal(sources.map((source) => source.value));
    let last = wanted();
    // A quick hand types before this file has come.
    if (target.value === "") target.value = last;
    sources.forEach((source) => source.addEventListener("input", () => {
      const untouched = target.value === "" || target.value === last;
      last = wanted();
      if (untouched) target.value = last;
    }));
  };

  const fold = (area) => {
    const opener = area.querySelector("[data-seats-open]");
    if (!opener) return;
    const none = area.querySelector("[data-seats-none]");
    const look = area.querySelector("[data-seats-look]");
    const rows = [...area.querySelectorAll("[data-seats-row]")];
    const isChosen = (row) => row.querySelector("[name=licenses]").checked;
    const show = () => {
      const open = opener.getAttribute("aria-expanded") === "true";
      rows.forEach((row) => { row.hidden = !open && !isChosen(row); });
      none.hidden = open || rows.some(isChosen);
      if (look) look.hidden = !open;
    };
    opener.hidden = false;
    opener.addEventListener("click", () => {
      const open = opener.getAttribute("aria-expanded") === "true";
      opener.setAttribute("aria-expanded", String(!open));
      show();
      const first = rows.map((row) => row.querySelector("[name=licenses]:enabled")).find(Boolean);
      if (!open && first) first.focus();
    });
    // Back brings checkboxes back after the page has been set up.
    window.addEventListener("pageshow", show);
    show();
  };

  document.querySelectorAll("[data-adding]").forEach(propose);
  document.querySelectorAll("[data-seats]").forEach(fold);
})();
