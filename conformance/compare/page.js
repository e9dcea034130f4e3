"use strict";
(() => {
  const filter = document.getElementById("filter"), count = document.getElementById("count");
  const areas = [...document.querySelectorAll("details.area")].map((box) => ({
    box, rows: [...box.querySelectorAll("tr[data-text]")], number: box.querySelector(".number"),
  }));

  function show() {
    const words = wordsIn(filter);
    let shown = 0;
    for (const { box, rows, number } of areas) {
      let here = 0;
      for (const row of rows) {
        row.hidden = !words.every((word) => row.dataset.text.includes(word));
        if (!row.hidden) here++;
      }
      box.hidden = here === 0;
      if (words.length) box.open = here > 0;
      number.textContent = here;
      shown += here;
    }
    count.textContent = words.length ? plural(shown, "case") : "";
  }

  function restore(query) {
    filter.value = query.get("text") || "";
    show();
  }

  // reveal shows the case or the area of an ID.
  function reveal(id) {
    const target = document.getElementById(id), box = target?.closest("details");
    if (!box) return;
    if (target.hidden || box.hidden) { filter.value = ""; show(); }
    box.open = true;
    document.querySelectorAll("tr.linked").forEach((row) => row.classList.remove("linked"));
    if (target !== box) target.classList.add("linked");
    target.scrollIntoView({ block: target === box ? "start" : "center" });
  }

  const keep = inAddress(restore, reveal);
  filter.addEventListener("input", () => {
    keep(new URLSearchParams(filter.value && { text: filter.value }), true);
    show();
  });
  if (location.hash.startsWith("#?")) document.getElementById("cases").scrollIntoView();
})();
