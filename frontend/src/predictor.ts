// The model between its inputs and its outputs, as a function of any point: for the boundary.
import type { Graph } from "./graph";
import type { ExamplesData } from "./types";

export interface Prediction {
  margins: number[]; // of each class: how far it is ahead of all others
  best: number; // the class with the largest
}

export class Predictor {
  readonly points: number[][];
  readonly targets: number[]; // classes from 0, or numbers where isClassifier is false
  readonly isClassifier: boolean;
  private readonly nodes: number[];
  private readonly middle: number; // of a single output

  constructor(
    private readonly graph: Graph,
    private readonly examples: ExamplesData,
  ) {
    this.points = examples.points.map((p) => p.map(Number));
    const targets = examples.targets.map(Number);
    const { outputs } = examples;
    const kinds = new Set(targets);
    const two =
      kinds.size <= 2 && [...kinds].every((t) => t === 1 || t === (kinds.has(-1) ? -1 : 0));
    this.isClassifier =
      targets.length > 0 &&
      (outputs.length > 1
        ? targets.every((t) => Number.isInteger(t) && t >= 0 && t < outputs.length)
        : two);
    this.targets =
      this.isClassifier && outputs.length === 1 ? targets.map((t) => Number(t > 0)) : targets;
    const probability = graph.sign(outputs[0]) === "sigmoid";
    const average = targets.reduce((sum, t) => sum + t, 0) / (targets.length || 1);
    this.middle = !this.isClassifier ? average : probability ? 0.5 : 0;
    this.nodes = this.between();
  }

  // Only what lies between the inputs and the outputs has to be computed for each point.
  private between(): number[] {
    const { inputs, outputs } = this.examples;
    const after = new Set(inputs);
    const before = new Set(outputs);
    this.graph.parents.forEach((parents, i) => {
      if (parents.some((p) => after.has(p))) after.add(i);
    });
    for (let i = this.graph.size - 1; i >= 0; i--) {
      if (before.has(i)) for (const p of this.graph.parents[i]) before.add(p);
    }
    return [...after].filter((i) => before.has(i) && !inputs.includes(i)).sort((a, b) => a - b);
  }

  // The outputs at a point; ``scratch`` holds the parameters, and is written to.
  outputs(point: number[], scratch: Float64Array): number[] {
    point.forEach((x, i) => {
      scratch[this.examples.inputs[i]] = x;
    });
    this.graph.forwardThrough(this.nodes, scratch);
    return this.examples.outputs.map((node) => scratch[node]);
  }

  predict(point: number[], scratch: Float64Array): Prediction {
    const outputs = this.outputs(point, scratch);
    const scores =
      outputs.length > 1 ? outputs : [this.middle - outputs[0], outputs[0] - this.middle];
    const best = scores.indexOf(Math.max(...scores));
    const margins = scores.map((s, k) => s - Math.max(...scores.filter((_, j) => j !== k)));
    return { margins: outputs.length > 1 ? margins : scores, best: Math.max(0, best) };
  }

  colourOf(example: number): number {
    return this.isClassifier ? this.targets[example] : Number(this.targets[example] > this.middle);
  }

  // The share of the examples that get their own class; null where there are no classes.
  accuracy(data: Float64Array): number | null {
    if (!this.isClassifier) return null;
    const scratch = data.slice();
    const right = this.points.filter((p, n) => this.predict(p, scratch).best === this.targets[n]);
    return right.length / this.points.length;
  }
}
