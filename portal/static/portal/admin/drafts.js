/* What is typed into a form of the administration and not saved: one is asked before leaving, and this browser keeps it
   until it is saved, discarded, or its writer signs out. */
"use strict";

(() => {
  const { user, question, restore, discard, restored } = document.currentScript.dataset;
  const PREFIX = `portal-draft:${user}:`;
  const SENT = "portal-draft-sent";
  const PAUSE = 1000; // milliseconds without a key
  const OLDEST = 14 * 24 * 3600 * 1000; // milliseconds
  const LEFT_OUT = /^(csrfmiddlewaretoken|_.*|.*-(INITIAL|MIN_NUM|MAX_NUM)_FORMS|.*__prefix__.*|.*_search|change_comment)$/;

  const each = (act) => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).forEach(act);
  const read = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  each((key) => {
    if (!(Date.now() - read(key)?.at < OLDEST)) localStorage.removeItem(key);
  });
  document.getElementById("logout-form")?.addEventListener("submit", () => each((key) => localStorage.removeItem(key)));

  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (sent && !document.querySelector(".errornote") && document.querySelector(".messagelist .success")) localStorage.removeItem(sent);

  const form = document.querySelector(".change-form #content-main > form[method=post]");
  if (!form || document.querySelector("body.popup")) return;
  const key = PREFIX + location.pathname;

  const values = () => {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      const field = form.elements.namedItem(name);
      if (typeof value === "string" && !LEFT_OUT.test(name) && field?.type !== "password") (found[name] ??= []).push(value);
    }
    for (const field of form.elements) {
      const isEmpty = field.matches("select[multiple], input[type=checkbox]") && field.name && !LEFT_OUT.test(field.name);
      if (isEmpty) found[field.name] ??= [];
    }
    return found;
  };
  const labels = () => {
    const found = {};
    for (const select of form.querySelectorAll("select:has(+ portal-combobox)")) {
      for (const option of select.selectedOptions) found[`${select.name}=${option.value}`] = option.textContent;
    }
    return found;
  };

  let opened = "";
  let isLeaving = false;
  let timer = 0;
  const isChanged = () => JSON.stringify(values()) !== opened || Boolean(document.querySelector(".errornote"));

  const keep = () => {
    try {
      if (JSON.stringify(values()) === opened) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: values(), labels: labels() }));
    } catch {
      /* the browser's storage is full or closed: one is still asked before leaving */
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  };

  const addRows = (draft) => {
    for (const [name, [wanted]] of Object.entries(draft.values)) {
      if (!name.endsWith("-TOTAL_FORMS")) continue;
      const add = document.querySelector(`#${CSS.escape(name.replace(/-TOTAL_FORMS$/, "-group"))} .add-row a`);
      for (let there = Number(form.elements.namedItem(name)?.value); add && there < Math.min(Number(wanted), 1000); there += 1) add.click();
    }
  };
  const put = (field, wanted, draft) => {
    if (field.type === "checkbox" || field.type === "radio") field.checked = wanted.includes(field.value);
    else if (field.tagName === "SELECT") {
      for (const value of wanted) {
        const label = draft.labels[`${field.name}=${value}`];
        if (label && ![...field.options].some((one) => one.value === value)) field.add(new Option(label, value));
      }
      for (const option of field.options) option.selected = wanted.includes(option.value);
    } else field.value = wanted[0] ?? "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const bringBack = (draft) => {
    addRows(draft);
    for (const field of form.elements) {
      const wanted = draft.values[field.name];
      if (wanted && !field.name.endsWith("_FORMS") && field.type !== "file") put(field, wanted, draft);
    }
  };

  const offer = (draft) => {
    const box = document.createElement("div");
    const text = document.createElement("p");
    box.className = "portal-draft";
    box.setAttribute("role", "status");
    text.textContent = question.replace("{date}", new Date(draft.at).toLocaleString(document.documentElement.lang));
    const button = (label, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "button";
      made.textContent = label;
      made.addEventListener("click", act);
      return made;
    };
    box.append(
      text,
      button(restore, () => {
        bringBack(draft);
        text.textContent = restored;
        box.replaceChildren(text);
      }),
      button(discard, () => {
        localStorage.removeItem(key);
        box.remove();
      }),
    );
    form.before(box);
  };

  window.addEventListener("load", () => {
    opened = JSON.stringify(values());
    const draft = read(key);
    if (draft && JSON.stringify(draft.values) !== opened) offer(draft);
    for (const kind of ["input", "change", "formset:added", "formset:removed"]) document.addEventListener(kind, later);
  });
  form.addEventListener("submit", () => {
    keep();
    isLeaving = true;
    sessionStorage.setItem(SENT, key);
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isLeaving && opened && isChanged()) event.preventDefault();
  });
})();
