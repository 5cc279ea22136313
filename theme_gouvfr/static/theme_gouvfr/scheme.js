/* One choice of light or dark for the portal's parts (data-theme, kept in a cookie) and the design system's. */
(() => {
  const root = document.documentElement;
  const year = 365 * 24 * 3600;
  const chosen = root.dataset.theme || "system";
  try { localStorage.setItem("scheme", chosen); } catch { /* no storage: the cookie alone remembers */ }
  root.setAttribute("data-fr-scheme", chosen);
  const dark = chosen === "dark" || (chosen === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.setAttribute("data-fr-theme", dark ? "dark" : "light");
  new MutationObserver(() => {
    const scheme = root.getAttribute("data-fr-scheme");
    if (scheme === "light" || scheme === "dark") {
      root.dataset.theme = scheme;
      document.cookie = `theme=${scheme}; path=/; max-age=${year}; samesite=lax`;
    } else {
      delete root.dataset.theme;
      document.cookie = "theme=; path=/; max-age=0; samesite=lax";
    }
  }).observe(root, { attributes: true, attributeFilter: ["data-fr-scheme"] });
})();
