"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byID = new Map(data.cases.map((c) => [c.id, c]));
  const wordsOf = Object.fromEntries(data.kinds.map((k) => [k.kind, k.words]));
  const markOf = Object.fromEntries(data.verdicts.map((v) => [v.verdict, v.mark]));
  const list = document.getElementById("list");
  const [search, area, level, kind, cause] = ["search", "area", "level", "kind", "cause"].map((id) => document.getElementById(id));
  const selects = { area, level, kind, cause };
  const boxes = new Map();
  const opened = new Set(); // IDs of the cases and rules that are open, whatever the filters

  for (const a of data.areas) area.append(element("option", { value: a }, a));
  for (const l of data.levels) level.append(element("option", { value: l }, l));
  for (const k of data.kinds) kind.append(element("option", { value: k.kind }, k.words + (k.count ? " (" + k.count + " fail)" : "")));
  data.causes.forEach((c, i) => cause.append(element("option", { value: i + 1 }, (i + 1) + ". " + c.title + " (" + c.count + ")")));
  for (const v of data.verdicts) {
    const box = element("input", { type: "checkbox", id: "verdict-" + v.verdict, onchange: changed });
    box.disabled = v.count === 0;
    boxes.set(v.verdict, box);
    document.getElementById("verdicts").append(element("label", { class: "pill v-" + v.verdict, for: box.id }, box,
      element("span", { class: "mark", "aria-hidden": "true" }, v.mark), v.verdict + " ", element("b", {}, String(v.count))));
  }
  if (!data.verdicts.some((v) => v.shown && v.count)) data.verdicts.find((v) => v.verdict === "pass").shown = true;
  const defaults = data.verdicts.filter((v) => v.shown).map((v) => v.verdict).join();
  document.querySelectorAll(".without-script").forEach((e) => e.remove());
  document.querySelectorAll(".actions").forEach((e) => { e.hidden = false; });

  function textOf(c) {
    if (c.text === undefined) {
      const parts = [c.id, c.title, c.reason, c.note];
      for (const id of c.evidence || []) {
        const f = data.facts[id] || {};
        parts.push(id, f.statement);
        for (const s of f.sources || []) parts.push(s.doc, s.section);
      }
      for (const f of c.findings || []) parts.push(f.path, f.want, f.got);
      for (const x of c.exchanges || []) parts.push(x.sent, x.answer, x.error);
      c.text = parts.filter(Boolean).join("\n").toLowerCase();
    }
    return c.text;
  }

  function filtered() {
    const words = wordsIn(search);
    return data.cases.filter((c) => boxes.get(c.verdict).checked && (!area.value || c.area === area.value) &&
      (!level.value || c.level === level.value) && (!kind.value || c.kind === kind.value) && (!cause.value || String(c.cause) === cause.value) && words.every((w) => textOf(c).includes(w)));
  }

  // chosen is the query of what is not as it is at first.
  function chosen() {
    const query = new URLSearchParams();
    for (const [name, select] of Object.entries(selects)) if (select.value) query.set(name, select.value);
    const verdicts = [...boxes].filter(([, box]) => box.checked).map(([verdict]) => verdict).join();
    if (verdicts !== defaults) query.set("verdict", verdicts);
    if (search.value) query.set("text", search.value);
    return query;
  }

  function restore(query) {
    for (const [name, select] of Object.entries(selects)) {
      select.value = query.get(name) || "";
      if (select.selectedIndex < 0) select.value = "";
    }
    search.value = query.get("text") || "";
    const verdicts = (query.get("verdict") ?? defaults).split(",");
    for (const [verdict, box] of boxes) box.checked = verdicts.includes(verdict);
    render();
  }

  // changed shows what the filters say now.
  function changed(event) {
    keep(chosen(), event?.type === "input");
    render();
  }

  function render() {
    const found = filtered();
    const rules = new Map();
    for (const c of found) {
      if (!rules.has(c.rule)) rules.set(c.rule, []);
      rules.get(c.rule).push(c);
    }
    const sections = new Map();
    for (const [rule, cases] of rules) {
      const name = cases[0].area;
      if (!sections.has(name)) sections.set(name, []);
      sections.get(name).push([rule, cases]);
    }
    list.replaceChildren(...[...sections].map(([name, groups]) => areaSection(name, groups, rules.size <= 8)));
    document.getElementById("count").textContent = found.length === 0 ? "No case matches" :
      plural(found.length, "case") + " of " + data.cases.length + ", " + plural(rules.size, "rule");
  }

  function areaSection(name, groups, open) {
    const n = groups.reduce((sum, [, cases]) => sum + cases.length, 0);
    return element("section", { class: "area", "aria-label": name },
      element("h3", {}, name, " ", element("span", { class: "muted" }, String(n))),
      element("ul", { class: "rules" }, ...groups.map(([rule, cases]) => element("li", { class: "rule" },
        cases.length === 1 ? caseItem(cases[0], false) : ruleItem(rule, cases, open)))));
  }

  // showMark scrolls what is marked in a long text into sight.
  function showMark(pre) {
    const mark = pre.querySelector("mark");
    if (mark) pre.scrollTop += mark.getBoundingClientRect().top - pre.getBoundingClientRect().top - pre.clientHeight / 3;
  }

  // disclosure is a button and what it shows, which is made when it is first opened.
  function disclosure(key, attributes, label, fill) {
    const body = element("div", { class: "body", hidden: true });
    const set = (open) => {
      if (open && !body.hasChildNodes()) body.append(...fill());
      body.hidden = !open;
      if (open) body.querySelectorAll(".exchange pre").forEach(showMark);
      button.setAttribute("aria-expanded", String(open));
      if (open) opened.add(key); else opened.delete(key);
    };
    const button = element("button", { type: "button", "aria-expanded": "false", ...attributes, onclick: () => set(body.hidden) }, ...label);
    if (opened.has(key)) set(true);
    return { button, body, set };
  }

  function badge(verdict, extra) {
    return element("span", { class: "badge v-" + verdict }, element("span", { "aria-hidden": "true" }, markOf[verdict] + " "), verdict, extra || "");
  }

  function idParts(id) {
    const cut = id.indexOf("/") + 1;
    return [element("span", { class: "faint" }, id.slice(0, cut)), id.slice(cut)];
  }

  // common is the words with which all the titles begin, or else the first title.
  function common(titles) {
    const words = titles.map((t) => t.split(" "));
    let n = 0;
    while (words.every((w) => n < w.length && w[n] === words[0][n])) n++;
    return n < 2 ? titles[0] : words[0].slice(0, n).join(" ").replace(/[:,]$/, "");
  }

  // wanted and got are the first thing that differs in a case, in the words of its finding.
  function wanted(c) {
    const f = (c.findings || [])[0];
    return f && (f.path && f.path !== "status" ? f.path + ": " : "") + f.want;
  }

  function got(c) { return c.findings && c.findings[0].got; }

  function line(name, kind, text) {
    return text && element("span", { class: "gist " + kind }, element("b", {}, name + " "), text);
  }

  function gist(c) {
    if (c.findings) return [line("want", "expected", wanted(c)), line("got", "actual", got(c))];
    return [c.reason && element("span", { class: "gist" }, c.reason)];
  }

  // shared is a text of all the cases, or nothing where they differ.
  function shared(cases, of) { return cases.every((c) => of(c) === of(cases[0])) && of(cases[0]); }

  function ruleItem(rule, cases, open) {
    const counts = data.verdicts.map((v) => [v.verdict, cases.filter((c) => c.verdict === v.verdict).length]).filter(([, n]) => n);
    const same = cases.every((c) => c.title === cases[0].title);
    const title = same ? cases[0].title : common(cases.map((c) => c.title)) + " …";
    const d = disclosure("rule:" + rule, { class: "row group" }, [
      element("span", { class: "badges" }, ...counts.map(([v, n]) => badge(v, " × " + n))),
      element("span", { class: "what" }, element("span", { class: "id" }, ...idParts(rule)),
        element("span", { class: "title" }, title),
        line("want", "expected", shared(cases, wanted)), line("got", "actual", shared(cases, got))),
    ], () => [element("ul", { class: "cases" }, ...cases.map((c) => element("li", {}, caseItem(c, true, same))))]);
    if (open) d.set(true);
    const frame = document.createDocumentFragment();
    frame.append(d.button, d.body);
    return frame;
  }

  function caseItem(c, nested, sameTitle) {
    const id = nested && c.id !== c.rule ? [element("span", { class: "faint" }, "… "), c.id.slice(c.rule.length + 1)] : idParts(c.id);
    const d = disclosure(c.id, { class: "row", "data-id": c.id }, [
      element("span", { class: "badges" }, badge(c.verdict)),
      element("span", { class: "what" },
        element("span", { class: "id" }, ...id, " ", element("span", { class: "level level-" + c.level }, c.level + (c.provisional ? ", provisional" : ""))),
        sameTitle ? "" : element("span", { class: "title" }, c.title),
        ...gist(c)),
    ], () => details(c, sameTitle));
    const frame = document.createDocumentFragment();
    frame.append(d.button, d.body);
    return frame;
  }

  function details(c, titled) {
    const rule = element("div", { class: "facts-of", role: "group", "aria-label": "Rule" },
      titled ? element("p", { class: "rule-text" }, c.title) : null,
      ...(c.evidence || []).map(fact), c.note ? element("p", { class: "note" }, c.note) : null,
      c.broken ? element("p", { class: "note" }, "Broken by " + c.broken + " of " + c.seen + " answers; " + c.reason + ".") :
        c.reason ? element("p", { class: "note" }, c.reason) : null,
      (c.conforming || []).length > 1 ? element("p", { class: "note" }, "Any of these conforms. " + c.conforming.join("; ") + ".") : null);
    const parts = [rule];
    if (c.findings) parts.push(findings(c.findings));
    const many = (c.exchanges || []).length > 1;
    (c.exchanges || []).forEach((x, i) => parts.push(exchange(c, x, i, many)));
    const explain = "sendspec explain " + quoted(c.id);
    if (c.cause) {
      parts.push(element("p", { class: "muted" }, "Cause " + c.cause + " of " + data.causes.length + ": ",
        element("a", { href: "#?cause=" + c.cause, class: "filter-link" }, data.causes[c.cause - 1].title)));
    }
    parts.push(element("div", { class: "commands" }, ...[["Rerun", c.rerun], ["Explain", explain]].filter(([, text]) => text)
      .map(([name, text]) => command(name, text)),
    element("p", { class: "muted" }, element("a", { href: "#" + encodeURI(c.id), class: "permalink" }, "Link to this case"))));
    return parts;
  }

  // fact is what a case rests on: how it is known, the statement, and where it can be read.
  function fact(id) {
    const f = data.facts[id];
    if (!f) return element("p", { class: "fact" }, element("code", {}, id));
    return element("div", { class: "fact" },
      element("p", {}, element("span", { class: "chip e-" + f.kind }, wordsOf[f.kind] || f.kind), " ", f.statement),
      element("p", { class: "muted" }, element("code", {}, id), f.date ? " · " + f.date : ""),
      ...(f.sources || []).map((s) => element("p", { class: "source" }, s.url ? element("a", { href: s.url }, s.doc) : s.doc,
        s.section ? element("span", { class: "muted" }, " · " + s.section) : "")));
  }

  function quoted(word) { return /^[\w\-./:=@%+,]+$/.test(word) ? word : "'" + word.replaceAll("'", "'\\''") + "'"; }

  function findings(all) {
    return element("div", { class: "findings", role: "group", "aria-label": "What differs" }, ...all.map((f) => {
      const [want, got] = marked(f.want, f.got);
      return element("div", { class: "finding" },
        element("p", { class: "where" }, (f.step ? "step " + f.step + " · " : "") + (f.path || "answer"), " ",
          element("span", { class: "level level-" + f.level }, f.level)),
        element("div", { class: "pair" },
          element("div", { class: "want" }, element("h4", {}, "Want"), element("pre", { tabindex: "0", role: "group", "aria-label": "Want" }, ...want)),
          element("div", { class: "got" }, element("h4", {}, "Got"), element("pre", { tabindex: "0", role: "group", "aria-label": "Got" }, ...got))));
    }));
  }

  function exchange(c, x, i, many) {
    const pointers = (c.findings || []).filter((f) => !many || !f.step || f.step === x.step).map((f) => f.path).filter((p) => p.startsWith("/"));
    const head = (x.method || "POST") + " " + (x.path || "/");
    const answer = x.status ? layout(x.answer || "", pointers) : [x.error || "no answer"];
    const body = element("div", { class: "exchange" },
      element("div", { class: "pair" },
        element("div", {}, element("h4", {}, "Sent ", element("span", { class: "muted" }, (x.operation ? x.operation + " · " : "") + head + (x.raw ? " · framed by hand" : ""))),
          element("pre", { tabindex: "0", role: "group", "aria-label": "Request body" }, ...(x.sent ? layout(x.sent, []) : [element("i", {}, "no body")]))),
        element("div", {}, element("h4", {}, "Answer ", element("span", { class: "muted" }, (x.status || "none") + " · " + x.ms.toFixed(1) + " ms")),
          element("pre", { tabindex: "0", role: "group", "aria-label": "Answer body" }, ...(answer.join("") ? answer : [element("i", {}, "empty")])),
          x.status && x.error ? element("p", { class: "note" }, x.error) : "")),
      x.curl ? command("curl", x.curl) : "");
    if (!many) return body;
    const label = "Exchange " + (i + 1) + (x.step ? ", step " + x.step : "") + ": " + (x.operation || head) + ", " + (x.status || "no answer");
    return element("details", { class: "step", open: x.decisive }, element("summary", {}, label), body);
  }

  function command(name, text) {
    return element("div", { class: "command" }, element("span", { class: "name" }, name),
      element("code", { tabindex: "0", role: "group", "aria-label": name }, text), copyButton(name, text));
  }

  function reveal(id) {
    const c = byID.get(id);
    if (!c) return;
    if (!filtered().includes(c)) {
      search.value = area.value = level.value = kind.value = cause.value = "";
      boxes.get(c.verdict).checked = true;
    }
    opened.add("rule:" + c.rule).add(c.id);
    render();
    const button = list.querySelector("button[data-id=" + CSS.escape(id) + "]");
    if (button) { button.scrollIntoView({ block: "start" }); button.focus({ preventScroll: true }); }
  }

  function toCases() {
    const section = document.getElementById("cases");
    section.scrollIntoView();
    section.focus({ preventScroll: true });
  }

  let waiting = 0;
  search.addEventListener("input", (e) => { clearTimeout(waiting); waiting = setTimeout(changed, 80, e); });
  for (const select of Object.values(selects)) select.addEventListener("change", changed);
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a.filter-link");
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    restore(new URLSearchParams(link.hash.slice(1)));
    changed();
    toCases();
  });
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.target === search && e.key === "Escape") { search.value = ""; changed(); search.blur(); return; }
    if (e.target.matches("input, select, textarea")) return;
    if (e.key === "/") { e.preventDefault(); search.focus(); search.select(); }
    if (e.key === "j" || e.key === "k") {
      const rows = [...list.querySelectorAll("button.row")].filter((b) => b.offsetParent !== null);
      const at = rows.indexOf(document.activeElement.closest ? document.activeElement.closest("button.row") : null);
      const to = rows[Math.max(0, Math.min(rows.length - 1, at + (e.key === "j" ? 1 : -1)))];
      if (to) to.focus();
    }
  });
  const keep = inAddress(restore, reveal);
  if (location.hash.startsWith("#?")) toCases();
  if (!list.hasChildNodes()) render(); // a link to a case that is not here
})();
