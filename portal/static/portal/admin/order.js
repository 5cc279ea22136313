/* The order of the rows of a form that have a position: by drag, by two buttons, or by typing the place one wants.
   The whole order is saved with the form. */
"use strict";

window.addEventListener("load", () => {
  const words = document.querySelector("script[data-move-up]").dataset;
  for (const group of document.querySelectorAll(".inline-group")) {
    const body = group.querySelector("tbody");
    if (!body?.querySelector("td.field-position input")) continue;
    const said = document.createElement("p");
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    group.append(said);
    let dragged = null;

    const rows = () => [...body.querySelectorAll("tr.form-row:not(.empty-form)")];
    const place = (row) => row.querySelector("td.field-position input");
    const name = (row) => row.querySelector("td.field-title input")?.value || "–";
    const number = () => {
      rows().forEach((row, index) => {
        if (place(row).value !== String(index)) place(row).value = index;
      });
      body.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const tell = (row) => {
      said.textContent = words.moved.replace("{name}", name(row)).replace("{place}", rows().indexOf(row)).replace("{all}", rows().length - 1);
    };
    const move = (row, to) => {
      const others = rows().filter((one) => one !== row);
      const wanted = Math.max(0, Math.min(others.length, to));
      if (others[wanted]) others[wanted].before(row);
      else if (others.length) others.at(-1).after(row);
      number();
      tell(row);
    };

    const equip = (row) => {
      const field = place(row);
      if (!field || row.querySelector(".portal-order")) return;
      const box = document.createElement("span");
      box.className = "portal-order";
      const button = (sign, label, by) => {
        const made = document.createElement("button");
        made.type = "button";
        made.textContent = sign;
        made.setAttribute("aria-label", `${label}: ${name(row)}`);
        made.addEventListener("click", () => {
          move(row, rows().indexOf(row) + by);
          made.focus();
        });
        return made;
      };
      const handle = document.createElement("span");
      handle.className = "portal-order__handle";
      handle.textContent = "⠿";
      handle.setAttribute("aria-hidden", "true");
      handle.addEventListener("mousedown", () => (row.draggable = true));
      handle.addEventListener("mouseup", () => (row.draggable = false));
      box.append(handle, button("↑", words.moveUp, -1), button("↓", words.moveDown, 1));
      field.before(box);
      field.addEventListener("change", (event) => {
        event.stopPropagation(); // the numbers change together
        const wanted = Number.parseInt(field.value, 10);
        move(row, Number.isNaN(wanted) ? rows().indexOf(row) : wanted);
        field.focus();
      });
      row.addEventListener("dragstart", (event) => {
        if (!row.draggable) return;
        dragged = row;
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", "");
        row.classList.add("portal-order--dragged");
      });
      row.addEventListener("dragend", () => {
        row.draggable = false;
        row.classList.remove("portal-order--dragged");
        if (dragged) {
          number();
          tell(row);
        }
        dragged = null;
      });
      row.addEventListener("dragover", (event) => {
        if (!dragged || dragged === row) return;
        event.preventDefault();
        const { top, height } = row.getBoundingClientRect();
        row[event.clientY < top + height / 2 ? "before" : "after"](dragged);
      });
      row.addEventListener("drop", (event) => dragged && event.preventDefault());
    };

    rows().forEach(equip);
    group.addEventListener("formset:added", (event) => equip(event.target));
  }
});
