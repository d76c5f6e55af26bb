// Every step from the leaves' numbers to the last gradient, right or broken on purpose.
import { keyOf, type Told } from "./code";
import type { Graph } from "./graph";

export interface Bugs {
  assign: boolean; // = instead of +=
  twice: boolean; // backward again, without zero_grad
  naive: boolean; // recursion instead of the topological order
}

export const PHASES = ["forward", "order", "backward"] as const;
export type Phase = (typeof PHASES)[number];

export type Step =
  | { phase: "start" }
  | { phase: "forward"; node: number }
  | { phase: "order"; act: "visit" | "again" | "append"; node: number }
  | { phase: "backward"; act: "seed"; node: number; run: number }
  | ({ phase: "backward"; act: "add"; assigns: boolean } & Use);

interface Use {
  node: number;
  slot: number;
  parent: number;
  run: number;
}

export interface Contribution {
  node: number; // whose backward made it
  slot: number;
  run: number;
  partial: number;
  upstream: number;
  amount: number;
  assigns: boolean; // = where += belongs
  lost: boolean; // overwritten by a later one
}

export interface Gradients {
  grad: Float64Array;
  reached: Uint8Array;
}

const VISIT = 0;
const AGAIN = 1;
const APPEND = 2;
const ACTS = ["visit", "again", "append"] as const;
const SEED = -1;
export const LIMIT = 20_000; // contributions of a recursion, which may need more than there is time

export class Timeline {
  readonly order: number[];
  readonly inner: number[];
  readonly cut: boolean; // the recursion was stopped at the limit
  readonly isTold: boolean; // it goes back as the lines did, whatever that leads to
  isUnlike: boolean; // it cannot: the lines went back in a way that their acts do not tell
  readonly passes: boolean; // what came last, and not the gradient that a value has
  readonly length: number;
  readonly ends: Record<Phase, number>; // the last step of each phase
  private acts: number[] = []; // of the order phase: act, node, ...
  private readonly events: number[] = []; // of the backward phase: node, slot, ...
  private readonly assigned = new Set<number>(); // the events whose line says =
  private readonly last = new Map<number, number>(); // the last event that touches a node

  constructor(
    readonly graph: Graph,
    readonly root: number,
    readonly bugs: Bugs,
    told?: Told, // by the lines of the reader's code: in which order things were done
    withOrder = true,
  ) {
    const follows = told && (told.root < 0 || told.root === root) ? told : undefined;
    this.isTold = !bugs.naive && Boolean(follows?.way && follows.added.length);
    this.passes = this.isTold && follows?.way === "passed";
    this.isUnlike = Boolean(!bugs.naive && follows?.added.length && !this.isTold);
    this.order = (follows && this.sortAs(follows)) ?? this.sort();
    if (this.isTold && follows)
      this.acts = follows.order.flatMap(([act, node]) => [ACTS.indexOf(act), node]);
    this.inner = this.order.filter((i) => !graph.isLeaf(i));
    if (follows) this.inner = sameMembers(follows.made, this.inner) ?? this.inner;
    if (bugs.naive || !withOrder) this.acts.length = 0;
    let cut = false;
    for (let run = 0; run < (bugs.twice ? 2 : 1); run++) {
      this.events.push(root, SEED);
      if (bugs.naive) cut = this.recurse() || cut;
      else this.inOrder(follows);
    }
    this.cut = cut;
    for (let e = 0; e < this.events.length; e += 2) {
      const [node, slot] = [this.events[e], this.events[e + 1]];
      this.last.set(slot === SEED ? node : graph.parents[node][slot], e / 2);
    }
    const forward = this.inner.length;
    const order = forward + this.acts.length / 2;
    this.length = order + this.events.length / 2;
    this.ends = { forward, order, backward: this.length };
  }

  // The depth-first post-order over ordered parents, as engine.py has it, noting every visit.
  private sort(): number[] {
    const order: number[] = [];
    const seen = new Uint8Array(this.graph.size);
    const stack: number[] = [this.root];
    while (stack.length) {
      const node = stack.pop() as number;
      if (node < 0) {
        this.acts.push(APPEND, ~node);
        order.push(~node);
      } else if (seen[node]) {
        this.acts.push(AGAIN, node);
      } else {
        seen[node] = 1;
        this.acts.push(VISIT, node);
        stack.push(~node);
        const parents = this.graph.parents[node];
        for (let i = parents.length - 1; i >= 0; i--) stack.push(parents[i]);
      }
    }
    return order;
  }

