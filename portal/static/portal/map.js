/* The places of a GeoJSON file on a map: Leaflet, boundaries of countries from this site, no tiles from another.
   Without this file, the table below the map says the same. */
"use strict";

class PortalMap extends HTMLElement {
  async connectedCallback() {
    const { places, boundaries, label, failed } = this.dataset;
    try {
      const [data, lines] = await Promise.all([places, boundaries].map(async (address) => {
        const answer = await fetch(address);
        if (!answer.ok) throw new Error(answer.statusText);
        return answer.json();
      }));
      this.draw(data, lines, label);
    } catch {
      this.textContent = failed;
    }
  }

  draw(data, lines, label) {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const frame = document.createElement("div");
    frame.className = "p-geo__frame";
    this.replaceChildren(frame);
    const map = L.map(frame, { attributionControl: false, worldCopyJump: true, minZoom: 1, maxZoom: 17, preferCanvas: true });
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", label);
    L.geoJSON(lines, { interactive: false, style: { color: colour("--p-control"), weight: 1 } }).addTo(map);
    const shape = { color: colour("--p-accent"), weight: 2, fillColor: colour("--p-accent"), fillOpacity: 0.25 };
    const layer = L.geoJSON(data, {
      style: shape,
      pointToLayer: (_feature, place) => L.circleMarker(place, { ...shape, radius: 6, fillOpacity: 0.6 }),
      onEachFeature: (feature, one) => one.bindPopup(() => PortalMap.facts(feature.properties), { maxHeight: 240 }),
    }).addTo(map);
    const bounds = layer.getBounds();
    if (bounds.isValid()) map.fitBounds(bounds, { maxZoom: 14, padding: [16, 16] });
    else map.setView([20, 0], 1);
  }

  static facts(properties) {
    const list = document.createElement("dl");
    Object.entries(properties ?? {}).forEach(([name, value]) => {
      const term = document.createElement("dt");
      const text = document.createElement("dd");
      term.textContent = name;
      text.textContent = value;
      list.append(term, text);
    });
    return list;
  }
}

customElements.define("portal-map", PortalMap);
