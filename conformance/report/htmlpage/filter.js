"use strict";
// What the pages with filters have in common.

function wordsIn(field) { return field.value.toLowerCase().split(/\s+/).filter(Boolean); }

function plural(n, word) { return n + " " + word + (n === 1 ? "" : "s"); }

// inAddress keeps the filters in the fragment, as "#?" and a query of what is not as it is at first; a case's ID never begins so.
// It has the page restore the filters that a query tells, or reveal what an ID names, and returns what writes a query down.
// What is typed without a pause is one step back.
function inAddress(restore, reveal) {
  let typed = false;
  const follow = () => {
    typed = false;
    let id = location.hash.slice(1);
    if (id === "" || id.startsWith("?")) { restore(new URLSearchParams(id)); return; }
    try { id = decodeURIComponent(id); } catch { /* as it is */ }
    reveal(id);
  };
  const form = document.getElementById("filters");
  form.addEventListener("submit", (e) => e.preventDefault());
  form.hidden = false;
  addEventListener("hashchange", follow);
  follow();
  return (query, typing) => {
    const fragment = query.size ? "#?" + query : "#";
    if (fragment !== (location.hash || "#")) history[typing && typed ? "replaceState" : "pushState"](null, "", fragment);
    typed = typing;
  };
}
