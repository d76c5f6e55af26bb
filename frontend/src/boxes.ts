// Values and groups as SVG: label, data and grad, with the op on the left.
import { HEADER } from "./arrange";
import type { Box } from "./scene";
import { OP_ROOM, opLeft, opText, opWidth } from "./curves";
import { shortened } from "./format";
import type { Store } from "./store";
import { type Detail, fitted, svg } from "./svg";

const ROOM = 6; // letters of a number in large letters, with the word before it

export interface Drawn {
  box: Box;
  element: SVGGElement;
  keys: SVGTextElement[]; // the words data and grad, where they are written out
  data?: SVGTextElement;
  grad?: SVGTextElement;
  badge?: SVGGElement;
  shownBadge?: string;
  shownData?: string;
  shownGrad?: string;
  shownClass?: string;
}

export function drawBox(
  box: Box,
  detail: Detail,
  store: Store,
  layers: { frames: Element; boxes: Element },
): Drawn {
  if (box.open) return drawFrame(box, detail, store, layers.frames);
  const element = svg(
    "g",
    { transform: `translate(${box.x - box.w / 2} ${box.y - box.h / 2})` },
    layers.boxes,
  );
  element.dataset.key = box.key;
  return box.group
    ? drawGroup(box, detail, store, element)
    : drawValue(box, detail, store, element);
}

function drawFrame(box: Box, detail: Detail, store: Store, layer: Element): Drawn {
  const element = svg(
    "g",
    { transform: `translate(${box.x - box.w / 2} ${box.y - box.h / 2})` },
    layer,
  );
  element.dataset.key = box.key;
  svg("rect", { class: "mg-frame", width: box.w, height: box.h, rx: 14 }, element);
  const room = Math.floor(box.w / (detail === "small" ? 14 : 9)) - 3;
  svg(
    "text",
    { class: "mg-frame-label", x: 40, y: 21 },
    element,
    shortened(store.tree.label(box), room),
  );
  svg("path", { class: "mg-fold", d: "M15 12h14v8h-14z M18 16h8" }, element);
  svg("title", {}, element, box.group?.label ?? "");
  const hit = svg("rect", { class: "mg-hit", width: box.w, height: HEADER, rx: 10 }, element);
  hit.dataset.fold = "1";
  return { box, element, keys: [] };
}

function drawGroup(box: Box, detail: Detail, store: Store, element: SVGGElement): Drawn {
  const group = box.group;
  svg(
    "rect",
    { class: "mg-stack", x: 6, y: -5, width: box.w - 12, height: box.h, rx: 12 },
    element,
  );
  svg("rect", { class: "mg-box", width: box.w, height: box.h, rx: 12 }, element);
  const drawn: Drawn = { box, element, keys: [] };
  const label = shortened(store.tree.label(box), detail === "small" ? 18 : 25);
  svg("text", { class: "mg-label", x: box.w / 2, y: 27, "text-anchor": "middle" }, element, label);
  svg("title", {}, element, group?.label ?? "");
  if (group && group.output >= 0) {
    drawn.data = svg("text", { class: "mg-data", x: 14, y: 50 }, element);
    drawn.grad = svg(
      "text",
      { class: "mg-grad", x: box.w - 34, y: 50, "text-anchor": "end" },
      element,
    );
  } else {
    const count = `${(group?.count ?? 0).toLocaleString("en")} values`;
    svg(
      "text",
      { class: "mg-count", x: box.w / 2, y: 48, "text-anchor": "middle" },
      element,
      count,
    );
  }
  svg("path", { class: "mg-fold", d: `M${box.w - 24} 40h10 M${box.w - 19} 35v10` }, element);
  return drawn;
}

function drawValue(box: Box, detail: Detail, store: Store, element: SVGGElement): Drawn {
  const { graph } = store;
  const leaf = graph.isLeaf(box.node);
  const left = leaf ? 0 : OP_ROOM;
  const w = box.w - left;
  if (!leaf) drawOp(box, store, element);
  svg("rect", { class: "mg-box", x: left, width: w, height: box.h, rx: 10 }, element);
  const drawn: Drawn = { box, element, keys: [] };
  const label = graph.labels[box.node];
  const small = detail === "small";
  const line = small ? 23 : 21;
  let y = small ? 22 : 24;
  if (label || !leaf) {
    const name = svg(
      "text",
      { class: label ? "mg-label" : "mg-label mg-auto", x: left + 11, y },
      element,
    );
    name.textContent = shortened(
      label ? store.tree.label(box) : graph.name(box.node),
      small ? 9 : 12,
    );
    y += line;
  }
  svg("title", {}, element, label || (leaf ? graph.name(box.node) : graph.expression(box.node)));
  const constant = graph.isConstant(box.node);
  if (constant) y = box.h / 2 + 5;
  const margin = small ? 8 : 11;
  drawn.keys.push(svg("text", { class: "mg-key", x: left + margin, y }, element, "data"));
  drawn.data = svg(
    "text",
    { class: "mg-data", x: left + w - 10, y, "text-anchor": "end" },
    element,
  );
  drawn.badge = svg("g", { class: "mg-badge", transform: `translate(${left} 0)` }, element);
  svg("circle", { r: 13 }, drawn.badge);
  svg("text", { y: 5, "text-anchor": "middle" }, drawn.badge);
  if (constant) return drawn;
  y += line;
  drawn.keys.push(svg("text", { class: "mg-key", x: left + margin, y }, element, "grad"));
  drawn.grad = svg(
    "text",
    { class: "mg-grad", x: left + w - 10, y, "text-anchor": "end" },
    element,
  );
  return drawn;
}

