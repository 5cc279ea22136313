/* Three conveniences; every page works without this file. */
"use strict";

/* Light or dark: the choice is kept in a cookie, so that the server prints it in the page. */
const YEAR = 31536000; // seconds
const root = document.documentElement;
const isDark = () =>
  root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

document.querySelectorAll("[data-theme-toggle]").forEach((button) => {
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=${YEAR}; samesite=lax`;
    show();
  });
});

/* Copy an address, or a text as it is; the clipboard exists on https and on localhost alone. */
document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { copy, copyPlain } = button.dataset;
    await navigator.clipboard.writeText(copyPlain === undefined ? new URL(copy, location.href).href : copy);
    button.querySelector("[role=status]").textContent = button.dataset.copied;
  });
});

/* A remote picture that is gone leaves the initials or the drawing under it. */
const PICTURES = ".p-avatar img, .p-card__picture img";
document.addEventListener("error", (event) => event.target.matches?.(PICTURES) && event.target.remove(), true);
document.querySelectorAll(PICTURES).forEach((image) => image.complete && !image.naturalWidth && image.remove());
