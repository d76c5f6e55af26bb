// The graph and its evaluator: values, local derivatives, and the order that backward needs.
import { number } from "./format";
import { type Written, bracketed, expression, nameText } from "./notation";
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
  private readonly constants: Uint8Array; // leaves without a label, where others have one

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
    const leaves = source.op.flatMap((op, i) => (op < 0 ? [i] : []));
    this.constants = new Uint8Array(this.size);
    if (leaves.some((i) => this.labels[i]))
      for (const i of leaves) this.constants[i] = Number(!this.labels[i]);
    this.nameAll();
    this.held = new Map(
      Object.entries(source.grads).map(([i, g]) => [Number(i), Number(g as Num)]),
    );
  }

  isLeaf(node: number): boolean {
    return this.source.op[node] < 0;
  }

  // A number of the formula: it has no gradient that anybody asks for.
  isConstant(node: number): boolean {
    return this.constants[node] === 1;
  }

  // Made by hand: the page knows neither its formula nor, maybe, its derivatives.
  isHandmade(node: number): boolean {
    return !this.isLeaf(node) && this.rules[node] === null;
  }

  hasOwnBackward(node: number): boolean {
    return this.frozen.has(node);
  }

  private op(node: number) {
    return this.source.ops[this.source.op[node]];
  }

  isProduct(node: number): boolean {
    return !this.isLeaf(node) && ["mul", "prod"].includes(this.op(node).name);
  }

  // What stands for the operation by itself: +, ·, x², ReLU.
  sign(node: number): string {
    return this.isLeaf(node) ? "" : this.op(node).sign;
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

  // What to call a node: its label, its number if it is a constant, else v1, v2, ...; the rule of
  // Python's naming.py. Something may follow it: (x1*w1).grad
  name(node: number): string {
    return this.names[node];
  }

  private nameAll(): void {
    const taken = new Set(this.labels.filter(Boolean).map(nameText));
    const count = new Map<string, number>();
    for (let node = 0; node < this.size; node++) {
      if (this.isConstant(node)) {
        this.names.push(number(Number(this.source.data[node])));
        continue;
      }
      const stem = this.labels[node] && nameText(this.labels[node]);
      let name: string;
      do {
        const k = (count.get(stem) ?? 0) + 1;
        count.set(stem, k);
        name = !stem ? `v${k}` : k > 1 ? `${stem}#${k}` : stem;
      } while (name !== stem && taken.has(name));
      this.names.push(name);
    }
  }

  // How a value was computed, in names; or in numbers, given those of the parents.
  expression(node: number, named: (p: number) => string = (p) => this.name(p)): string {
    const args: Written[] = this.parents[node].map((p) => bracketed(named(p)));
    return expression(this.op(node), args);
  }
}
