// The graph as SVG. Only what is in view is in the document, and panning changes one transform, so
// that thousands of values stay smooth. Everything is written as text nodes: a label cannot become markup.
import { effect } from "@preact/signals";
import { type Box, type Edge, groupKey, HEADER, OP_ROOM, opLeft, opText, opWidth, type Scene } from "./arrange";
import { number, shortened } from "./format";
import type { Store } from "./store";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 240; // pixels drawn beyond the edge of the view
const SMALL = 0.68; // below this scale fewer words, in larger letters
const TINY = 0.24; // below this nothing but boxes and lines

type Detail = "full" | "small" | "tiny";

// A number that fits its box: fewer digits rather than more letters.
function fitted(x: number, letters: number): string {
  for (let digits = 5; digits > 2; digits--) {
    const text = number(x, digits);
    if (text.length <= letters || digits === 3) return text;
  }
  return "";
}

function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number>,
  parent?: Element,
  text?: string,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  parent?.append(element);
  return element;
}

interface Drawn {
  box: Box;
  element: SVGGElement;
  data?: SVGTextElement;
  grad?: SVGTextElement;
  badge?: SVGGElement;
  shownBadge?: string;
  shownData?: string;
  shownGrad?: string;
  shownClass?: string;
}

interface DrawnEdge {
  edge: Edge;
  element: SVGGElement;
  pill?: SVGGElement;
  text?: SVGTextElement;
  shown?: string;
  shownClass?: string;
}

export class Picture {
  private readonly svg: SVGSVGElement;
  private readonly world: SVGGElement;
  private readonly frameLayer: SVGGElement;
  private readonly edgeLayer: SVGGElement;
  private readonly boxLayer: SVGGElement;
  private readonly pillLayer: SVGGElement;
  private readonly boxes = new Map<string, Drawn>();
  private readonly edges = new Map<Edge, DrawnEdge>();
  private readonly stops: (() => void)[] = [];
  private x = 0;
  private y = 0;
  private scale = 1;
  private detail: Detail = "full";
  private covered: [number, number, number, number] | null = null; // the part of the world that is drawn
  private scene: Scene;
  private frame = 0;
  private touched = false; // the reader has moved the picture

  constructor(
    private readonly host: HTMLElement,
    private readonly store: Store,
  ) {
    this.svg = svg("svg", { class: "mg-svg", "aria-hidden": "true", focusable: "false" }, host);
    this.world = svg("g", {}, this.svg);
    this.frameLayer = svg("g", {}, this.world);
    this.edgeLayer = svg("g", {}, this.world);
    this.boxLayer = svg("g", {}, this.world);
    this.pillLayer = svg("g", {}, this.world);
    this.scene = store.scene.value;
    this.listen();
    const resized = new ResizeObserver(() => {
      if (!this.touched) this.fit();
      else this.later();
    });
    resized.observe(host);
    this.stops.push(() => resized.disconnect());
    let first = true;
    this.stops.push(
      effect(() => {
        const before = this.scene;
        this.scene = store.scene.value;
        if (!first && before !== this.scene) this.rearranged(before);
        first = false;
      }),
      effect(() => {
        // whatever a box shows
        store.gradients.value;
        store.known.value;
        store.wrong.value;
        store.current.value;
        store.selected.value;
        store.quiz.value;
        this.update();
      }),
    );
    this.fit();
  }

  stop(): void {
    for (const stop of this.stops) stop();
    cancelAnimationFrame(this.frame);
    this.svg.remove();
  }

  fit(): void {
    this.touched = false;
    const { width, height } = this.host.getBoundingClientRect();
    if (!width || !height) return;
    const scale = Math.min((width - 48) / this.scene.width, (height - 48) / this.scene.height, 1.35);
    this.look(scale, (width - this.scene.width * scale) / 2, (height - this.scene.height * scale) / 2);
  }

  zoom(factor: number, px?: number, py?: number): void {
    this.touched = true;
    const { width, height } = this.host.getBoundingClientRect();
    const [cx, cy] = [px ?? width / 2, py ?? height / 2];
    const scale = Math.min(3, Math.max(0.01, this.scale * factor));
    const ratio = scale / this.scale;
    this.look(scale, cx - (cx - this.x) * ratio, cy - (cy - this.y) * ratio);
  }

