// A box above the table of numbers: rows that do not hold every word typed are hidden.
document.addEventListener("DOMContentLoaded", () => {
  const marker = document.querySelector(".filtered-table");
  const table = marker && marker.querySelector("table");
  if (!table) return;
  const box = document.createElement("input");
  box.className = "filter";
  box.type = "search";
  box.placeholder = "filter: clearance, assumed, memantine …";
  box.setAttribute("aria-label", "filter the table");
  table.before(box);
  const rows = [...table.querySelectorAll("tbody tr")].map((row) => [row, row.textContent.toLowerCase()]);
  box.addEventListener("input", () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const [row, text] of rows) row.hidden = !words.every((word) => text.includes(word));
  });
});
