// One line for each use, with its local derivative.
import type { Edge } from "./scene";
import type { Store } from "./store";
import { type Detail, fitted, svg } from "./svg";

export interface DrawnEdge {
  edge: Edge;
  element: SVGGElement;
  line: SVGPathElement;
  shownPath?: string;
  pill?: SVGGElement;
  text?: SVGTextElement;
  shown?: string;
  shownClass?: string;
}

export function drawEdge(
  edge: Edge,
  detail: Detail,
  store: Store,
  others: Map<Edge, DrawnEdge>,
  layers: { edges: Element; pills: Element },
): DrawnEdge {
  const element = svg("g", { class: "mg-edge" }, layers.edges);
  const line = svg("path", {}, element);
  const drawn: DrawnEdge = { edge, element, line };
  if (!edge.label || (edge.node < 0 && (edge.count === 1 || edge.far))) return drawn;
  if (!hasRoom(edge, detail, store, others)) return drawn;
  const [x, y] = edge.label;
  drawn.pill = svg("g", { class: "mg-pill", transform: `translate(${x} ${y})` }, layers.pills);
  const half = detail === "small" ? 14 : 11;
  svg("rect", { x: -30, y: -half, width: 60, height: 2 * half, rx: half }, drawn.pill);
  drawn.text = svg(
    "text",
    { y: detail === "small" ? 6.5 : 4.5, "text-anchor": "middle" },
    drawn.pill,
  );
  return drawn;
}

// Many edges into one sum come too close together for a label each.
function hasRoom(edge: Edge, detail: Detail, store: Store, others: Map<Edge, DrawnEdge>): boolean {
  if (!edge.label || (edge.node >= 0 && store.graph.parents[edge.node].length <= 2)) return true;
  for (const other of others.values()) {
    if (!other.pill || !other.edge.label) continue;
    const [dx, dy] = [other.edge.label[0] - edge.label[0], other.edge.label[1] - edge.label[1]];
    if (Math.abs(dx) < 62 && Math.abs(dy) < (detail === "small" ? 28 : 21)) return false;
  }
  return true;
}

export function updateEdge(
  drawn: DrawnEdge,
  detail: Detail,
  store: Store,
  from: string,
  to: string,
): void {
  const selected = store.selected.value;
  const { edge } = drawn;
  const step = store.current.value;
  let name = edge.far ? "mg-edge mg-far" : "mg-edge";
  let text = edge.count > 1 ? `${edge.count.toLocaleString("en")}×` : "";
  if (edge.node >= 0) {
    const partial = store.partials.value.of(edge.node)[edge.slot];
    text =
      step.phase !== "backward"
        ? ""
        : detail === "small"
          ? fitted(partial, 5)
          : `∂ ${fitted(partial, 7)}`;
    if (
      step.phase === "backward" &&
      step.act === "add" &&
      step.node === edge.node &&
      step.slot === edge.slot
    )
      name += " mg-flow";
    if (step.phase === "forward" && step.node === edge.node) name += " mg-forward";
  } else if (from && edge.from === from && edge.to === to) name += " mg-flow";
  if (selected && (edge.from === selected || edge.to === selected)) name += " mg-near";
  if (drawn.shownClass !== name) {
    drawn.shownClass = name;
    drawn.element.setAttribute("class", name);
    drawn.pill?.setAttribute(
      "class",
      name.replace("mg-edge", edge.node >= 0 ? "mg-pill" : "mg-pill mg-many"),
    );
  }
  if (edge.far && !/mg-(flow|near|forward)/.test(name)) text = ""; // it would lie on something else
  if (drawn.text && drawn.shown !== text) {
    drawn.shown = drawn.text.textContent = text;
    const half = text.length * (detail === "small" ? 5.7 : 3.9) + 9;
    const rect = drawn.pill?.firstElementChild;
    rect?.setAttribute("x", String(-half));
    rect?.setAttribute("width", String(2 * half));
    (drawn.pill as SVGGElement).style.display = text ? "" : "none";
  }
}
