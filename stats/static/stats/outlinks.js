// Tells the portal that a reader follows the link of a reuse: no cookie, nothing of the reader. Without a script, no count.
class StatsOutlink extends HTMLElement {
  connectedCallback() {
    const report = (event) => {
      const link = event.target.closest?.("a[href]");
      if (link && link.href === this.target && (event.type === "click" || event.button === 1)) {
        navigator.sendBeacon(this.dataset.report);
      }
    };
    document.addEventListener("click", report);
    document.addEventListener("auxclick", report);
  }

  get target() {
    return new URL(this.dataset.target, document.baseURI).href;
  }
}

customElements.define("stats-outlink", StatsOutlink);
