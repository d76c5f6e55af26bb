// What Python writes into the page. Lists are indexed by node, parents before children.

export type Num = number | "NaN" | "Infinity" | "-Infinity";

export interface OpData {
  key: string;
  name: string;
  symbol: string;
  sign: string; // what stands for it in a picture
}

export interface GraphData {
  ops: OpData[];
  op: number[]; // into ops; -1 for a leaf
  parents: number[][]; // one entry per use
  labels: Record<string, string>;
  data: Record<string, Num>; // of leaves, and of values that the page cannot compute
  grads: Record<string, Num>; // what Python held, where not 0
  frozen: Record<string, Num[]>; // partials of values with a hand-set _backward
  roots: number[];
  yours?: Record<string, Num>; // of a learner's graph: all gradients, as their backward left them
  right?: Record<string, Num>; // and the right ones, where those are wrong
}

export interface TreeData {
  label: string;
  kind: "graph" | "module" | "use" | "sum" | "class" | "loop" | "range";
  folded: boolean;
  items: (number | TreeData)[];
  shape?: number; // without one the items are a grid
}

export interface ShapeData {
  size: [number, number];
  at: number[]; // x, y of each item's centre
  routes: [number, number, number[]][]; // from, to, x, y of the points between
}

export interface PictureData {
  sizes: Record<"value" | "leaf" | "number" | "group", [number, number]>;
  gap: [number, number];
  tree: TreeData;
  shapes: ShapeData[];
}

// What a model puts out over its inputs is drawn with these.
export interface ExamplesData {
  inputs: number[]; // the nodes of the model's inputs
  outputs: number[]; // the nodes of the model's outputs
  points: Num[][]; // inputs of the examples, for the picture of the boundary
  targets: Num[];
}

export interface HistoryData extends ExamplesData {
  steps: number[]; // the training step of each snapshot
  parameters: number[]; // nodes
  values: Num[][]; // one row of parameters per snapshot
  curves: { name: string; steps: number[]; values: Num[] }[];
}

// Nodes, and what is put into them: the loss is that of one example.
export interface TrainerData {
  parameters: number[];
  inputs: number[];
  targets: number[];
  outputs: number[]; // of the model; empty where they are not to be found
  loss: number;
  points: Num[][]; // of each example, the numbers of the inputs
  wanted: Num[][]; // and of the targets
}

// A recorded run of the reader's code. No number of a value is in it: the page fills them in.
export type Act =
  | ["made" | "visit" | "again" | "append" | "seed", number] // what a line did, to which node
  // the node whose backward it was, and which of its arguments: += on its gradient, or = only
  | ["add" | "set", number, number];

export type Thing =
  // what a name holds
  | { node: number }
  | { data: number } // a plain number, which is the data of that node
  | { number: Num }
  | { text: string }
  | { around: "[]" | "()" | "{}"; items: number[]; more: number } // things; so many before them
  | { closure: string; fields: number[] } // name, thing, ...: what a function captured
  | { object: string; fields: number[] };

export interface FunctionData {
  name: string;
  file: number;
  line: number;
  kind: "" | "init" | "comprehension";
  arguments: string[];
  captured: string[];
}

export interface CodeData {
  files: { name: string; text: string }[];
  functions: FunctionData[];
  frames: [fn: number, caller: number][]; // one for each call; the caller is a frame, or -1
  names: string[];
  things: Thing[];
  // a line that has run, or has just called another frame; what names hold since: name, thing, ...
  moments: [frame: number, line: number, calls: 0 | 1, changed: number[], acts: Act[]][];
  // how gradients went on: a value passed on what it had, or what came last, down each path by
  // itself; "" where the acts do not lead to the gradients that were left
  way: "kept" | "passed" | "";
}

export interface PageData {
  title: string;
  note: string;
  graph: GraphData;
  picture: PictureData;
  show: { latex: string; python: string; explain: string; missing: string };
  history?: HistoryData;
  trainer?: TrainerData;
  code?: CodeData;
}

export interface Rule {
  value: (x: number[]) => number;
  partials: (x: number[], out: number) => number[];
}
export type Rules = Record<string, Rule>;
export type Library = Record<string, (...x: number[]) => number>;