  pan(dx: number, dy: number): void {
    this.touched = true;
    this.look(this.scale, this.x + dx, this.y + dy);
  }

  // Bring a box into the middle, and close enough to read, if it is not well in view.
  show(key: string, always = false): void {
    const box = this.scene.boxes.get(key);
    if (!box) return;
    const { width, height } = this.host.getBoundingClientRect();
    const scale = Math.max(this.scale, SMALL);
    const [px, py] = [this.x + box.x * this.scale, this.y + box.y * this.scale];
    const near = px > 90 && py > 50 && px < width - 90 && py < height - 50;
    if (near && !always && this.scale >= 0.4) return;
    this.touched = true;
    this.look(scale, width / 2 - box.x * scale, height / 2 - box.y * scale);
  }

  // Keep what the step is about in view, for readers who have come close.
  follow(key: string): void {
    if (this.touched && this.scale >= 0.4) this.show(key);
  }

  // The nearest box in a direction: parents to the left, children to the right.
  neighbour(key: string | null, direction: "left" | "right" | "up" | "down"): string | null {
    const boxes = [...this.scene.boxes.values()].filter((b) => !b.open);
    const here = key ? this.scene.boxes.get(key) : undefined;
    if (!here) return boxes.length ? boxes[boxes.length - 1].key : null;
    const score = (b: Box) => {
      const [dx, dy] = [b.x - here.x, b.y - here.y];
      const [along, across] =
        direction === "left" ? [-dx, dy] : direction === "right" ? [dx, dy] : direction === "up" ? [-dy, dx] : [dy, dx];
      return along < 8 ? Number.POSITIVE_INFINITY : along + 2.5 * Math.abs(across);
    };
    let candidates = boxes;
    if (direction === "left") candidates = this.scene.edges.filter((e) => e.to === key).map((e) => this.box(e.from));
    if (direction === "right") candidates = this.scene.edges.filter((e) => e.from === key).map((e) => this.box(e.to));
    let best: Box | null = null;
    for (const b of candidates) if (b.key !== key && (!best || score(b) < score(best))) best = b;
    const found = best && (score(best) < Number.POSITIVE_INFINITY || candidates !== boxes);
    return found ? (best as Box).key : null;
  }

  private box(key: string): Box {
    return this.scene.boxes.get(key) as Box;
  }

  private look(scale: number, x: number, y: number): void {
    this.scale = scale;
    this.x = x;
    this.y = y;
    this.later();
  }

