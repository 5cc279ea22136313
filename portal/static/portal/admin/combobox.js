/* A select whose rows are many, chosen by typing: <select></select><portal-combobox></portal-combobox>.
   The select keeps what is chosen and is what the form sends; suggest.js makes the combobox of the field. */
"use strict";

class PortalCombobox extends HTMLElement {
  connectedCallback() {
    if (this.select || this.closest(".empty-form")) return; // a row that is not there yet is copied first
    const select = this.previousElementSibling;
    if (select?.tagName !== "SELECT") return;
    this.select = select;
    this.build();
    this.show();
    select.addEventListener("change", () => this.show());
    window.django?.jQuery?.(select).on("change", () => this.show()); // another window has added or renamed one
  }

  build() {
    const { select } = this;
    const label = select.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    const field = document.createElement("input");
    this.chips = document.createElement("ul");
    this.field = field;
    select.hidden = true;
    Object.assign(field, { type: "text", id: `${select.id}_search`, autocomplete: "off", spellcheck: false });
    field.placeholder = this.dataset.placeholder;
    field.className = "vTextField";
    field.dataset.suggest = this.dataset.url;
    field.dataset.suggestTerm = "term";
    field.dataset.suggestShortest = "0";
    field.dataset.suggestKinds = "";
    field.dataset.suggestLabel = this.dataset.list;
    field.dataset.suggestNone = this.dataset.none;
    field.dataset.suggestSome = this.dataset.some;
    for (const name of ["aria-label", "aria-describedby", "aria-invalid"]) {
      if (select.hasAttribute(name)) field.setAttribute(name, select.getAttribute(name));
    }
    if (label) label.htmlFor = field.id;
    this.chips.className = "portal-chips";
    this.chips.setAttribute("aria-label", `${this.dataset.chosen}: ${label?.textContent.replace(/\s*:\s*$/, "") ?? select.getAttribute("aria-label") ?? ""}`);
    const box = document.createElement("div");
    box.className = "portal-combobox__box";
    box.dataset.suggestBox = "";
    box.append(field);
    this.append(this.chips, box);
    window.portalSuggest(field);
    field.addEventListener("suggest", (event) => {
      event.preventDefault();
      this.choose(event.detail);
    });
    field.addEventListener("change", (event) => event.stopPropagation()); // its text is not sent
    field.addEventListener("focus", () => field.select());
    field.addEventListener("blur", () => this.leave());
  }

  get chosen() {
    return [...this.select.selectedOptions].filter((option) => option.value !== "");
  }

  choose({ id, title }) {
    const { select } = this;
    const known = [...select.options].find((option) => option.value === id);
    if (known) known.selected = true;
    else select.add(new Option(title, id, true, true));
    this.changed();
  }

  leave() {
    if (!this.select.multiple && !this.field.value.trim() && this.chosen.length) this.drop(this.chosen[0]);
    this.show(); // what was typed and not chosen is nothing
  }

  drop(option) {
    option.selected = false;
    if (!this.select.multiple) {
      if (![...this.select.options].some((one) => one.value === "")) this.select.add(new Option("", ""), 0);
      this.select.value = "";
    }
    this.changed();
  }

  changed() {
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  show() {
    const { select, field } = this;
    if (!select.multiple) {
      field.value = this.chosen[0]?.textContent ?? "";
      field.dataset.suggestShown = field.value.trim();
      this.chips.hidden = true;
      return;
    }
    field.value = "";
    this.chips.hidden = !this.chosen.length;
    this.chips.replaceChildren(
      ...this.chosen.map((option, place) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "×";
        button.setAttribute("aria-label", `${this.dataset.remove} ${option.textContent}`);
        button.addEventListener("click", () => {
          this.drop(option);
          (this.chips.querySelectorAll("button")[place] ?? field).focus();
        });
        item.append(option.textContent, button);
        return item;
      }),
    );
  }
}

customElements.define("portal-combobox", PortalCombobox);
