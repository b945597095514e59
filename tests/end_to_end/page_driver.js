// Uses the report's page like a reader, and writes its findings as JSON into the document.
addEventListener("load", async () => {
  const found = { errors: window.page_errors };
  const table = document.querySelector("#results table");
  const rows = () => [...table.tBodies[0].rows];
  const column = (number) => rows().filter((row) => !row.classList.contains("floor")).map((row) => parseFloat(row.cells[number].textContent));
  const is_sorted = (values, sign) => values.every((value, i) => i === 0 || sign * (value - values[i - 1]) >= 0);
  const head = table.tHead.rows[0].cells[1], button = head.querySelector("button");

  found.width = innerWidth;
  found.scrolls_sideways = document.documentElement.scrollWidth > innerWidth;
  const runs_over = (text) => text.getBoundingClientRect().right > text.closest("section").getBoundingClientRect().right;
  found.words_beyond_their_chart = [...document.querySelectorAll(".chart svg text")].filter(runs_over).map((text) => text.textContent);
  button.focus();
  found.head_takes_the_focus = document.activeElement === button;
  button.click();
  found.sorts_up = head.getAttribute("aria-sort") === "ascending" && is_sorted(column(1), 1);
  button.click();
  found.sorts_down = head.getAttribute("aria-sort") === "descending" && is_sorted(column(1), -1);
  found.mean_pose_stays_first = rows()[0].classList.contains("floor");

  const pictures = [...document.querySelectorAll("img, svg[role=img]")];
  found.pictures = pictures.length;
  found.pictures_without_words = pictures.filter((one) => !(one.getAttribute("alt") || one.getAttribute("aria-label"))).length;

  const link = table.querySelector("tbody a");
  link.click();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const cell = document.getElementById(link.getAttribute("href").slice(1));
  found.link_opens_the_cell = cell.open;
  const run = cell.querySelector("details.run");
  run.open = true;
  await new Promise((resolve) => setTimeout(resolve, 50));
  found.curves_of_a_run = run.querySelectorAll(".curves polyline").length;
  found.run_shows_its_log = run.querySelector("pre").textContent.length > 0;

  const chart = document.querySelector("#figure-thresholds svg");
  chart.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  found.values_under_the_curves = document.querySelector("#figure-thresholds output").textContent;

  // Paper: applies the rules for print in a frame as wide as the text of an A4 page.
  for (const rule of document.styleSheets[0].cssRules) {
    if (rule.media && rule.media.mediaText === "print") rule.media.mediaText = "all";
  }
  frameElement.style.width = "688px";
  const beyond = (one) => !one.closest("svg svg") && one.getBoundingClientRect().right > innerWidth + 1;
  found.beyond_the_paper = [...document.querySelectorAll("section *")].filter(beyond).map((one) => one.outerHTML.slice(0, 80));
  found.paper = getComputedStyle(document.body).backgroundColor;

  const note = document.createElement("pre");
  note.id = "found";
  note.textContent = "FOUND" + JSON.stringify(found) + "END";
  parent.document.body.append(note);  // the page is in a frame, because windows cannot be as narrow as a phone
});
