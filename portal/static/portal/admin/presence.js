/* Says who else has the page of this object open. */
"use strict";

(() => {
  const EVERY = 20000; // milliseconds
  const box = document.querySelector("[data-presence]");
  const token = box?.closest("form")?.elements.namedItem("csrfmiddlewaretoken");
  if (!token) return;
  const { presence, object, id } = box.dataset;

  const body = (more = {}) => {
    const made = new FormData();
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token.value, object, id, ...more })) made.set(name, value);
    return made;
  };
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(presence, { method: "POST", body: body() });
      const { others } = answer.ok ? await answer.json() : { others: [] };
      const said = others.join(" ");
      if (box.textContent !== said) box.textContent = said;
      box.classList.toggle("portal-presence", Boolean(others.length));
    } catch {
      /* the network is away: asked again later */
    }
  };

  ask();
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("pagehide", () => navigator.sendBeacon(presence, body({ leave: "1" })));
})();
