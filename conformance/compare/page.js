"use strict";
(() => {
  const filter = document.getElementById("filter"), count = document.getElementById("count");
  const areas = [...document.querySelectorAll("details.area")].map((box) => ({
    box, rows: [...box.querySelectorAll("tr[data-text]")], number: box.querySelector(".number"),
  }));

  function show() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
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
    count.textContent = words.length ? shown + (shown === 1 ? " case" : " cases") : "";
  }

  // The filter is kept in the fragment, "#?text=..."; a case's ID and an area's are fragments, too.
  function follow() {
    typed = false;
    const fragment = location.hash.slice(1);
    if (fragment === "" || fragment.startsWith("?")) {
      filter.value = new URLSearchParams(fragment).get("text") || "";
      show();
      return;
    }
    let id = fragment;
    try { id = decodeURIComponent(fragment); } catch { /* as it is */ }
    const target = document.getElementById(id), box = target?.closest("details");
    if (!box) return;
    if (target.hidden || box.hidden) { filter.value = ""; show(); }
    box.open = true;
    document.querySelectorAll("tr.linked").forEach((row) => row.classList.remove("linked"));
    if (target !== box) target.classList.add("linked");
    target.scrollIntoView({ block: target === box ? "start" : "center" });
  }

  let typed = false; // what is typed without a pause is one step back
  filter.addEventListener("input", () => {
    const query = filter.value ? "#?" + new URLSearchParams({ text: filter.value }) : "#";
    history[typed ? "replaceState" : "pushState"](null, "", query);
    typed = true;
    show();
  });
  document.getElementById("filters").addEventListener("submit", (e) => e.preventDefault());
  document.getElementById("filters").hidden = false;
  addEventListener("hashchange", follow);
  follow();
  if (location.hash.startsWith("#?")) document.getElementById("cases").scrollIntoView();
})();
