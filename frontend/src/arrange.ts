// From the layouts made in Python to what is on the page: an open group pushes its neighbours
// aside, and nothing ever changes its order.
import { drawn, opLeft } from "./curves";
import type { Graph } from "./graph";
import type { Group, Box, Edge, Scene } from "./scene";
import type { PictureData, ShapeData, TreeData } from "./types";

interface Arranged {
  w: number;
  h: number;
  centres: [number, number][];
  sizes: [number, number][];
  move: (x: number, y: number) => [number, number];
}

export const HEADER = 30;
export const PADDING = 18;

export const nodeKey = (node: number) => `n${node}`;
export const groupKey = (group: Group) => `g${group.id}`;

export class Tree {
  readonly root: Group;
  readonly groups: Group[] = [];
  private readonly home: Group[] = []; // of each node
  private readonly place: number[] = [];
  private readonly routes = new Map<ShapeData, Map<string, number[][]>>();

  constructor(
    private readonly picture: PictureData,
    private readonly graph: Graph,
  ) {
    this.root = this.build(picture.tree, null, 0);
    this.findOutputs();
  }

  private build(data: TreeData, parent: Group | null, place: number): Group {
    const group: Group = {
      id: this.groups.length,
      label: data.label,
      kind: data.kind,
      parent,
      place,
      items: [],
      shape: data.shape === undefined ? null : this.picture.shapes[data.shape],
      count: 0,
      output: -1,
      foldedAtFirst: data.folded,
    };
    this.groups.push(group);
    group.items = data.items.map((item, i) => {
      if (typeof item !== "number") {
        const inner = this.build(item, group, i);
        group.count += inner.count;
        return inner;
      }
      this.home[item] = group;
      this.place[item] = i;
      group.count += 1;
      return item;
    });
    return group;
  }

  private findOutputs(): void {
    const outputs = new Map<Group, number>(); // -1 once there are several
    for (let node = 0; node < this.graph.size; node++) {
      const children = this.graph.children[node];
      const isRoot = this.graph.roots.includes(node);
      for (const group of this.around(node)) {
        const outside = isRoot || children.some((c) => !this.around(c).includes(group));
        if (outside) outputs.set(group, outputs.has(group) ? -1 : node);
      }
    }
    for (const [group, node] of outputs) group.output = node;
  }

  // The groups around a node, from the inside out, without the whole.
  around(node: number): Group[] {
    const groups = [];
    for (let g: Group | null = this.home[node]; g?.parent; g = g.parent) groups.push(g);
    return groups;
  }

  // The key of the box in which a node is seen.
  shown(node: number, open: Set<number>): string {
    let key = nodeKey(node);
    for (let g: Group | null = this.home[node]; g?.parent; g = g.parent) {
      if (!open.has(g.id)) key = groupKey(g);
    }
    return key;
  }

  private homeOf(key: string): Group | null {
    const id = Number(key.slice(1));
    return key[0] === "n" ? this.home[id] : this.groups[id].parent;
  }

  // The label without what the frame around it says already.
  label(box: Box): string {
    const label = box.group?.label ?? this.graph.labels[box.node];
    const frame = this.homeOf(box.key)?.label;
    return frame && label.startsWith(`${frame}.`) ? label.slice(frame.length + 1) : label;
  }

  scene(open: Set<number>): Scene {
    const boxes = new Map<string, Box>();
    const frames: Box[] = [];
    const moves = new Map<Group, (x: number, y: number) => [number, number]>();
    const whole = this.arrange(this.root, open);
    const put = (group: Group, arranged: Arranged, left: number, top: number) => {
      moves.set(group, (x, y) => {
        const [mx, my] = arranged.move(x, y);
        return [left + mx, top + my];
      });
      group.items.forEach((item, i) => {
        const [cx, cy] = arranged.centres[i];
        const [w, h] = arranged.sizes[i];
        const [x, y] = [left + cx, top + cy];
        if (typeof item === "number") {
          boxes.set(nodeKey(item), {
            key: nodeKey(item),
            node: item,
            group: null,
            open: false,
            x,
            y,
            w,
            h,
          });
          return;
        }
        const isOpen = open.has(item.id);
        const box = { key: groupKey(item), node: -1, group: item, open: isOpen, x, y, w, h };
        boxes.set(box.key, box);
        if (!isOpen) return;
        frames.push(box);
        put(item, this.arrange(item, open), x - w / 2 + PADDING, y - h / 2 + HEADER + PADDING / 2);
      });
    };
    put(this.root, whole, 0, 0);
    return {
      boxes,
      frames,
      edges: this.edges(boxes, moves, open),
      width: whole.w,
      height: whole.h,
    };
  }

  private sizeOf(item: number | Group, open: Set<number>): [number, number] {
    const sizes = this.picture.sizes;
    if (typeof item === "number") {
      if (!this.graph.isLeaf(item)) return sizes.value;
      return this.graph.labels[item] ? sizes.leaf : sizes.number;
    }
    if (!open.has(item.id)) return sizes.group;
    const inner = this.arrange(item, open);
    return [inner.w + 2 * PADDING, inner.h + HEADER + 1.5 * PADDING];
  }

