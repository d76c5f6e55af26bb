// The graph. Only what is in view is in the document, and panning changes one transform, so that
// thousands of values stay smooth.
import { effect } from "@preact/signals";
import type { Edge, Scene } from "./scene";
import { type Drawn, drawBox, markWrong, updateBox } from "./boxes";
import { type DrawnEdge, drawEdge, updateEdge } from "./edges";
import { listen } from "./gestures";
import { Overview } from "./overview";
import type { Store } from "./store";
import { type Detail, svg } from "./svg";

const MANY = 120; // lines across frames, which then recede
const BELOW = 64; // pixels for the legend and the buttons
const EDGE = 24; // pixels around the picture
const MARGIN = 240; // pixels drawn beyond the edge of the view
const LEGIBLE = 0.42;
const SMALL = 0.68; // the scale below which numbers get larger letters
const NARROW = 620; // pixels of width, below which the picture opens close enough to read
const TINY = 0.24; // the scale below which there is only an overview

export class Picture {
  private readonly svg: SVGSVGElement;
  private readonly world: SVGGElement;
  private readonly layers: Record<"frames" | "edges" | "boxes" | "pills", SVGGElement>;
  private readonly boxes = new Map<string, Drawn>();
  private readonly edges = new Map<Edge, DrawnEdge>();
  private readonly stops: (() => void)[] = [];
  private x = 0;
  private y = 0;
  private scale = 1;
  private detail: Detail = "full";
  private readonly overview: Overview;
  private covered: [number, number, number, number] | null = null; // what is drawn of the world
  private scene: Scene;
  private frame = 0;
  private touched = false; // the reader has moved the picture
  private close = false; // it opened close to where the steps begin

  constructor(
    private readonly host: HTMLElement,
    private readonly store: Store,
  ) {
    this.svg = svg("svg", { class: "mg-svg", "aria-hidden": "true", focusable: "false" }, host);
    this.world = svg("g", {}, this.svg);
    const layer = () => svg("g", {}, this.world);
    this.layers = { frames: layer(), edges: layer(), boxes: layer(), pills: layer() };
    this.overview = new Overview(host, store);
    this.scene = store.scene.value;
    this.stops.push(listen(host, this, store));
    const resized = new ResizeObserver(() => {
      if (!this.touched) this.begin();
      else this.later();
    });
    resized.observe(host);
    this.stops.push(() => resized.disconnect());
    let first = true;
    this.stops.push(
      effect(() => {
        const before = this.scene;
        this.scene = store.scene.value;
        host.classList.toggle("mg-dense", this.scene.edges.filter((e) => e.far).length > MANY);
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
        store.theme.value;
        this.update();
      }),
    );
    this.begin();
  }

  stop(): void {
    for (const stop of this.stops) stop();
    cancelAnimationFrame(this.frame);
    this.svg.remove();
    this.overview.remove();
  }

  fit(): void {
    this.touched = false;
    const { width, height } = this.host.getBoundingClientRect();
    if (!width || !height) return;
    const free = height - BELOW;
    const scale = Math.min((width - 48) / this.scene.width, (free - 24) / this.scene.height, 1.35);
    this.look(
      scale,
      (width - this.scene.width * scale) / 2,
      (free + 24 - this.scene.height * scale) / 2,
    );
  }

  // What to see at first: everything, or where the steps begin if everything is too much to read.
  private begin(): void {
    this.fit();
    const first =
      this.store.selected.value ??
      this.store.tree.shown(this.store.timeline.value.inner[0] ?? 0, this.store.open.value);
    const narrow = this.host.getBoundingClientRect().width < NARROW;
    this.close = this.scale < (narrow ? LEGIBLE : TINY);
    if (this.close) this.startAt(first);
    this.touched = false;
  }

  // Look close at a box, from the edges of the picture where it is in view from there.
  private startAt(key: string): void {
    const box = this.scene.boxes.get(key);
    if (!box) return;
    const { width, height } = this.host.getBoundingClientRect();
    const scale = Math.max(this.scale, SMALL);
    const from = (centre: number, size: number, whole: number, room: number) => {
      if (whole * scale + 2 * EDGE <= room) return (room - whole * scale) / 2;
      return EDGE + (centre + size / 2) * scale <= room ? EDGE : room / 2 - centre * scale;
    };
    this.look(
      scale,
      from(box.x, box.w, this.scene.width, width),
      from(box.y, box.h, this.scene.height, height - BELOW),
    );
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
    const [w, h] = [(box.w / 2) * this.scale, (box.h / 2) * this.scale];
    const near = px - w > 8 && py - h > 8 && px + w < width - 8 && py + h < height - BELOW;
    if (near && !always && this.scale >= 0.4) return;
    this.touched = true;
    this.look(scale, width / 2 - box.x * scale, height / 2 - box.y * scale);
  }

