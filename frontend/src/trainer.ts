// Gradient descent on the graph that is shown: its loss, for every example of a batch.
import type { Graph } from "./graph";
import type { TrainerData } from "./types";

export interface Settings {
  rate: number;
  batch: number; // examples of a step, in their order, from the first again after the last
  zeroGrad: boolean;
}

export class Trainer {
  readonly points: number[][];
  readonly wanted: number[][];
  private readonly order: number[]; // what is computed, parents first
  private grad: Float64Array; // of the parameters, and kept between steps as in Python
  private next = 0;

  constructor(
    private readonly graph: Graph,
    readonly data: TrainerData,
  ) {
    this.points = data.points.map((row) => row.map(Number));
    this.wanted = data.wanted.map((row) => row.map(Number));
    this.order = graph.parents.flatMap((parents, i) => (parents.length ? [i] : []));
    this.grad = new Float64Array(graph.size);
  }

  restart(): void {
    this.next = 0;
    this.grad.fill(0);
  }

  // The average loss of one batch, before the step; the new parameters are written to ``values``.
  step(values: Float64Array, { rate, batch, zeroGrad }: Settings): number {
    const count = Math.min(Math.max(1, batch), this.points.length);
    const chosen = Array.from({ length: count }, (_, i) => (this.next + i) % this.points.length);
    this.next = (this.next + count) % this.points.length;
    if (zeroGrad) this.grad.fill(0);
    const scratch = values.slice();
    let total = 0;
    for (const example of chosen) {
      this.put(scratch, example);
      total += scratch[this.data.loss];
      this.backward(scratch, 1 / count);
    }
    for (const p of this.data.parameters) values[p] -= rate * this.grad[p];
    return total / count;
  }

  // The average loss of all examples.
  loss(values: Float64Array): number {
    const scratch = values.slice();
    let total = 0;
    this.points.forEach((_, example) => {
      this.put(scratch, example);
      total += scratch[this.data.loss];
    });
    return total / this.points.length;
  }

  private put(scratch: Float64Array, example: number): void {
    this.data.inputs.forEach((node, i) => {
      scratch[node] = this.points[example][i];
    });
    this.data.targets.forEach((node, i) => {
      scratch[node] = this.wanted[example][i];
    });
    this.graph.forwardThrough(this.order, scratch);
  }

  private backward(scratch: Float64Array, seed: number): void {
    const grad = new Float64Array(this.graph.size);
    grad[this.data.loss] = seed;
    for (let k = this.order.length - 1; k >= 0; k--) {
      const node = this.order[k];
      if (grad[node] === 0) continue;
      const partials = this.graph.partials(node, scratch);
      this.graph.parents[node].forEach((parent, slot) => {
        grad[parent] += partials[slot] * grad[node];
      });
    }
    for (const p of this.data.parameters) this.grad[p] += grad[p];
  }
}
