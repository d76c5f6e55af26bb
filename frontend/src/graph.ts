// The graph and its evaluator: values, local derivatives, and the order that backward needs.
import { number } from "./format";
import type { GraphData, Num, Rule, Rules } from "./types";

export class Graph {
  readonly size: number;
  readonly parents: number[][];
  readonly children: number[][]; // one entry per use
  readonly labels: string[];
  readonly roots: number[];
  readonly held: Map<number, number>; // gradients that Python held
  private readonly rules: (Rule | null)[];
  private readonly frozen: Map<number, number[]>;
  private readonly names: string[] = [];

  constructor(
    private readonly source: GraphData,
    rules: Rules,
  ) {
    this.size = source.op.length;
    this.parents = source.parents;
    this.roots = source.roots;
    this.labels = Array.from({ length: this.size }, (_, i) => source.labels[i] ?? "");
    this.children = Array.from({ length: this.size }, () => []);
    this.parents.forEach((parents, i) => parents.forEach((p) => this.children[p].push(i)));
    this.rules = source.op.map((op) => (op < 0 ? null : (rules[source.ops[op].key] ?? null)));
    this.frozen = new Map(
      Object.entries(source.frozen).map(([i, partials]) => [Number(i), partials.map(Number)]),
    );
    this.nameAll();
    this.held = new Map(
      Object.entries(source.grads).map(([i, g]) => [Number(i), Number(g as Num)]),
    );
  }

  isLeaf(node: number): boolean {
    return this.source.op[node] < 0;
  }

  // Made by hand: the page knows neither its formula nor, maybe, its derivatives.
  isHandmade(node: number): boolean {
    return !this.isLeaf(node) && this.rules[node] === null;
  }

  hasOwnBackward(node: number): boolean {
    return this.frozen.has(node);
  }

  symbol(node: number): string {
    return this.isLeaf(node) ? "" : this.source.ops[this.source.op[node]].symbol;
  }

  // The first value made by hand that depends on a node.
  heldBehind(node: number): number {
    const after = new Uint8Array(this.size);
    after[node] = 1;
    for (let i = node + 1; i < this.size; i++) {
      if (!this.parents[i].some((p) => after[p])) continue;
      if (this.isHandmade(i)) return i;
      after[i] = 1;
    }
    return -1;
  }

  start(): Float64Array<ArrayBuffer> {
    const data = new Float64Array(this.size);
    for (const [i, x] of Object.entries(this.source.data)) data[Number(i)] = Number(x);
    return this.forward(data);
  }

  // Recompute, in place, all that follows from the leaves.
  forward<Buffer extends ArrayBufferLike>(data: Float64Array<Buffer>): Float64Array<Buffer> {
    for (let i = 0; i < this.size; i++) {
      const rule = this.rules[i];
      if (rule) data[i] = rule.value(this.arguments(i, data));
    }
    return data;
  }

  // The same for some nodes only, in the order given.
  forwardThrough(nodes: number[], data: Float64Array): void {
    for (const i of nodes) {
      const rule = this.rules[i];
      if (rule) data[i] = rule.value(this.arguments(i, data));
    }
  }

  arguments(node: number, data: Float64Array): number[] {
    return this.parents[node].map((p) => data[p]);
  }

  partials(node: number, data: Float64Array): number[] {
    const frozen = this.frozen.get(node);
    if (frozen) return frozen;
    const rule = this.rules[node];
    return rule
      ? rule.partials(this.arguments(node, data), data[node])
      : this.parents[node].map(() => 0);
  }

  // What to call a node: its label, a short expression, or v1, v2, ... as explain has them.
  name(node: number): string {
    return this.names[node];
  }

  // The name where something follows it: (a*b).grad
  bracketed(node: number): string {
    return bracketed(this.name(node));
  }

  private nameAll(): void {
    const taken = new Set(this.labels);
    const numbered = new Uint8Array(this.size);
    let k = 0;
    for (let node = 0; node < this.size; node++) {
      if (this.labels[node]) {
        this.names.push(this.labels[node]);
        continue;
      }
      do k += 1;
      while (taken.has(`v${k}`));
      const leaf = this.isLeaf(node);
      const clear = leaf || !this.parents[node].some((p) => numbered[p]);
      const name = leaf
        ? number(Number(this.source.data[node]))
        : clear
          ? this.expression(node)
          : "";
      numbered[node] = Number(!clear || name.length > 15);
      this.names.push(numbered[node] ? `v${k}` : name);
    }
  }

  expression(node: number, named: (p: number) => string = (p) => this.name(p)): string {
    const symbol = this.symbol(node);
    const parents = this.parents[node];
    if (symbol.startsWith("**") && parents.length === 1)
      return `${bracketed(named(parents[0]))}${symbol}`;
    if (parents.length > 4) return `${symbol} of ${parents.length}`;
    if (/^\W+$/.test(symbol)) {
      const parts = parents.map((p) => (symbol === "+" ? named(p) : bracketed(named(p))));
      return parts.join(symbol === "*" ? "*" : ` ${symbol} `).replace(/\+ -/g, "- ");
    }
    return `${symbol}(${parents.map(named).join(", ")})`;
  }
}

function bracketed(text: string): string {
  return /^[\p{L}\p{N}_.]+(\(.*\))?$/u.test(text) || /^-?[\d.]+$/.test(text) ? text : `(${text})`;
}
