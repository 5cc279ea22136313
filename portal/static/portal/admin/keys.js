/* Keyboard shortcuts of the administration. Those of a single key rest while one types, and can be switched off
   (WCAG 2.1.4): the browser remembers it. */
"use strict";

(() => {
  const KEPT = "portal-keys";
  const PATIENCE = 1500; // milliseconds between the two keys of a shortcut
  const TYPED_IN = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]";
  const help = document.getElementById("portal-keys");
  if (!help) return;
  const isOn = help.querySelector("[data-keys-on]");
  let row = -1;
  let wentAt = 0;

  isOn.checked = localStorage.getItem(KEPT) !== "off";
  isOn.addEventListener("change", () => localStorage.setItem(KEPT, isOn.checked ? "on" : "off"));
  for (const button of document.querySelectorAll("[data-keys-open]")) {
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }

  const step = (by) => {
    const rows = [...document.querySelectorAll("#result_list tbody tr")];
    const here = rows.findIndex((one) => one.contains(document.activeElement));
    row = Math.max(0, Math.min(rows.length - 1, (here < 0 ? row : here) + by));
    (rows[row]?.querySelector("th a, td a") ?? rows[row]?.querySelector("input"))?.focus();
  };
  const save = () => {
    const button = document.querySelector("#content-main form [name=_continue]") ?? document.querySelector("#content-main form [name=_save]");
    button?.click();
    return Boolean(button);
  };
  const plain = {
    "/": () => document.getElementById("searchbar")?.focus(),
    "?": () => help.showModal(),
    j: () => step(1),
    k: () => step(-1),
  };
  const places = { d: help.dataset.datasets, o: help.dataset.organizations, h: help.dataset.desk };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      if (save()) event.preventDefault();
      return;
    }
    if (!isOn.checked || help.open || event.ctrlKey || event.metaKey || event.altKey || event.target.matches(TYPED_IN)) return;
    const place = Date.now() - wentAt < PATIENCE && places[event.key];
    wentAt = event.key === "g" ? Date.now() : 0;
    if (place) location.assign(place);
    else if (plain[event.key]) plain[event.key]();
    else return;
    event.preventDefault();
  });
})();
