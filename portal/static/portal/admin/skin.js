/* What Django's pages lack in HTML and no template of theirs lets say. */
"use strict";

window.addEventListener("load", () => {
  const { row } = document.querySelector("script[data-row]").dataset;
  for (const head of document.querySelectorAll(".tabular thead th")) {
    if (head.textContent.trim()) continue;
    const name = document.createElement("span");
    name.className = "visually-hidden";
    name.textContent = row;
    head.append(name);
  }
  for (const sign of document.querySelectorAll(".help-tooltip[aria-label]:not([role])")) sign.setAttribute("role", "img");
});
