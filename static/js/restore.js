// Restore: how many of the free seats are given, counted while one ticks. Without this file the
// server says which subscription is given too often.
//
// data-restore          the form
// data-seat="12"        a box that gives a seat of subscription 12; not counted in a row with a
// data-skip             checkbox that is checked
// data-seats="12"       the line of the subscription: data-free, data-elsewhere (given to users
//                       without a row), and within it data-given for the number
(() => {
  const figure = (number) => number.toLocaleString(document.documentElement.lang || "en");

  const setUp = (form) => {
    const count = () => {
      form.querySelectorAll("[data-seats]").forEach((line) => {
        const boxes = [...form.querySelectorAll(`[data-seat="${line.dataset.seats}"]:checked`)];
        const here = boxes.filter((box) => !box.closest("tr").querySelector("[data-skip]:checked"));
        const given = here.length + Number(line.dataset.elsewhere);
        const number = line.querySelector("[data-given]");
        if (number) number.textContent = figure(given);
        line.classList.toggle("is-over", given > Number(line.dataset.free));
      });
    };
    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-seat], [data-skip]")) count();
    });
    window.addEventListener("pageshow", count);
  };

  document.querySelectorAll("[data-restore]").forEach(setUp);
})();
