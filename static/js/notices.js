// Short notices of success go by themselves; they can be read again at the end of the page.
//
// A notice stays as it is where it has a link or a button, and where it says anything but success.
// While it is pointed at, has the focus, or the tab is hidden, its time stands still.
(() => {
  const place = document.getElementById("messages");
  const past = document.getElementById("past-notices");
  if (!place || !past) return;

  const LEAST = 8000;
  const PER_LETTER = 60;
  const STEP = 250;
  // Nothing moves under a pointer that is about to press.
  const STILL = 1000;
  let moved = 0;
  document.addEventListener("pointermove", () => { moved = Date.now(); }, { passive: true });

  const isShort = (notice) =>
    notice.matches(".notice-success") && !notice.querySelector("a, button, input, form, h2");

  const keep = (notice) => {
    const line = document.createElement("li");
    const text = notice.querySelector(".notice-text") ?? notice;
    line.textContent = text.textContent.trim();
    past.querySelector("ol").append(line);
    past.hidden = false;
    notice.remove();
  };

  const begin = (notice) => {
    if (notice.dataset.going || !isShort(notice)) return;
    notice.dataset.going = "yes";
    let left = LEAST + PER_LETTER * notice.textContent.trim().length;
    const clock = window.setInterval(() => {
      if (!notice.isConnected) {
        window.clearInterval(clock);
        return;
      }
      if (document.hidden || notice.matches(":hover, :focus-within")) return;
      left -= STEP;
      if (left > 0 || Date.now() - moved < STILL) return;
      window.clearInterval(clock);
      keep(notice);
    }, STEP);
  };

  const look = () => place.querySelectorAll(".notice").forEach(begin);
  new MutationObserver(look).observe(place, { childList: true });
  look();
})();