  // What is at a point of the overview, where there are no elements to ask.
  at(px: number, py: number): string | undefined {
    if (this.detail !== "tiny") return undefined;
    const [x, y] = [(px - this.x) / this.scale, (py - this.y) / this.scale];
    const near = 6 / this.scale;
    for (const box of this.scene.boxes.values()) {
      if (box.open) continue;
      if (Math.abs(box.x - x) < box.w / 2 + near && Math.abs(box.y - y) < box.h / 2 + near)
        return box.key;
    }
    return undefined;
  }

  // Come close enough to read what was chosen in the overview.
  approach(key: string): void {
    if (this.detail === "tiny") this.show(key, true);
  }

  // Keep what the step is about in view, for readers who have come close.
  follow(key: string): void {
    if ((this.touched || this.close) && this.scale >= 0.4) this.show(key);
  }

  private look(scale: number, x: number, y: number): void {
    const { width, height } = this.host.getBoundingClientRect();
    const edge = 80; // pixels of the graph that cannot be pushed out of sight
    this.scale = scale;
    this.x = Math.min(width - edge, Math.max(edge - this.scene.width * scale, x));
    this.y = Math.min(height - edge, Math.max(edge - this.scene.height * scale, y));
    this.later();
  }

  private later(): void {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  private focus(x: number, y: number, w: number, h: number): void {
    const { width, height } = this.host.getBoundingClientRect();
    const scale = Math.max(0.3, Math.min(1.1, (width - 90) / w, (height - 90) / h));
    this.touched = true;
    this.look(scale, width / 2 - x * scale, height / 2 - y * scale);
  }

  // A box just opened is what to look at. Otherwise what is selected stays where it was.
  private rearranged(before: Scene): void {
    const key = this.store.selected.value;
    const was = key ? before.boxes.get(key) : undefined;
    const is = key ? this.scene.boxes.get(key) : undefined;
    this.clear();
    if (is?.open && !was?.open) this.focus(is.x, is.y, is.w, is.h);
    else if (!this.touched) this.begin();
    else if (was && is)
      this.look(
        this.scale,
        this.x + (was.x - is.x) * this.scale,
        this.y + (was.y - is.y) * this.scale,
      );
    this.later();
  }

  private clear(): void {
    this.boxes.clear();
    this.edges.clear();
    this.covered = null;
    for (const layer of Object.values(this.layers)) layer.replaceChildren();
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
      if (detail !== "tiny") this.overview.clear();
    }
    if (detail === "tiny") {
      this.overview.draw(this.scene, width, height, this.x, this.y, this.scale);
      return;
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
      const inView = meets(
        box.x - box.w / 2,
        box.y - box.h / 2,
        box.x + box.w / 2,
        box.y + box.h / 2,
      );
      const drawn = this.boxes.get(box.key);
      if (inView && !drawn)
        this.boxes.set(box.key, drawBox(box, this.detail, this.store, this.layers));
      else if (!inView && drawn) {
        drawn.element.remove();
        this.boxes.delete(box.key);
      }
    }
    for (const edge of this.scene.edges) {
      const path = edge.pieces.map((p) => (meets(...p.bounds) ? p.path : "")).join("");
      let drawn = this.edges.get(edge);
      if (path && !drawn) {
        drawn = drawEdge(edge, this.detail, this.store, this.edges, this.layers);
        this.edges.set(edge, drawn);
      } else if (!path && drawn) {
        drawn.element.remove();
        drawn.pill?.remove();
        this.edges.delete(edge);
      }
      if (drawn && path && drawn.shownPath !== path) {
        drawn.shownPath = path;
        drawn.line.setAttribute("d", path);
      }
    }
    this.update();
  }

  // Write what the present step shows into the boxes and lines in view.
  private update(): void {
    const store = this.store;
    if (this.detail === "tiny") {
      this.later();
      return;
    }
    const step = store.current.value;
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
    const wrongBoxes = new Set(
      [...store.wrong.value].map((n) => store.tree.shown(n, store.open.value)),
    );
    for (const drawn of this.boxes.values()) updateBox(drawn, this.detail, store, lit, wrongBoxes);
    for (const drawn of this.edges.values()) updateEdge(drawn, this.detail, store, from, to);
    markWrong(wrongBoxes, this.boxes, this.detail, store, this.layers.pills);
  }
}
