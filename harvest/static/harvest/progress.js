/* Follows a run or a preview: asks for its state, writes it into the page, shows the result once it has ended.
   Without JavaScript, the page refreshes itself. */
"use strict";

(() => {
  const box = document.querySelector("[data-harvest-poll]");
  if (!box) return;
  const every = Number(box.dataset.harvestEvery) || 2000;
  const SAID_EVERY = 15000; // milliseconds between two announcements to a screen reader
  const bar = box.querySelector("progress");
  const voice = box.querySelector("[data-harvest-say]");
  const log = document.querySelector("[data-harvest-log]");
  let lastSaid = Date.now();
  let failures = 0;

  function write(element, text) {
    if (element && text !== undefined && element.textContent !== text) element.textContent = text;
  }

  function showLog(lines) {
    if (!log || !lines || !lines.length) return;
    const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
    log.replaceChildren(
      ...lines.map((line) => {
        const item = document.createElement("li");
        const time = document.createElement("time");
        item.className = `harvest-log-${line.level.replace(/\W/g, "")}`;
        time.textContent = line.at;
        item.append(time, ` ${line.message}`);
        return item;
      }),
    );
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }

  function show(state) {
    for (const element of box.querySelectorAll("[data-harvest]")) {
      if (element !== bar) write(element, state[element.dataset.harvest]);
    }
    for (const element of box.querySelectorAll("[data-harvest-count]")) {
      const text = (state.counts || {})[element.dataset.harvestCount];
      write(element, text);
      element.parentElement.classList.toggle("harvest-none", text === "0");
    }
    const mark = box.querySelector(".harvest-mark");
    if (mark && state.tone) mark.className = `harvest-mark harvest-${state.tone}`;
    const waiting = box.querySelector("[data-harvest-waiting]");
    if (waiting) waiting.hidden = !state.waiting;
    if (bar && typeof state.percent === "number") bar.value = state.percent;
    showLog(state.log);
    if (voice && Date.now() - lastSaid > SAID_EVERY) {
      lastSaid = Date.now();
      voice.textContent = `${state.status}: ${state.processed}`;
    }
  }

  async function ask() {
    try {
      const answer = await fetch(box.dataset.harvestPoll, { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 403 || answer.status === 404) {
        window.location.reload(); // signed out meanwhile, or gone: the page itself says so
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      failures = 0;
      if (state.ended) {
        if (voice) voice.textContent = voice.dataset.harvestEnded;
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
    const wait = Math.min(30000, every * 2 ** Math.min(failures, 4));
    window.setTimeout(() => (document.hidden ? plan() : ask()), wait);
  }

  if (log) log.scrollTop = log.scrollHeight;
  plan();
})();
