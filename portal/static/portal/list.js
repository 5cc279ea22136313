/* A list that changes without a new page: htmx brings the answers, this file keeps focus and voice right. */
"use strict";

const LIST = "list";
let arrives = null; // what a link asked for, until the answer is shown

document.documentElement.classList.add("p-scripted");

/* A facet or the sort takes effect as soon as it is chosen. */
document.addEventListener("change", (event) => {
  if (event.target.matches(`#${LIST} :is([type="radio"], [type="checkbox"], select)`)) event.target.form.requestSubmit();
});

/* What says nothing stays out of the address. */
document.addEventListener("htmx:config:request", (event) => {
  const { body } = event.detail.ctx.request;
  if (body instanceof FormData) {
    for (const [name, value] of [...body]) if (value === "") body.delete(name);
  }
});

/* An answer that holds no list (too many searches, a failure) is a page of its own. */
document.addEventListener("htmx:after:request", (event) => {
  const { ctx } = event.detail;
  if (!ctx.text.includes(`id="${LIST}"`)) {
    event.preventDefault();
    location.assign(ctx.request.action);
  }
});

/* What the reader has unfolded stays unfolded. */
let unfolded = [];
document.addEventListener("htmx:before:swap", (event) => {
  const source = event.detail.ctx.sourceElement;
  arrives = source?.closest(".p-pagination") ? "page" : source?.matches("a") ? "link" : null;
  unfolded = [...document.querySelectorAll(`#${LIST} details[id]`)].map((one) => [one.id, one.open]);
});

document.addEventListener("htmx:after:swap", () => {
  for (const [id, open] of unfolded) {
    const details = document.getElementById(id);
    if (details && open) details.open = true;
  }
  const heading = document.getElementById("results");
  if (!heading) return;
  if (arrives) heading.focus({ preventScroll: arrives !== "page" });
  if (arrives === "page") heading.scrollIntoView({ block: "start" });
  const said = document.getElementById("said");
  said.textContent = "";
  setTimeout(() => (said.textContent = heading.textContent), 100); // the same words are said again
});
