// Turns the Python blocks of a page into cells that run, in Pyodide, in a worker.
// The worker starts with the page, so that it is ready when the first cell runs. Stop ends it, and what
// the cells have defined with it.

const here = new URL(".", import.meta.url);
const INDENT = "    ";

let worker = null;
let preparing = null; // what the worker is at before it can run anything
let running = null; // the cell that the worker is at
const waiting = [];
const cells = [];

function start() {
  preparing = "fetching Python, 13 MB, once …";
  worker = new Worker(new URL("worker.mjs", here), { type: "module" });
  worker.onmessage = ({ data }) => hear(data);
  worker.onerror = (event) => {
    stop();
    note(cells[0], `Python could not be started: ${event.message || "is the page served?"}`, "error");
  };
}

function hear(message) {
  const cell = running;
  if (message.kind === "preparing") {
    preparing = message.text;
    cell?.status(preparing);
  } else if (message.kind === "ready") {
    preparing = null;
    cell?.status("running …");
  } else if (message.kind === "printed") cell?.print(message.text);
  else if (message.kind === "done") {
    running = null;
    cell?.finish(JSON.parse(message.result), message.milliseconds);
    next();
  }
}

function next() {
  if (running || !waiting.length) return;
  running = waiting.shift();
  if (!worker) start();
  running.status(preparing ?? "running …");
  worker.postMessage({ source: running.input.value, cell: running.number });
}

function stop() {
  worker?.terminate();
  worker = null;
  const stopped = [running, ...waiting.splice(0)].filter(Boolean);
  running = null;
  for (const cell of stopped) cell.finish({ error: "Stopped. What the cells defined is gone.\n" });
}

function note(cell, text, kind) {
  const box = document.createElement("pre");
  box.className = `live-${kind}`;
  box.textContent = text;
  cell.output.append(box);
}

class Cell {
  constructor(block, number) {
    this.number = number;
    this.source = block.querySelector("code").textContent.replace(/\n$/, "");
    this.box = element("section", "live-cell");
    this.box.setAttribute("aria-label", `Cell ${number}`);
    this.input = element("textarea", "live-input");
    Object.assign(this.input, { value: this.source, spellcheck: false, wrap: "off" });
    this.input.setAttribute("aria-label", `Python of cell ${number}`);
    this.input.setAttribute("autocapitalize", "off");
    this.input.setAttribute("autocomplete", "off");
    this.bar = element("div", "live-bar");
    this.button = button("Run", () => (this.busy ? stop() : this.run()));
    this.button.classList.add("md-button", "md-button--primary");
    this.above = button("Run all to here", () => cells.slice(0, number).forEach((c) => c.run()));
    this.reset = button("Undo my changes", () => this.restore());
    this.state = element("span", "live-state");
    this.state.setAttribute("role", "status");
    this.output = element("div", "live-output");
    this.bar.append(this.button, this.above, this.reset, this.state);
    if (number === 1) this.above.hidden = true;
    this.reset.hidden = true;
    this.box.append(this.input, this.bar, this.output);
    block.replaceWith(this.box);
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.fit();
  }

  get busy() {
    return this === running || waiting.includes(this);
  }

  key(event) {
    if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!this.busy) this.run();
    } else if (event.key === "Tab" && !event.shiftKey && !this.left) {
      event.preventDefault();
      document.execCommand("insertText", false, INDENT);
    }
    this.left = event.key === "Escape"; // the next Tab leaves the cell
  }

  changed() {
    this.reset.hidden = this.input.value === this.source;
    this.fit();
  }

  restore() {
    this.input.value = this.source;
    this.changed();
  }

  fit() {
    this.input.rows = this.input.value.split("\n").length + 1;
  }

  run() {
    if (this.busy) return;
    this.output.replaceChildren();
    this.printed = null;
    this.button.textContent = "Stop";
    this.status("waiting …");
    waiting.push(this);
    next();
  }

  status(text) {
    this.state.textContent = text;
  }

  print(text) {
    if (!this.printed) {
      this.printed = element("pre", "live-text");
      this.output.append(this.printed);
    }
    this.printed.append(text);
  }

  finish(result, milliseconds) {
    this.button.textContent = "Run";
    const seconds = milliseconds === undefined ? "" : `${(milliseconds / 1000).toFixed(2)} s`;
    this.status(result.error ? "" : seconds);
    if (result.text !== undefined) note(this, result.text, "text");
    if (result.svg) this.output.append(picture(result.svg));
    if (result.page) this.output.append(frame(result.page));
    if (result.error) note(this, result.error, "error");
  }
}

function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

function button(text, act) {
  const made = element("button", "live-button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

// As an image, so that nothing in it can run.
function picture(svg) {
  const image = element("img", "live-picture");
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  image.alt = svg.match(/aria-label="([^"]*)"/)?.[1] ?? "The graph";
  return image;
}

// In a frame with an origin of its own, which can reach neither this page nor anything else.
function frame(page) {
  const made = element("iframe", "live-page");
  made.title = "The explorer of this graph";
  made.setAttribute("sandbox", "allow-scripts");
  made.addEventListener("load", () => made.contentWindow.postMessage(page, "*"), { once: true });
  made.src = new URL("frame.html", here).href;
  return made;
}

const off = document.querySelector("[data-live]"); // says why nothing runs, as long as this does not
if (off) {
  off.hidden = true;
  for (const block of document.querySelectorAll(".md-content .highlight")) {
    cells.push(new Cell(block, cells.length + 1));
  }
  start();
}