function drawOp(box: Box, store: Store, element: SVGGElement): void {
  const { graph } = store;
  const sign = graph.sign(box.node);
  const text = opText(sign);
  const w = opWidth(sign);
  const x = opLeft(sign);
  const y = box.h / 2;
  svg("path", { class: "mg-wire", d: `M${x + w} ${y}H${OP_ROOM}` }, element);
  svg("rect", { class: "mg-op", x, y: y - 18, width: w, height: 36, rx: 18 }, element);
  const size = text.length < 3 ? 20 : text.length < 6 ? 14 : text.length < 8 ? 11 : 9.5;
  const attributes = {
    class: "mg-symbol",
    x: x + w / 2,
    y: y + size * 0.35,
    "font-size": size,
    "text-anchor": "middle",
  };
  svg("text", attributes, element, text);
}

// Write what the present step shows; touch the document only where it differs.
export function updateBox(
  drawn: Drawn,
  detail: Detail,
  store: Store,
  lit: Set<string>,
  wrong: Set<string>,
): void {
  const selected = store.selected.value;
  const { box } = drawn;
  const step = store.current.value;
  const order = store.ordering.value;
  let name = box.open ? "mg-open" : box.group ? "mg-group" : "mg-value";
  if (box.key === selected) name += " mg-selected";
  if (lit.has(box.key)) name += ` mg-lit mg-lit-${step.phase}`;
  if (wrong.has(box.key)) name += " mg-wrong";
  const node = box.node >= 0 ? box.node : box.open ? -1 : (box.group?.output ?? -1);
  if (node >= 0) {
    const known = store.known.value[node] === 1;
    const letters = detail === "small" ? ROOM : 7;
    if (!known) name += " mg-unknown";
    if (store.graph.isLeaf(node)) name += " mg-leaf";
    if (node === store.root.value) name += " mg-root";
    const { grad, reached } = store.gradients.value;
    const data = known ? fitted(store.data.value[node], letters) : "";
    const hidden = store.hidden(node);
    const gradient = hidden ? "?" : reached[node] ? fitted(grad[node], letters) : "";
    if (hidden) name += " mg-asked";
    const place = order?.places.get(box.node);
    if (place !== undefined) name += " mg-listed";
    else if (order?.visited.has(box.node)) name += " mg-visited";
    const badge = place === undefined ? "" : String(place + 1);
    if (drawn.badge && drawn.shownBadge !== badge) {
      drawn.shownBadge = badge;
      (drawn.badge.lastElementChild as Element).textContent = badge;
      drawn.badge.style.display = badge ? "" : "none";
    }
    drawn.keys.forEach((key, i) => {
      const tooLong = detail === "small" && (i ? gradient : data).length > ROOM;
      const display = tooLong ? "none" : "";
      if (key.style.display !== display) key.style.display = display;
    });
    if (drawn.data && drawn.shownData !== data) drawn.data.textContent = drawn.shownData = data;
    if (drawn.grad && drawn.shownGrad !== gradient)
      drawn.grad.textContent = drawn.shownGrad = gradient;
  }
  if (drawn.shownClass !== name) {
    drawn.shownClass = name;
    drawn.element.setAttribute("class", name);
  }
}

// The right number, in red, beside what went wrong.
export function markWrong(
  wrong: Set<string>,
  boxes: Map<string, Drawn>,
  detail: Detail,
  store: Store,
  layer: Element,
): void {
  for (const old of layer.querySelectorAll(".mg-right")) old.remove();
  for (const key of wrong) {
    const drawn = boxes.get(key);
    if (!drawn || drawn.box.node < 0) continue;
    const { box } = drawn;
    const text = `right: ${fitted(store.right.value.grad[box.node], detail === "small" ? 6 : 8)}`;
    const g = svg(
      "g",
      { class: "mg-right", transform: `translate(${box.x + box.w / 2} ${box.y + box.h / 2 + 9})` },
      layer,
    );
    const w = text.length * (detail === "small" ? 11 : 7.6) + 18;
    svg("rect", { x: -w + 8, y: -10, width: w, height: 23, rx: 11.5 }, g);
    svg("text", { x: -w / 2 + 8, y: 6, "text-anchor": "middle" }, g, text);
  }
}
