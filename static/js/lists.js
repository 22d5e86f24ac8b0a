// A table with a head that stays in sight, and more columns than the page has room for, scrolls in
// itself. Without this file its cells get narrower.
//
// .table-sticky     the table, in a .table-wrap
(() => {
  const setUp = (table) => {
    const wrap = table.closest(".table-wrap");
    const look = () => {
      wrap.classList.remove("is-wide");
      wrap.classList.toggle("is-wide", table.scrollWidth > wrap.clientWidth);
    };
    new ResizeObserver(look).observe(wrap);
  };

  document.querySelectorAll(".table-sticky").forEach(setUp);
})();