  private later(): void {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  // After folding, what is selected stays where it was on the screen.
  private rearranged(before: Scene): void {
    const key = this.store.selected.value;
    const was = key ? before.boxes.get(key) : undefined;
    const is = key ? this.scene.boxes.get(key) : undefined;
    this.clear();
    if (!this.touched) this.fit();
    else if (was && is) this.look(this.scale, this.x + (was.x - is.x) * this.scale, this.y + (was.y - is.y) * this.scale);
    this.later();
  }

  private clear(): void {
    this.boxes.clear();
    this.edges.clear();
    this.covered = null;
    for (const layer of [this.frameLayer, this.edgeLayer, this.boxLayer, this.pillLayer]) layer.replaceChildren();
  }

  private draw(): void {
    this.frame = 0;
    this.world.setAttribute("transform", `translate(${this.x} ${this.y}) scale(${this.scale})`);
    const { width, height } = this.host.getBoundingClientRect();
    const left = -this.x / this.scale;
    const top = -this.y / this.scale;
    const [right, bottom] = [left + width / this.scale, top + height / this.scale];
    const detail = this.scale < TINY ? "tiny" : this.scale < SMALL ? "small" : "full";
    if (detail !== this.detail) {
      this.detail = detail;
      this.svg.setAttribute("class", `mg-svg mg-${detail}`);
      this.clear();
    }
    const c = this.covered;
    if (c && left >= c[0] && top >= c[1] && right <= c[2] && bottom <= c[3]) return;
    const margin = MARGIN / this.scale;
    this.cover([left - margin, top - margin, right + margin, bottom + margin]);
  }

  private cover(area: [number, number, number, number]): void {
    this.covered = area;
    const [left, top, right, bottom] = area;
    const meets = (x0: number, y0: number, x1: number, y1: number) =>
      x1 >= left && x0 <= right && y1 >= top && y0 <= bottom;
    for (const box of this.scene.boxes.values()) {
      const inView = meets(box.x - box.w / 2, box.y - box.h / 2, box.x + box.w / 2, box.y + box.h / 2);
      const drawn = this.boxes.get(box.key);
      if (inView && !drawn) this.boxes.set(box.key, this.drawBox(box));
      else if (!inView && drawn) {
        drawn.element.remove();
        this.boxes.delete(box.key);
      }
    }
    if (this.detail === "tiny") {
      if (!this.edges.size && this.scene.edges.length) this.drawAllEdges();
    } else {
      for (const edge of this.scene.edges) {
        const inView = meets(...edge.bounds);
        const drawn = this.edges.get(edge);
        if (inView && !drawn) this.edges.set(edge, this.drawEdge(edge));
        else if (!inView && drawn) {
          drawn.element.remove();
          drawn.pill?.remove();
          this.edges.delete(edge);
        }
      }
    }
    this.update();
  }

  private drawAllEdges(): void {
    const element = svg("g", { class: "mg-edge" }, this.edgeLayer);
    const edges = this.scene.edges;
    for (let i = 0; i < edges.length; i += 200) {
      svg("path", { d: edges.slice(i, i + 200).map((e) => e.path).join("") }, element);
    }
    this.edges.set(edges[0], { edge: edges[0], element });
  }

  private drawBox(box: Box): Drawn {
    if (box.open) return this.drawFrame(box);
    const element = svg("g", { transform: `translate(${box.x - box.w / 2} ${box.y - box.h / 2})` }, this.boxLayer);
    element.dataset.key = box.key;
    return box.group ? this.drawGroup(box, element) : this.drawValue(box, element);
  }

  private drawFrame(box: Box): Drawn {
    const element = svg("g", { transform: `translate(${box.x - box.w / 2} ${box.y - box.h / 2})` }, this.frameLayer);
    element.dataset.key = box.key;
    svg("rect", { class: "mg-frame", width: box.w, height: box.h, rx: 14 }, element);
    if (this.detail !== "tiny") {
      svg("text", { class: "mg-frame-label", x: 40, y: 21 }, element, shortened(box.group?.label ?? "", Math.floor(box.w / (this.detail === "small" ? 14 : 9)) - 3));
      svg("path", { class: "mg-fold", d: "M15 12h14v8h-14z M18 16h8" }, element);
    }
    const hit = svg("rect", { class: "mg-hit", width: box.w, height: HEADER, rx: 10 }, element);
    hit.dataset.fold = "1";
    return { box, element };
  }

  private drawGroup(box: Box, element: SVGGElement): Drawn {
    const group = box.group;
    svg("rect", { class: "mg-stack", x: 6, y: -5, width: box.w - 12, height: box.h, rx: 12 }, element);
    svg("rect", { class: "mg-box", width: box.w, height: box.h, rx: 12 }, element);
    const drawn: Drawn = { box, element };
    if (this.detail !== "tiny") {
      svg("text", { class: "mg-label", x: box.w / 2, y: 27, "text-anchor": "middle" }, element, shortened(group?.label ?? "", this.detail === "small" ? 17 : 24));
      svg("title", {}, element, group?.label ?? "");
      const count = `${(group?.count ?? 0).toLocaleString("en")} values`;
      svg("text", { class: "mg-count", x: box.w / 2, y: 48, "text-anchor": "middle" }, element, count);
      svg("path", { class: "mg-fold", d: `M${box.w - 24} 40h10 M${box.w - 19} 35v10` }, element);
    }
    return drawn;
  }

  private drawValue(box: Box, element: SVGGElement): Drawn {
    const { graph } = this.store;
    const leaf = graph.isLeaf(box.node);
    const left = leaf ? 0 : OP_ROOM;
    const w = box.w - left;
    if (!leaf) this.drawOp(box, element);
    svg("rect", { class: "mg-box", x: left, width: w, height: box.h, rx: 10 }, element);
    const drawn: Drawn = { box, element };
    if (this.detail === "tiny") return drawn;
    const label = graph.labels[box.node];
    const small = this.detail === "small";
    const line = small ? 23 : 21;
    let y = small ? 22 : 24;
    if (label || !leaf) {
      const name = svg("text", { class: label ? "mg-label" : "mg-label mg-auto", x: left + 11, y }, element);
      name.textContent = shortened(label || graph.name(box.node), small ? 9 : 12);
      y += line;
    }
    svg("title", {}, element, label || graph.expression(box.node));
    if (!small) svg("text", { class: "mg-key", x: left + 11, y }, element, "data");
    drawn.data = svg("text", { class: "mg-data", x: left + w - 10, y, "text-anchor": "end" }, element);
    y += line;
    if (!small) svg("text", { class: "mg-key", x: left + 11, y }, element, "grad");
    drawn.badge = svg("g", { class: "mg-badge", transform: `translate(${left} 0)` }, element);
    svg("circle", { r: 13 }, drawn.badge);
    svg("text", { y: 5, "text-anchor": "middle" }, drawn.badge);
    drawn.grad = svg("text", { class: "mg-grad", x: left + w - 10, y, "text-anchor": "end" }, element);
    return drawn;
  }

  private drawOp(box: Box, element: SVGGElement): void {
    const { graph } = this.store;
    const symbol = graph.symbol(box.node);
    const text = opText(symbol);
    const w = opWidth(symbol);
    const x = opLeft(symbol);
    const y = box.h / 2;
    svg("path", { class: "mg-wire", d: `M${x + w} ${y}H${OP_ROOM}` }, element);
    svg("rect", { class: "mg-op", x, y: y - 18, width: w, height: 36, rx: 18 }, element);
    if (this.detail === "tiny") return;
    const size = text.length < 3 ? 20 : text.length < 6 ? 14 : 11.5;
    const attributes = { class: "mg-symbol", x: x + w / 2, y: y + size * 0.35, "font-size": size, "text-anchor": "middle" };
    svg("text", attributes, element, text);
  }

  private drawEdge(edge: Edge): DrawnEdge {
    const element = svg("g", { class: "mg-edge" }, this.edgeLayer);
    svg("path", { d: edge.path }, element);
    const drawn: DrawnEdge = { edge, element };
    if (this.detail === "tiny" || !edge.label || (edge.node < 0 && edge.count === 1)) return drawn;
    if (edge.node >= 0 && !this.roomFor(edge)) return drawn;
    const [x, y] = edge.label;
    drawn.pill = svg("g", { class: "mg-pill", transform: `translate(${x} ${y})` }, this.pillLayer);
    const half = this.detail === "small" ? 14 : 11;
    svg("rect", { x: -30, y: -half, width: 60, height: 2 * half, rx: half }, drawn.pill);
    drawn.text = svg("text", { y: this.detail === "small" ? 6.5 : 4.5, "text-anchor": "middle" }, drawn.pill);
    return drawn;
  }

  // Many edges into one sum come too close together for a label each.
  private roomFor(edge: Edge): boolean {
    const parents = this.store.graph.parents[edge.node].length;
    if (parents <= 2 || !edge.label) return true;
    for (const other of this.edges.values()) {
      if (other.edge.to !== edge.to || !other.pill || !other.edge.label) continue;
      const [dx, dy] = [other.edge.label[0] - edge.label[0], other.edge.label[1] - edge.label[1]];
      if (Math.abs(dx) < 62 && Math.abs(dy) < (this.detail === "small" ? 28 : 21)) return false;
    }
    return true;
  }

  // Write what the present step shows into the boxes in view; touch the document only where it differs.
  private update(): void {
    const store = this.store;
    const step = store.current.value;
    const selected = store.selected.value;
    const lit = new Set<string>();
    let from = "";
    let to = "";
    if (step.phase !== "start") lit.add(store.tree.shown(step.node, store.open.value));
    if (step.phase === "backward" && step.act === "add") {
      from = store.tree.shown(step.parent, store.open.value);
      to = store.tree.shown(step.node, store.open.value);
      lit.delete(to);
      lit.add(from);
    }
    const wrongBoxes = new Set([...store.wrong.value].map((n) => store.tree.shown(n, store.open.value)));
    for (const drawn of this.boxes.values()) this.updateBox(drawn, selected, lit, wrongBoxes);
    for (const drawn of this.edges.values()) this.updateEdge(drawn, from, to, selected);
    this.mark(wrongBoxes);
  }

  private updateBox(drawn: Drawn, selected: string | null, lit: Set<string>, wrong: Set<string>): void {
    const { store } = this;
    const { box } = drawn;
    const step = store.current.value;
    const order = store.ordering.value;
    let name = box.open ? "mg-open" : box.group ? "mg-group" : "mg-value";
    if (box.key === selected) name += " mg-selected";
    if (lit.has(box.key)) name += ` mg-lit mg-lit-${step.phase}`;
    if (wrong.has(box.key)) name += " mg-wrong";
    if (box.node >= 0) {
      const known = store.known.value[box.node] === 1;
      if (!known) name += " mg-unknown";
      if (store.graph.isLeaf(box.node)) name += " mg-leaf";
      if (box.node === store.root.value) name += " mg-root";
      const { grad, reached } = store.gradients.value;
      const data = known ? fitted(store.data.value[box.node], 8) : "";
      const hidden = store.hidden(box.node);
      const gradient = hidden ? "?" : reached[box.node] ? fitted(grad[box.node], 8) : "";
      if (hidden) name += " mg-asked";
      const place = order?.places.get(box.node);
      if (place !== undefined) name += " mg-listed";
      else if (order?.visited.has(box.node)) name += " mg-visited";
      const badge = place === undefined ? "" : String(place + 1);
      if (drawn.badge && drawn.shownBadge !== badge) {
        drawn.shownBadge = badge;
        (drawn.badge.lastElementChild as Element).textContent = badge;
        drawn.badge.style.display = badge ? "" : "none";
      }
      if (drawn.data && drawn.shownData !== data) drawn.data.textContent = drawn.shownData = data;
      if (drawn.grad && drawn.shownGrad !== gradient) drawn.grad.textContent = drawn.shownGrad = gradient;
    }
    if (drawn.shownClass !== name) {
      drawn.shownClass = name;
      drawn.element.setAttribute("class", name);
    }
  }

  private updateEdge(drawn: DrawnEdge, from: string, to: string, selected: string | null): void {
    const { store } = this;
    const { edge } = drawn;
    const step = store.current.value;
    let name = "mg-edge";
    let text = edge.count > 1 ? `${edge.count.toLocaleString("en")}×` : "";
    if (edge.node >= 0) {
      const known = store.known.value[edge.node] === 1;
      const partial = store.partials.value.of(edge.node)[edge.slot];
      text = known ? `∂ ${fitted(partial, this.detail === "small" ? 5 : 7)}` : "";
      if (step.phase === "backward" && step.act === "add" && step.node === edge.node && step.slot === edge.slot) name += " mg-flow";
      if (step.phase === "forward" && step.node === edge.node) name += " mg-forward";
    } else if (from && edge.from === from && edge.to === to) name += " mg-flow";
    if (selected && (edge.from === selected || edge.to === selected)) name += " mg-near";
    if (drawn.shownClass !== name) {
      drawn.shownClass = name;
      drawn.element.setAttribute("class", name);
      drawn.pill?.setAttribute("class", name.replace("mg-edge", edge.node >= 0 ? "mg-pill" : "mg-pill mg-many"));
    }
    if (drawn.text && drawn.shown !== text) {
      drawn.shown = drawn.text.textContent = text;
      const half = text.length * (this.detail === "small" ? 5.7 : 3.9) + 9;
      const rect = drawn.pill?.firstElementChild;
      rect?.setAttribute("x", String(-half));
      rect?.setAttribute("width", String(2 * half));
      (drawn.pill as SVGGElement).style.display = text ? "" : "none";
    }
  }

  // The right number, in red, beside what went wrong.
  private mark(wrong: Set<string>): void {
    for (const old of this.pillLayer.querySelectorAll(".mg-right")) old.remove();
    if (this.detail === "tiny") return;
    for (const key of wrong) {
      const drawn = this.boxes.get(key);
      if (!drawn || drawn.box.node < 0) continue;
      const { box } = drawn;
      const text = `right: ${number(this.store.right.value.grad[box.node])}`;
      const g = svg("g", { class: "mg-right", transform: `translate(${box.x + box.w / 2} ${box.y + box.h / 2 + 9})` }, this.pillLayer);
      const w = text.length * (this.detail === "small" ? 11 : 7.6) + 18;
      svg("rect", { x: -w + 8, y: -10, width: w, height: 23, rx: 11.5 }, g);
      svg("text", { x: -w / 2 + 8, y: 6, "text-anchor": "middle" }, g, text);
    }
  }

  private listen(): void {
    const { host, store } = this;
    let from: [number, number] | null = null;
    let moved = false;
    const on = <K extends keyof HTMLElementEventMap>(type: K, act: (e: HTMLElementEventMap[K]) => void, options?: AddEventListenerOptions) => {
      host.addEventListener(type, act, options);
      this.stops.push(() => host.removeEventListener(type, act, options));
    };
    const pointers = new Map<number, [number, number]>();
    let spread = 0;
    on("pointerdown", (e) => {
      if (e.button !== 0) return;
      pointers.set(e.pointerId, [e.clientX, e.clientY]);
      from = [e.clientX, e.clientY];
      moved = false;
    });
    on("pointermove", (e) => {
      if (!pointers.has(e.pointerId)) return;
      pointers.set(e.pointerId, [e.clientX, e.clientY]);
      if (pointers.size === 2) {
        const [a, b] = [...pointers.values()];
        const now = Math.hypot(a[0] - b[0], a[1] - b[1]);
        const { left, top } = host.getBoundingClientRect();
        if (spread) this.zoom(now / spread, (a[0] + b[0]) / 2 - left, (a[1] + b[1]) / 2 - top);
        spread = now;
        moved = true;
        return;
      }
      if (!from) return;
      const [dx, dy] = [e.clientX - from[0], e.clientY - from[1]];
      if (!moved && Math.hypot(dx, dy) < 4) return;
      if (!moved) host.setPointerCapture(e.pointerId);
      moved = true;
      host.classList.add("mg-grabbing");
      this.pan(dx, dy);
      from = [e.clientX, e.clientY];
    });
    const release = (e: PointerEvent) => {
      pointers.delete(e.pointerId);
      spread = 0;
      from = null;
      host.classList.remove("mg-grabbing");
    };
    on("pointerup", release);
    on("pointercancel", release);
    on("click", (e) => {
      if (moved) return;
      const target = (e.target as Element).closest<SVGGElement>("[data-key]");
      if (!target) {
        store.selected.value = null;
        return;
      }
      const box = this.scene.boxes.get(target.dataset.key as string);
      if (!box) return;
      if (box.group && box.open) {
        if ((e.target as SVGElement).dataset.fold) store.setOpen(box.group, false);
        return;
      }
      store.selected.value = box.key;
      if (box.group) store.setOpen(box.group, true);
    });
    on("wheel", (e) => {
      e.preventDefault();
      const { left, top } = host.getBoundingClientRect();
      if (e.ctrlKey || e.metaKey || (e.deltaMode === 0 && Math.abs(e.deltaX) < 1 && !e.shiftKey)) {
        this.zoom(Math.exp(-e.deltaY * 0.0016), e.clientX - left, e.clientY - top);
      } else this.pan(-e.deltaX - (e.shiftKey ? e.deltaY : 0), e.shiftKey ? 0 : -e.deltaY);
    }, { passive: false });
    on("keydown", (e) => this.key(e));
  }

  private key(e: KeyboardEvent): void {
    const { store } = this;
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const arrows = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" } as const;
    const direction = arrows[e.key as keyof typeof arrows];
    const selected = store.selected.value;
    const box = selected ? this.scene.boxes.get(selected) : undefined;
    if (direction && e.shiftKey) {
      const [dx, dy] = { left: [80, 0], right: [-80, 0], up: [0, 80], down: [0, -80] }[direction];
      this.pan(dx, dy);
    } else if (direction) {
      const next = this.neighbour(box ? selected : null, direction);
      if (next) {
        store.selected.value = next;
        this.show(next);
      }
    } else if ((e.key === "Enter" || e.key === "f") && box?.group) store.setOpen(box.group, true);
    else if (e.key === "Enter" && box && store.graph.isLeaf(box.node)) {
      const root = this.host.closest(".mg-root-element");
      root?.querySelector<HTMLInputElement>(".mg-leaf-input")?.focus();
    } else if (e.key === "f" && box) {
      const inside = store.tree.around(box.node)[0];
      if (inside) {
        store.selected.value = groupKey(inside);
        store.setOpen(inside, false);
      }
    } else return;
    e.preventDefault();
    e.stopPropagation();
  }
}
