"use strict";
// Filters: a row is shown when it fits every field of its form; a component, when something in it does.
function fits(row, fields) {
  const chosen = (name) => fields.getAll(name).filter(Boolean);
  const has = (name, value) => (row.dataset[name] ?? "").split("|").includes(value);
  const one = (name) => !chosen(name).length || chosen(name).some((value) => has(name, value));
  const text = chosen("text").join(" ").toLowerCase().split(/\s+/).filter(Boolean);
  return (
    ["op", "type", "component", "severity", "family", "framework"].every(one) &&
    ["found", "denied"].every((name) => !fields.has(name) || name in row.dataset) &&
    text.every((word) => row.dataset.text.includes(word))
  );
}

function filter(form) {
  const fields = new FormData(form);
  const isOn = [...fields.values()].some(Boolean);
  const rows = [...document.getElementById(form.dataset.filters).querySelectorAll("li[data-text]")];
  let shown = 0;
  for (const row of rows.reverse()) {
    const own = fits(row, fields);
    const inner = row.querySelector(":scope > details > ul > li:not([hidden])");
    const details = row.querySelector(":scope > details");
    row.hidden = !own && !inner;
    if (own) shown += 1;
    if (isOn && inner) details.open = true;
  }
  form.querySelector("output").textContent = isOn ? `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")}` : "";
  for (const list of document.querySelectorAll("ul.findings"))
    list.previousElementSibling.hidden = !list.querySelector("li:not([hidden])");
}

for (const form of document.querySelectorAll("form[data-filters]")) {
  let waiting;
  const later = (pause) => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, pause, form);
  };
  form.addEventListener("input", () => later(120));
  form.addEventListener("reset", () => later(0));
  form.addEventListener("submit", (event) => event.preventDefault());
}

// A link to a resource opens what it is in, and shows it whatever the filter says.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let each = target; each; each = each.parentElement) {
    if (each.tagName === "DETAILS") each.open = true;
    if (each.tagName === "LI") each.hidden = false;
  }
  const own = target?.matches("ul.tree li") && target.querySelector(":scope > details");
  if (own) own.open = true;
  target?.scrollIntoView();
}
addEventListener("hashchange", reveal);
if (location.hash) reveal();
