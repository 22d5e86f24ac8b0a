// A user name is checked while it is typed. Without this file saving says whether it is free.
//
// data-check-name       the sentence below the name, which is read out when it changes: its value is
//                       the address that is asked; data-user, whose name it is now
(() => {
  const PAUSE = 500;
  const REST = 60000;

  const setUp = (place) => {
    const form = place.closest("form");
    const name = form.querySelector("#id_user_name");
    const domain = form.querySelector("#id_domain");
    const known = new Map();
    let timer = null;
    let rests = false;

    const question = () => {
      const asked = new URLSearchParams({ user_name: name.value, domain: domain.value });
      if (place.dataset.user) asked.set("user", place.dataset.user);
      return asked.toString();
    };
    let last = question();

    const show = ({ state, text }) => {
      place.dataset.state = state;
      if (place.textContent !== text) place.textContent = text;
    };

    const ask = async () => {
      const asked = question();
      if (!known.has(asked)) {
        const answer = await fetch(`${place.dataset.checkName}?${asked}`, { headers: { Accept: "application/json" } });
        if (answer.status === 429) {
          // Saving says it, too.
          rests = true;
          window.setTimeout(() => { rests = false; }, REST);
        }
        const isJson = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
        if (!answer.ok || !isJson) return;
        known.set(asked, await answer.json());
      }
      // What was typed since has an answer of its own.
      if (question() === asked) show(known.get(asked));
    };

    const changed = () => {
      const asked = question();
      if (asked === last) return;
      last = asked;
      window.clearTimeout(timer);
      show({ state: "", text: "" });
      if (name.value.trim() && !name.disabled && !rests) {
        timer = window.setTimeout(() => ask().catch(() => {}), PAUSE);
      }
    };
    // Whatever is typed in the form: first and last name propose one. It is set by then.
    form.addEventListener("input", () => window.setTimeout(changed));
    form.addEventListener("change", changed);
  };

  document.querySelectorAll("[data-check-name]").forEach(setUp);
})();
