// What is on the page: boxes, frames, and lines between them.
import type { ShapeData, TreeData } from "./types";

export interface Group {
  id: number;
  label: string;
  kind: TreeData["kind"];
  parent: Group | null;
  place: number; // in the parent's items
  items: (number | Group)[];
  shape: ShapeData | null;
  count: number; // nodes inside
  output: number; // the only node that others use, or -1
  foldedAtFirst: boolean;
}

export interface Box {
  key: string;
  node: number; // -1 for a group
  group: Group | null;
  open: boolean; // a frame around what is inside
  x: number; // the centre
  y: number;
  w: number;
  h: number;
}

export interface Edge {
  from: string;
  to: string;
  node: number; // the child, and which of its arguments; -1 between groups
  slot: number;
  count: number;
  far: boolean; // between boxes that are not side by side in one frame
  pieces: Piece[];
  points: [number, number][];
  label: [number, number] | null;
}

// Part of a line, from one column to the next: of a long one only what is in view is drawn.
export interface Piece {
  path: string;
  bounds: Bounds;
}

export type Bounds = [number, number, number, number]; // left, top, right, bottom

export interface Scene {
  boxes: Map<string, Box>;
  frames: Box[];
  edges: Edge[];
  width: number;
  height: number;
}
