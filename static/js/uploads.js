// Upload users: a file that is too large is told of before it is sent.
(() => {
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const error = form.querySelector("[data-upload-error]");
  const isTooLarge = () => {
    const file = input.files[0];
    return Boolean(file) && file.size > Number(input.dataset.maxBytes);
  };
  const show = () => {
    error.textContent = isTooLarge() ? input.dataset.tooLarge : "";
    input.classList.toggle("is-invalid", isTooLarge());
  };
  input.addEventListener("change", show);
  form.addEventListener("submit", (event) => {
    if (!isTooLarge()) return;
    event.preventDefault();
    show();
    input.focus();
  });
})();
