/* Follows a bulk change: asks for its state, writes it into the page, shows the result once it has ended.
   Without JavaScript, the page refreshes itself. */
"use strict";

(() => {
  const box = document.querySelector("[data-bulk-poll]");
  if (!box) return;
  const EVERY = 2000; // milliseconds
  const bar = box.querySelector("progress");
  const voice = box.querySelector("[data-bulk-say]");
  let failures = 0;

  function show(state) {
    for (const element of box.querySelectorAll("[data-bulk]")) {
      const text = state[element.dataset.bulk];
      if (text !== undefined && element.textContent !== text) element.textContent = text;
    }
    if (bar) bar.value = state.percent;
  }

  async function ask() {
    try {
      const answer = await fetch(box.dataset.bulkPoll, { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 403 || answer.status === 404) {
        window.location.reload(); // signed out meanwhile, or gone: the page itself says so
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      failures = 0;
      if (state.ended) {
        if (voice) voice.textContent = voice.dataset.bulkEnded;
        window.location.reload();
        return;
      }
      show(state);
    } catch {
      failures += 1; // the server restarts, the network is away: ask less and less often
    }
    plan();
  }

  function plan() {
    const wait = Math.min(30000, EVERY * 2 ** Math.min(failures, 4));
    window.setTimeout(() => (document.hidden ? plan() : ask()), wait);
  }

  plan();
})();