  // The order that the lines made: all that is computed, each value after its parents.
  private sortAs({ order }: Told): number[] | null {
    const list = order.flatMap(([act, node]) => (act === "append" ? [node] : []));
    const place = new Map(list.map((node, i) => [node, i]));
    const needed = this.sort();
    const acts = this.acts.splice(0);
    const isWhole = needed.every((node) => {
      const at = place.get(node);
      if (at === undefined) return this.graph.isLeaf(node);
      return this.graph.parents[node].every((p) => (place.get(p) ?? -1) < at);
    });
    const reached = new Set(needed);
    if (!isWhole || list.some((node) => !reached.has(node))) {
      this.acts.push(...acts);
      return null;
    }
    for (const [act, node] of order) this.acts.push(ACTS.indexOf(act), node);
    return [...needed.filter((node) => !place.has(node)), ...list];
  }

  private inOrder(told?: Told): void {
    const uses: [number, number][] = [];
    for (let i = this.order.length - 1; i >= 0; i--) {
      const node = this.order[i];
      this.graph.parents[node].forEach((_, slot) => uses.push([node, slot]));
    }
    const key = ([node, slot]: [number, number]) => `${node} ${slot}`;
    const isAll = Boolean(told && sameMembers(told.added.map(key), uses.map(key)));
    if (isAll) this.isUnlike = false;
    for (const [node, slot] of told && (this.isTold || isAll) ? told.added : uses)
      if (!this.graph.isConstant(this.graph.parents[node][slot])) {
        if (told?.assigned.has(key([node, slot]))) this.assigned.add(this.events.length);
        this.events.push(node, slot);
      }
  }

  // The steps that do what a line of code does.
  keys(): Map<string, number[]> {
    const keys = new Map<string, number[]>();
    const put = (key: string, step: number) => keys.set(key, [...(keys.get(key) ?? []), step]);
    this.inner.forEach((node, i) => put(keyOf(["made", node]), i + 1));
    for (let k = 0; k < this.acts.length; k += 2)
      put(keyOf([ACTS[this.acts[k]], this.acts[k + 1]]), this.ends.forward + k / 2 + 1);
    for (let e = 0; e < this.events.length; e += 2) {
      const [node, slot] = [this.events[e], this.events[e + 1]];
      const act = slot === SEED ? keyOf(["seed", node]) : keyOf(["add", node, slot]);
      put(act, this.ends.order + e / 2 + 1);
    }
    return keys;
  }

  // Add to one parent and go down it at once, then to the next: down every path, so that a value
  // used twice passes its gradient on twice, also to one op. Returns whether it had to stop.
  private recurse(): boolean {
    const end = this.events.length + 2 * LIMIT;
    const stack: [node: number, slot: number][] = [[this.root, 0]];
    while (stack.length) {
      const [node, slot] = stack.pop() as [number, number];
      const parents = this.graph.parents[node];
      if (slot === parents.length) continue;
      stack.push([node, slot + 1]);
      if (this.graph.isConstant(parents[slot])) continue;
      this.events.push(node, slot);
      if (this.events.length > end) return true;
      stack.push([parents[slot], 0]);
    }
    return false;
  }

  // The values with more than one use on the way to the root.
  reused(): number[] {
    const uses = new Uint32Array(this.graph.size);
    for (const node of this.inner) for (const parent of this.graph.parents[node]) uses[parent]++;
    return this.order.filter((node) => uses[node] > 1);
  }

  phaseOf(step: number): Phase | "start" {
    if (step <= 0) return "start";
    if (step <= this.ends.forward) return "forward";
    return step <= this.ends.order ? "order" : "backward";
  }

  at(place: number): Step {
    const step = Math.min(place, this.length);
    if (step <= 0) return { phase: "start" };
    if (step <= this.ends.forward) return { phase: "forward", node: this.inner[step - 1] };
    if (step <= this.ends.order) {
      const k = 2 * (step - this.ends.forward - 1);
      return { phase: "order", act: ACTS[this.acts[k]], node: this.acts[k + 1] };
    }
    const e = 2 * (step - this.ends.order - 1);
    const [node, slot] = [this.events[e], this.events[e + 1]];
    let run = 0;
    for (let k = 0; k <= e; k += 2) run += Number(this.events[k + 1] === SEED);
    if (slot === SEED) return { phase: "backward", act: "seed", node, run };
    return {
      phase: "backward",
      act: "add",
      assigns: this.assigns(e),
      node,
      slot,
      parent: this.graph.parents[node][slot],
      run,
    };
  }

