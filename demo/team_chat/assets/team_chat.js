// Show what is new, and that one was signed out, without being asked.
const field = document.querySelector("#text");
field?.focus();
scrollTo(0, document.body.scrollHeight);
setInterval(async () => {
  const answer = await fetch("/state").catch(() => null);
  const state = answer?.ok ? await answer.text() : document.body.dataset.state;
  // What is being written stays, unless it can't be sent any more.
  if (state !== document.body.dataset.state && (state === "out" || !field?.value)) {
    location.replace("/");
  }
}, 2000);
