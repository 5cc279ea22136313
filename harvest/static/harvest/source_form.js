/* Shows the settings of a harvester as soon as it is chosen. Without JavaScript, the button beside it does. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("source_form");
  const choice = form && form.querySelector("#id_backend");
  if (!choice) return;
  const button = form.querySelector("[data-harvest-configure]");
  if (button) button.hidden = true;
  let asked = 0;

  choice.addEventListener("change", async () => {
    const number = ++asked;
    const data = new FormData(form);
    data.set("_configure", "1");
    const present = form.querySelector("fieldset.harvest-settings");
    if (!present) return;
    present.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action || window.location.href, { method: "POST", body: data });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const settings = page.querySelector("fieldset.harvest-settings");
      if (number === asked && settings) present.replaceWith(document.importNode(settings, true));
    } catch {
      if (button) button.hidden = false;
    } finally {
      present.removeAttribute("aria-busy");
    }
  });
});
