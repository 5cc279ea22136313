/* A toolbar (WAI-ARIA pattern) and a preview for a text area in Markdown: <textarea></textarea><portal-markdown>. */
"use strict";

class PortalMarkdown extends HTMLElement {
  static SIGNS = { bold: "B", italic: "I", heading: "H", link: "↗", list: "•", numbers: "1.", quote: "❝", code: "</>" };
  static PAUSE = 500; // milliseconds without a key before the preview is made again

  connectedCallback() {
    if (this.area || this.closest(".empty-form")) return;
    const area = this.previousElementSibling;
    if (area?.tagName !== "TEXTAREA") return;
    this.area = area;
    const bar = document.createElement("div");
    bar.className = "portal-markdown__bar";
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", this.dataset.toolbar);
    bar.setAttribute("aria-controls", area.id);
    for (const [name, sign] of Object.entries(PortalMarkdown.SIGNS)) {
      const button = this.button(sign, () => this.write(name));
      button.classList.add(`portal-markdown__${name}`);
      button.setAttribute("aria-label", this.dataset[name]);
      button.title = this.dataset[name];
      bar.append(button);
    }
    this.toggle = this.button(this.dataset.preview, () => this.turn());
    this.toggle.setAttribute("aria-pressed", "false");
    bar.append(this.toggle);
    this.shown = document.createElement("div");
    this.shown.className = "portal-markdown__preview p-prose";
    this.shown.tabIndex = 0;
    this.shown.hidden = true;
    this.shown.setAttribute("role", "region");
    this.shown.setAttribute("aria-label", this.dataset.preview);
    this.prepend(bar);
    bar.after(area);
    this.append(this.shown);
    this.walk(bar);
    area.addEventListener("keydown", (event) => {
      const name = { b: "bold", i: "italic", k: "link" }[event.key.toLowerCase()];
      if (!name || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      this.write(name);
    });
    area.addEventListener("input", () => {
      clearTimeout(this.timer);
      if (!this.shown.hidden) this.timer = setTimeout(() => this.ask(), PortalMarkdown.PAUSE);
    });
  }

  button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  /* One stop for Tab, arrows inside. */
  walk(bar) {
    const buttons = [...bar.children];
    buttons.forEach((one, place) => (one.tabIndex = place ? -1 : 0));
    bar.addEventListener("keydown", (event) => {
      const here = buttons.indexOf(document.activeElement);
      const steps = { ArrowRight: here + 1, ArrowLeft: here - 1 + buttons.length, Home: 0, End: buttons.length - 1 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      const next = buttons[steps[event.key] % buttons.length];
      buttons.forEach((one) => (one.tabIndex = one === next ? 0 : -1));
      next.focus();
    });
  }

  write(name) {
    const { area } = this;
    const [start, end] = [area.selectionStart, area.selectionEnd];
    const chosen = area.value.slice(start, end);
    const around = { bold: ["**", "**"], italic: ["*", "*"], link: ["[", "](https://)"], code: chosen.includes("\n") ? ["```\n", "\n```"] : ["`", "`"] }[name];
    if (around) {
      const text = chosen || this.dataset.text;
      this.insert(start, end, around[0] + text + around[1], around[0].length, text.length);
      return;
    }
    const first = area.value.lastIndexOf("\n", start - 1) + 1;
    const after = area.value.indexOf("\n", Math.max(end, first));
    const last = after < 0 ? area.value.length : after;
    const signs = { heading: () => "## ", list: () => "- ", quote: () => "> ", numbers: (place) => `${place + 1}. ` };
    const lines = area.value.slice(first, last).split("\n").map((line, place) => signs[name](place) + line);
    const text = lines.join("\n");
    this.insert(first, last, text, text.length, 0);
  }

  /* As if it were typed: the browser can undo it. */
  insert(start, end, text, offset, length) {
    const { area } = this;
    area.focus();
    area.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text, start, end, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    area.setSelectionRange(start + offset, start + offset + length);
  }

  turn() {
    this.shown.hidden = !this.shown.hidden;
    this.toggle.setAttribute("aria-pressed", String(!this.shown.hidden));
    if (!this.shown.hidden) this.ask();
  }

  async ask() {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.area.form.elements.namedItem("csrfmiddlewaretoken")?.value ?? "");
    body.set("text", this.area.value);
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", body, signal: this.asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.shown.innerHTML = (await answer.json()).html; // made safe by the server, as on the pages
    } catch (error) {
      if (error.name !== "AbortError") this.shown.textContent = this.dataset.failed;
    }
  }
}

customElements.define("portal-markdown", PortalMarkdown);
