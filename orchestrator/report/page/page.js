// Pressing a column's head sorts its table by that column, numerically where texts begin with numbers. Floors stay on top.
for (const table of document.querySelectorAll("table")) {
  const heads = [...table.tHead.rows[0].cells], body = table.tBodies[0];
  const text = (row, column) => row.cells[column].textContent.replace(/[\u202f\u2009]/g, "").trim();
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const order = (a, b) => {
        const x = parseFloat(a), y = parseFloat(b);
        if (isNaN(x) && isNaN(y)) return a.localeCompare(b);
        return isNaN(x) ? 1 : isNaN(y) ? -1 : x - y;
      };
      const rows = [...body.rows].filter((row) => !row.classList.contains("floor"));
      rows.sort((a, b) => (down ? -1 : 1) * order(text(a, column), text(b, column)));
      body.append(...rows);
    });
  });
}

const svg = (name, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  element.append(...children);
  return element;
};
const short = (value) => String(+value.toPrecision(4));

// Below a chart: the values of its curves at the pointer or at the point chosen with the arrow keys. A curve is a polyline
// in a frame of 1000 x 1000 units, which span the ranges data-x and data-y.
function make_readable(figure) {
  const lines = [...figure.querySelectorAll("polyline[data-x]")].map((line) => {
    const [x0, x1] = line.dataset.x.split(",").map(Number), [y0, y1] = line.dataset.y.split(",").map(Number);
    const points = line.getAttribute("points").split(" ").map((point) => point.split(",").map(Number));
    return { frame: line.parentNode, name: line.dataset.name,
             points: points.map(([u, v]) => ({ u, x: x0 + (u / 1000) * (x1 - x0), y: y0 + (1 - v / 1000) * (y1 - y0) })) };
  });
  if (!lines.length) return;
  const picture = figure.querySelector("svg"), readout = document.createElement("output");
  const cursor = svg("line", { class: "cursor", y1: 0, y2: 1000, "vector-effect": "non-scaling-stroke", visibility: "hidden" });
  readout.className = "readout";
  picture.after(readout);
  picture.setAttribute("tabindex", "0");
  lines[0].frame.append(cursor);
  let at = 0;
  const show = (u) => {
    const nearest = (points) => points.reduce((a, b) => (Math.abs(b.u - u) < Math.abs(a.u - u) ? b : a));
    const first = nearest(lines[0].points);
    at = lines[0].points.indexOf(first);
    cursor.setAttribute("x1", first.u);
    cursor.setAttribute("x2", first.u);
    cursor.setAttribute("visibility", "visible");
    readout.textContent = short(first.x) + ": " + lines.map((line) => (line.name ? line.name + " " : "") + short(nearest(line.points).y)).join(", ");
  };
  picture.addEventListener("pointermove", (event) => {
    const frame = cursor.parentNode.getScreenCTM();
    show((event.clientX - frame.e) / frame.a);
  });
  picture.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(lines[0].points[Math.min(Math.max(at + step, 0), lines[0].points.length - 1)].u);
  });
}
document.querySelectorAll("figure.chart").forEach(make_readable);

// A run's curves are drawn when its details are opened.
const data = document.getElementById("run-curves");
const curves = data ? JSON.parse(data.textContent) : {};

function draw({ title, over, points }) {
  const range = (i) => [Math.min(...points.map((p) => p[i])), Math.max(...points.map((p) => p[i]))];
  const [x0, x1] = range(0), [y0, y1] = range(1), height = 110;
  const place = ([x, y]) => ((x - x0) / (x1 - x0 || 1)) * 1000 + "," + (1 - (y - y0) / (y1 - y0 || 1)) * 1000;
  const text = (x, y, words, anchor) => svg("text", { x, y, class: "tick", "text-anchor": anchor || "start" }, words);
  const line = svg("polyline", { class: "curve", points: points.map(place).join(" "), stroke: "#0072b2", "vector-effect": "non-scaling-stroke",
                                 "data-x": [x0, x1], "data-y": [y0, y1], "data-name": "" });
  const frame = svg("svg", { x: "14%", y: 8, width: "84%", height, viewBox: "0 0 1000 1000", preserveAspectRatio: "none", overflow: "visible" }, line);
  const words = title + ": from " + short(points[0][1]) + " to " + short(points[points.length - 1][1]);
  const picture = svg("svg", { width: "100%", height: height + 30, role: "img", "aria-label": words },
                      svg("line", { x1: "14%", x2: "98%", y1: 8, y2: 8, class: "grid" }),
                      svg("line", { x1: "14%", x2: "98%", y1: 8 + height, y2: 8 + height, class: "grid" }),
                      text(0, 12, short(y1)), text(0, 12 + height, short(y0)),
                      text("14%", height + 25, short(x0)), text("98%", height + 25, over + " " + short(x1), "end"), frame);
  const figure = document.createElement("figure"), caption = document.createElement("figcaption");
  figure.className = "chart";
  caption.textContent = words;
  figure.append(picture, caption);
  make_readable(figure);
  return figure;
}

for (const run of document.querySelectorAll("details.run")) {
  run.addEventListener("toggle", () => {
    const place = run.querySelector(".curves"), of_run = curves[run.id];
    if (!run.open || !place || place.childElementCount) return;
    place.append(...of_run.filter((curve) => curve.points.length > 1).map(draw));
  });
}

// A link to a cell or a run opens its details.
function open_target() {
  for (let place = document.getElementById(location.hash.slice(1)); place; place = place.parentElement) {
    if (place.tagName === "DETAILS") place.open = true;
  }
}
addEventListener("hashchange", open_target);
open_target();
