"use strict";
/* Datasets with a title like the one that is typed, shown below the field. Without JavaScript nothing is missing but that. */
document.addEventListener("DOMContentLoaded", () => {
  const PAUSE = 400; // milliseconds after the last key
  const SHORTEST = 5; // characters that are worth asking for
  const field = document.querySelector("input[data-alike]");
  if (!field) return;

  const box = document.createElement("div");
  box.className = "help portal-alike";
  box.setAttribute("role", "status");
  field.insertAdjacentElement("afterend", box);
  let timer = 0;
  let asked = "";

  const show = (found) => {
    box.replaceChildren();
    if (!found.length) return;
    box.append(field.dataset.alike);
    const list = document.createElement("ul");
    for (const one of found) {
      const link = document.createElement("a");
      link.href = field.dataset.alikeForm.replace("0", encodeURIComponent(one.id));
      link.textContent = one.title;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    box.append(list);
  };

  const ask = async () => {
    const text = field.value.trim();
    if (text === asked) return;
    asked = text;
    if (text.length < SHORTEST) return show([]);
    const address = new URL(field.dataset.alikeUrl, window.location.href);
    address.searchParams.set("q", text);
    address.searchParams.set("size", "6");
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const found = answer.ok ? await answer.json() : [];
      if (text === asked) show(found.filter((one) => one.id !== field.dataset.alikeSelf).slice(0, 5));
    } catch {
      show([]);
    }
  };

  field.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, PAUSE);
  });
});
