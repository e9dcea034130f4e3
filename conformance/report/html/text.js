"use strict";
// Text of the target becomes text nodes only: no function here or in page.js writes HTML.

function element(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "class") e.className = value;
    else if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
  return e;
}

// marked returns two texts as nodes, with what differs between them marked. The marks take whole words,
// and texts that share next to nothing have none: all of them differs.
function marked(want, got) {
  const words = (s) => s.match(/[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) || [];
  const a = words(want), b = words(got);
  let head = 0, tail = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const shared = a.slice(0, head).join("").length + a.slice(a.length - tail).join("").length;
  if (shared * 4 < Math.min(want.length, got.length)) return [[want], [got]];
  const split = (list) => {
    const middle = list.slice(head, list.length - tail).join("");
    return [list.slice(0, head).join(""), middle && element("mark", {}, middle), list.slice(list.length - tail).join("")];
  };
  return [split(a), split(b)];
}

// layout sets JSON in lines without changing a token, and marks the values at these JSON pointers. What
// is no JSON stays as it is; JSON that was cut is laid out as far as it goes.
function layout(text, pointers) {
  try {
    if (!text.endsWith("… (cut)")) JSON.parse(text);
    return lines(text, pointers);
  } catch { return [text]; }
}

function lines(text, pointers) {
  const out = [], stack = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gy;
  let line = "", marking = -1;
  const flush = () => { if (line) { out.push(marking >= 0 ? element("mark", {}, line) : line); line = ""; } };
  const newline = () => { line += "\n" + "  ".repeat(stack.length); };
  const path = () => stack.map((s) => "/" + String(s.key).replace(/~/g, "~0").replace(/\//g, "~1")).join("");
  const begin = () => { if (marking < 0 && pointers.includes(path())) { flush(); marking = stack.length; } };
  const end = () => { if (marking === stack.length) { flush(); marking = -1; } };
  let at = 0;
  const next = () => { token.lastIndex = at; const m = token.exec(text); if (m) at = token.lastIndex; return m && m[0]; };
  for (;;) {
    while (at < text.length && /\s/.test(text[at])) at++;
    const t = next();
    if (t === null) break;
    const top = stack[stack.length - 1];
    if (t === "," ) {
      if (top.list) top.key++; else top.name = true;
      line += t; newline();
      continue;
    }
    if (t === ":") { line += ": "; continue; }
    if (t === "}" || t === "]") {
      const empty = top.empty;
      stack.pop();
      if (!empty) newline();
      line += t;
      end();
      continue;
    }
    if (top && top.empty) { top.empty = false; newline(); }
    if (top && !top.list && top.name) { top.name = false; top.key = JSON.parse(t); line += t; continue; }
    begin();
    if (t === "{" || t === "[") { line += t; stack.push({ list: t === "[", key: 0, name: t === "{", empty: true }); continue; }
    line += t;
    end();
  }
  line += text.slice(at);
  flush();
  return out;
}

async function copyText(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* not granted: the older way */ }
  const area = element("textarea", { class: "hidden", "aria-hidden": true });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

function copyButton(what, text) {
  const button = element("button", { type: "button", class: "copy", "aria-label": "Copy " + what, onclick: async () => {
    button.textContent = (await copyText(text)) ? "Copied" : "Select it, then copy";
    setTimeout(() => { button.textContent = "Copy"; }, 1600);
  } }, "Copy");
  return button;
}
