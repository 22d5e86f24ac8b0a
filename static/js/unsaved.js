// The browser asks before a page is left whose form has changes that are not saved. Without this file
// it does not.
//
// data-unsaved          a form; "yes" where it came with changes that are not saved (an error, or a
//                       choice that was brought back)
// data-keep             a link that takes the changes along, as those do that remove a chip
(() => {
  const isChanged = (field) => {
    if (field.disabled || !field.name || field.type === "hidden" || field.type === "file") return false;
    // Manage licenses: of boxes with three states their own marks tell.
    if (field.dataset.was) return field.dataset.was !== field.dataset.now;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") {
      const options = [...field.options];
      // Where none is chosen by the page, the browser takes the first.
      const usual = options.some((option) => option.defaultSelected) || field.multiple;
      const first = options.find((option) => !option.disabled);
      return options.some((option) => option.selected !== (usual ? option.defaultSelected : option === first));
    }
    return "defaultValue" in field && field.value !== field.defaultValue;
  };

  const forms = [...document.querySelectorAll("form[data-unsaved]")];
  if (!forms.length) return;
  let saving = false;
  const isUnsaved = (form) => form.dataset.unsaved === "yes" || [...form.elements].some(isChanged);

  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented && forms.includes(event.target)) saving = true;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("a[data-keep], a.chip-remove")) saving = true;
  });
  window.addEventListener("pageshow", () => { saving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!saving && forms.some(isUnsaved)) event.preventDefault();
  });
})();