  private arrange(group: Group, open: Set<number>): Arranged {
    const sizes = group.items.map((item) => this.sizeOf(item, open));
    const folded = new Set<number>();
    const base = group.items.map((item) => this.sizeOf(item, folded));
    const { size, at } = group.shape ?? this.grid(base);
    const columns = new Map<number, number[]>();
    group.items.forEach((_, i) => {
      const column = columns.get(at[2 * i]) ?? [];
      columns.set(at[2 * i], [...column, i]);
    });
    const centres: [number, number][] = [];
    const bands: {
      x: number;
      half: number;
      shift: number;
      grown: number;
      rows: [number, number][];
      up: number;
    }[] = [];
    let shift = 0;
    for (const x of [...columns.keys()].sort((a, b) => a - b)) {
      const column = (columns.get(x) as number[]).sort((a, b) => at[2 * a + 1] - at[2 * b + 1]);
      const half = Math.max(...column.map((i) => base[i][0])) / 2;
      const grown = Math.max(...column.map((i) => sizes[i][0])) - 2 * half;
      const total = column.reduce((sum, i) => sum + sizes[i][1] - base[i][1], 0);
      let dy = -total / 2;
      const rows: [number, number][] = [];
      for (const i of column) {
        const extra = sizes[i][1] - base[i][1];
        centres[i] = [x + shift + grown / 2, at[2 * i + 1] + dy + extra / 2];
        dy += extra;
        rows.push([at[2 * i + 1], dy]);
      }
      bands.push({ x, half, shift, grown, rows, up: -total / 2 });
      shift += grown;
    }
    let top = 0;
    let bottom = size[1];
    centres.forEach(([, y], i) => {
      top = Math.min(top, y - sizes[i][1] / 2);
      bottom = Math.max(bottom, y + sizes[i][1] / 2);
    });
    for (const c of centres) c[1] -= top;
    // A point of a route moves with the column it passes.
    const move = (x: number, y: number): [number, number] => {
      let dx = 0;
      let dy = 0;
      for (const band of bands) {
        if (x < band.x - band.half - 1) break;
        dx = x > band.x ? band.shift + band.grown : band.shift;
        if (x <= band.x + band.half + 1) {
          dy = band.up;
          for (const [rowY, after] of band.rows) if (rowY < y) dy = after;
        }
      }
      return [x + dx, y + dy - top];
    };
    return { w: size[0] + shift, h: bottom - top, centres, sizes, move };
  }

  private grid(base: [number, number][]): { size: [number, number]; at: number[] } {
    const w = Math.max(...base.map((s) => s[0])) + 28;
    const h = Math.max(...base.map((s) => s[1])) + 18;
    const rows =
      base.length <= 16 ? base.length : Math.ceil(Math.sqrt((base.length * w) / h / 1.6));
    const at = base.flatMap((_, i) => [
      (Math.floor(i / rows) + 0.5) * w - 14,
      ((i % rows) + 0.5) * h - 9,
    ]);
    return {
      size: [Math.ceil(base.length / rows) * w - 28, Math.min(rows, base.length) * h - 18],
      at,
    };
  }

  private edges(
    boxes: Map<string, Box>,
    moves: Map<Group, (x: number, y: number) => [number, number]>,
    open: Set<number>,
  ): Edge[] {
    const shown = this.graph.parents.map((_, i) => this.shown(i, open));
    const between = new Map<string, Edge>();
    const edges: Edge[] = [];
    const parallel = new Map<string, number>();
    this.graph.parents.forEach((parents, node) => {
      parents.forEach((parent, slot) => {
        const [from, to] = [shown[parent], shown[node]];
        if (from === to) return;
        const key = `${from} ${to}`;
        const nth = parallel.get(key) ?? 0;
        parallel.set(key, nth + 1);
        const simple = from[0] === "n" && to[0] === "n";
        const known = between.get(key);
        if (!simple && known) {
          known.count += 1;
          return;
        }
        const uses = simple ? parents.filter((p) => p === parent).length : 1;
        const bow = uses > 1 ? (nth - (uses - 1) / 2) * 26 : 0;
        const port = simple
          ? (slot - (parents.length - 1) / 2) * Math.min(9, 40 / parents.length)
          : 0;
        const route = this.route(parent, node, open, moves, nth);
        const entry = to[0] === "n" ? opLeft(this.graph.sign(node)) + 3 : 0;
        const line = drawn(boxes.get(from) as Box, boxes.get(to) as Box, route, bow, port, entry);
        const edge = {
          from,
          to,
          node: simple ? node : -1,
          slot: simple ? slot : -1,
          count: 1,
          far: this.homeOf(from) !== this.homeOf(to),
          ...line,
        };
        edges.push(edge);
        if (!simple) between.set(key, edge);
      });
    });
    return edges;
  }

  // The points between two nodes, in the innermost group that shows both.
  private route(
    parent: number,
    node: number,
    open: Set<number>,
    moves: Map<Group, (x: number, y: number) => [number, number]>,
    nth: number,
  ): [number, number][] {
    const above = (n: number): [Group, number][] => {
      const path: [Group, number][] = [];
      let place = this.place[n];
      for (let g: Group | null = this.home[n]; g; g = g.parent) {
        path.unshift([g, place]);
        place = g.place;
      }
      return path;
    };
    const [a, b] = [above(parent), above(node)];
    let level = 0;
    while (
      a[level + 1] &&
      b[level + 1] &&
      a[level][1] === b[level][1] &&
      a[level + 1][0] === b[level + 1][0]
    )
      level++;
    const group = a[level][0];
    const move = moves.get(group);
    if (!group.shape || !move || (group.parent && !open.has(group.id))) return [];
    let table = this.routes.get(group.shape);
    if (!table) {
      table = new Map();
      for (const [from, to, points] of group.shape.routes) {
        const key = `${from} ${to}`;
        table.set(key, [...(table.get(key) ?? []), points]);
      }
      this.routes.set(group.shape, table);
    }
    const routes = table.get(`${a[level][1]} ${b[level][1]}`) ?? [[]];
    const points = routes[Math.min(nth, routes.length - 1)];
    return Array.from({ length: points.length / 2 }, (_, i) =>
      move(points[2 * i], points[2 * i + 1]),
    );
  }
}
