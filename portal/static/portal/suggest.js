/* Names suggested below a field: a combobox (WAI-ARIA 1.2) made of a plain field with `data-suggest`.
   A name that is chosen leads to its page, unless a listener of the event `suggest` does something else with it.
   The addresses answer with a list, or, as Django's administration does, with `{"results": [{"id", "text"}]}`. A field that
   is made later is given to `portalSuggest`; `data-suggest-shown` is the name that it shows and that nobody has typed. */
"use strict";

const PAUSE = 180; // milliseconds without a key before asking
const EACH = 4; // suggestions of each kind
const SHORTEST = 2; // letters

window.portalSuggest = (field) => {
  const { suggest, suggestKinds, suggestLabel, suggestNone, suggestSome, suggestTerm = "q" } = field.dataset;
  const shortest = Number(field.dataset.suggestShortest ?? SHORTEST);
  const addresses = suggest.split(" ");
  const kinds = suggestKinds.split("|");
  const list = document.createElement("ul");
  const said = document.createElement("p");
  let options = [];
  let current = -1;
  let timer = 0;
  let asked = new AbortController();

  list.id = `${field.id}-suggestions`;
  list.className = "p-suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", suggestLabel);
  said.className = "p-hidden";
  said.setAttribute("role", "status");
  (field.closest("[data-suggest-box]") ?? field.form).append(list, said);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    field.setAttribute(name, value);
  }

  const close = () => {
    clearTimeout(timer);
    asked.abort();
    list.hidden = true;
    current = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };

  const point = (index) => {
    options[current]?.element.setAttribute("aria-selected", "false");
    current = index;
    const option = options[current];
    if (!option) return field.removeAttribute("aria-activedescendant");
    option.element.setAttribute("aria-selected", "true");
    option.element.scrollIntoView({ block: "nearest" });
    return field.setAttribute("aria-activedescendant", option.element.id);
  };

  const choose = ({ id, title, address }) => {
    close();
    const wanted = new CustomEvent("suggest", { detail: { id, title }, cancelable: true });
    if (field.dispatchEvent(wanted) && address) location.assign(address);
  };

  const show = (found) => {
    options = found.map(({ id, title, kind, address }, index) => {
      const element = document.createElement("li");
      const small = document.createElement("small");
      element.id = `${list.id}-${index}`;
      element.setAttribute("role", "option");
      element.setAttribute("aria-selected", "false");
      small.textContent = kind;
      element.append(title, " ", small);
      element.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
      element.addEventListener("click", () => choose({ id, title, address }));
      return { element, id, title, address };
    });
    list.replaceChildren(...options.map((option) => option.element));
    current = -1;
    field.removeAttribute("aria-activedescendant");
    list.hidden = !options.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = options.length ? suggestSome : suggestNone;
  };

  const ask = async () => {
    const typed = field.value.trim();
    const text = typed === field.dataset.suggestShown ? "" : typed; // what is chosen already is no question
    asked.abort();
    if (text.length < shortest) return close();
    asked = new AbortController();
    const { signal } = asked;
    const query = new URLSearchParams({ [suggestTerm]: text, size: EACH });
    try {
      const answers = await Promise.all(
        addresses.map(async (address) => {
          const answer = await (await fetch(`${address}${address.includes("?") ? "&" : "?"}${query}`, { signal })).json();
          return answer.results ?? answer;
        }),
      );
      if (signal.aborted || document.activeElement !== field) return undefined;
      return show(
        answers.flatMap((answer, place) =>
          answer.map((one) => ({
            id: one.id,
            title: one.title ?? one.name ?? one.text,
            kind: kinds[place] || one.code || one.detail || "",
            address: one.page ? new URL(one.page, location.href).pathname : "",
          })),
        ),
      );
    } catch {
      return close(); // no network, or a newer question: the form still works
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  field.addEventListener("blur", close);
  field.addEventListener("click", () => {
    if (!shortest && list.hidden) ask();
  });
  field.addEventListener("keydown", (event) => {
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const places = options.length + 1; // the field itself is one of them
      point(((current + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && isOpen && current >= 0) {
      event.preventDefault();
      choose(options[current]);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault(); // the text stays
      close();
    }
    return undefined;
  });
};

document.querySelectorAll("input[data-suggest]").forEach(window.portalSuggest);
