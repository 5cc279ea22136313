/* Conveniences of the publisher's pages: drafts that keep what is typed, files that are dropped, choices, progress.
   Every page works without this file. */
"use strict";

const PAUSE_BEFORE_SAVING = 800; // milliseconds without a key

/* A draft keeps what is typed: the form is sent as it is, and the server takes what is right of it. */
document.querySelectorAll("form[data-autosave]").forEach((form) => {
  const [saved, failed, overtaken] = form.dataset.autosave.split("|");
  const status = form.querySelector("[data-saved]");
  const mark = form.elements.namedItem("mark");
  const meter = document.querySelector("[data-score] meter");
  const figure = document.querySelector("[data-score] .p-meter > span:last-child");
  let timer = 0;
  let running = Promise.resolve();
  let isSending = false;

  const save = async () => {
    if (isSending) return;
    const body = new FormData(form);
    body.set("autosave", "1");
    try {
      const answer = await fetch(form.action || location.href, { method: "POST", body, headers: { Accept: "application/json" } });
      const told = await answer.json();
      if (told.mark) mark.value = told.mark;
      if (told.saved) {
        status.textContent = `${saved} ${new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })}`;
        if (meter) meter.value = told.score;
        if (figure) figure.textContent = `${told.score} %`;
      } else {
        status.textContent = told.overtaken ? overtaken : failed;
      }
    } catch {
      status.textContent = failed;
    }
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      running = running.then(save); // one at a time: each carries the mark that the one before gave
    }, PAUSE_BEFORE_SAVING);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (isSending) return;
    event.preventDefault(); // until a save under way has given its mark
    const { submitter } = event;
    await running;
    isSending = true;
    setTimeout(() => form.requestSubmit(submitter)); // a form in the middle of this event would not be sent
  });
});

/* A file may be dropped on its field. */
document.querySelectorAll("input[type=file][data-drop]").forEach((field) => {
  const zone = field.closest(".p-field") ?? field.parentElement;
  zone.classList.add("p-drop");
  const over = (on) => (event) => {
    event.preventDefault();
    zone.classList.toggle("p-drop--over", on);
  };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (!event.dataTransfer.files.length) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    field.files = one.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
});

/* While a file is sent, how far it is. */
document.querySelectorAll("form[data-progress]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    const isWithFile = [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length);
    if (!isWithFile || event.defaultPrevented) return;
    event.preventDefault();
    const bar = document.createElement("progress");
    const request = new XMLHttpRequest();
    bar.className = "p-progress";
    bar.max = 1;
    bar.setAttribute("aria-label", form.dataset.progress);
    form.querySelector(".p-form__actions").append(bar);
    form.querySelectorAll("button").forEach((button) => (button.disabled = true));
    const failed = () => {
      bar.remove();
      form.querySelectorAll("button").forEach((button) => (button.disabled = false));
      form.querySelector("[data-saved]").textContent = form.dataset.failed;
    };
    request.upload.addEventListener("progress", (step) => {
      if (step.lengthComputable && step.loaded < step.total) bar.value = step.loaded / step.total;
      else bar.removeAttribute("value"); // sent: the server looks into it
    });
    request.addEventListener("load", () => {
      if (request.responseURL && request.responseURL !== location.href && request.status < 400) return location.assign(request.responseURL);
      const main = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("main");
      if (!main) return failed();
      document.querySelector("main").replaceWith(document.adoptNode(main));
      return main.focus();
    });
    request.addEventListener("error", failed);
    request.open("POST", form.action || location.href);
    request.send(new FormData(form));
  });
});

/* A suggestion that is chosen becomes one more ticked box. */
document.querySelectorAll("[data-chosen]").forEach((group) => {
  const field = group.querySelector("input[data-suggest]");
  field.addEventListener("suggest", (event) => {
    event.preventDefault();
    const { id, title } = event.detail;
    const known = [...group.querySelectorAll("input[type=checkbox]")].find((box) => box.value === id);
    if (known) known.checked = true;
    else {
      const item = document.createElement("li");
      const label = document.createElement("label");
      const box = document.createElement("input");
      Object.assign(box, { type: "checkbox", name: group.dataset.chosen, value: id, checked: true });
      label.append(box, ` ${title}`);
      item.append(label);
      group.querySelector("ul").append(item);
    }
    field.value = "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
});

/* A tag that others use is added by a click. */
document.querySelectorAll("[data-add-tag]").forEach((button) => {
  button.addEventListener("click", () => {
    const field = document.querySelector("[name=tags]");
    const words = field.value.split(",").map((word) => word.trim()).filter(Boolean);
    if (!words.includes(button.dataset.addTag)) field.value = [...words, button.dataset.addTag].join(", ");
    field.dispatchEvent(new Event("change", { bubbles: true }));
    button.disabled = true;
  });
});
