// On the page of a password sheet: tells the portal once passwords were copied, by a button or by
// hand, so that Done asks about the others alone. It tells which places of the sheet, no password.
//
// data-copied-url, data-first, data-end    on the button that copies them, or on a password
(() => {
  const tell = ({ copiedUrl, first, end }) => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    if (!token) return;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token.value, first, end });
    // Done may be the next click: the message goes out in any case.
    window.fetch(copiedUrl, { method: "POST", body, keepalive: true }).catch(() => {});
  };

  document.addEventListener("portal:copied", (event) => {
    if (event.target.dataset.copiedUrl) tell(event.target.dataset);
  });
  document.addEventListener("copy", () => {
    const selection = window.getSelection();
    if (!selection || selection.isCollapsed) return;
    const copied = [...document.querySelectorAll(".secret[data-copied-url]")]
      .filter((secret) => selection.containsNode(secret, true));
    if (copied.length === 0) return;
    // What is selected is in one piece: from the first place to the last one.
    const { copiedUrl, first } = copied[0].dataset;
    tell({ copiedUrl, first, end: copied[copied.length - 1].dataset.end });
  });
})();