  private assigns(event: number): boolean {
    return this.bugs.assign || this.assigned.has(event);
  }

  // Whether the steps may lead to a wrong gradient.
  get mayBeWrong(): boolean {
    return this.bugs.assign || this.assigned.size > 0 || this.isTold;
  }

  // Which values are computed after so many steps.
  computed(step: number): Uint8Array {
    const known = new Uint8Array(this.graph.size).fill(1);
    for (let k = Math.max(0, step); k < this.inner.length; k++) known[this.inner[k]] = 0;
    return known;
  }

  // The list as far as it is built.
  listed(step: number): number[] {
    if (this.bugs.naive || step <= this.ends.forward) return [];
    const list: number[] = [];
    const end = 2 * (Math.min(step, this.ends.order) - this.ends.forward);
    for (let k = 0; k < end; k += 2) if (this.acts[k] === APPEND) list.push(this.acts[k + 1]);
    return list;
  }

  ordering(step: number): { places: Map<number, number>; visited: Set<number> } {
    const places = new Map<number, number>();
    const visited = new Set<number>();
    const end = 2 * (Math.min(step, this.ends.order) - this.ends.forward);
    for (let k = 0; k < end; k += 2) {
      visited.add(this.acts[k + 1]);
      if (this.acts[k] === APPEND) places.set(this.acts[k + 1], places.size);
    }
    return { places, visited };
  }

  // Play the backward phase up to a step; ``watch`` gets every contribution on the way.
  play(
    step: number,
    partials: Partials,
    watch?: (parent: number, contribution: Omit<Contribution, "lost">) => void,
  ): Gradients {
    const grad = new Float64Array(this.graph.size);
    const came = this.passes ? new Float64Array(this.graph.size) : grad;
    const reached = new Uint8Array(this.graph.size);
    const end = 2 * (Math.min(step, this.length) - this.ends.order);
    let run = 0;
    for (let e = 0; e < end; e += 2) {
      const [node, slot] = [this.events[e], this.events[e + 1]];
      if (slot === SEED) {
        for (const i of this.inner) grad[i] = reached[i] = 0;
        grad[node] += 1;
        came[node] = grad[node];
        reached[node] = 1;
        run += 1;
        continue;
      }
      const parent = this.graph.parents[node][slot];
      const partial = partials.of(node)[slot];
      const upstream = came[node];
      const amount = partial * upstream;
      const assigns = this.assigns(e);
      watch?.(parent, { node, slot, run, partial, upstream, amount, assigns });
      grad[parent] = assigns ? amount : grad[parent] + amount;
      if (this.passes) came[parent] = amount;
      reached[parent] = 1;
    }
    return { grad, reached };
  }

  // What was added to one node up to a step.
  ledger(step: number, target: number, partials: Partials): Contribution[] {
    const rows: Contribution[] = [];
    const inner = !this.graph.isLeaf(target);
    this.play(step, partials, (parent, contribution) => {
      if (parent !== target) return;
      if (inner && rows.length && rows[0].run !== contribution.run) rows.length = 0;
      if (contribution.assigns) for (const row of rows) row.lost = true;
      rows.push({ ...contribution, lost: false });
    });
    return rows;
  }

  // What a value passes on after a step: its gradient, or what came to it last.
  upstream(step: number, node: number, partials: Partials): number {
    if (!this.passes) return this.play(step, partials).grad[node];
    let last = node === this.root ? 1 : 0;
    this.play(step, partials, (parent, { amount }) => {
      if (parent === node) last = amount;
    });
    return last;
  }

  // Nothing after this step touches the node's gradient any more.
  isSettled(node: number, step: number): boolean {
    const last = this.last.get(node);
    return last !== undefined && this.ends.order + last + 1 <= step;
  }
}

// The first list, if it has what the second has, and that only.
function sameMembers<T>(list: T[], as: T[]): T[] | null {
  const members = new Set(as);
  const found = list.filter((x) => members.has(x));
  return new Set(found).size === members.size && found.length === as.length ? found : null;
}

// Local derivatives at the present values, each computed when first asked for.
export class Partials {
  private readonly known = new Map<number, number[]>();

  constructor(
    private readonly graph: Graph,
    private readonly data: Float64Array,
  ) {}

  of(node: number): number[] {
    let partials = this.known.get(node);
    if (!partials) {
      partials = this.graph.partials(node, this.data);
      this.known.set(node, partials);
    }
    return partials;
  }
}
