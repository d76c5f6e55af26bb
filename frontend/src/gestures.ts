// Mouse, touch and keys in the graph.
import { groupKey } from "./arrange";
import type { Box, Scene } from "./scene";
import type { Store } from "./store";

// What gestures do to the picture.
interface View {
  zoom(factor: number, px?: number, py?: number): void;
  pan(dx: number, dy: number): void;
  show(key: string): void;
  at(px: number, py: number): string | undefined;
  approach(key: string): void;
}

export function listen(host: HTMLElement, picture: View, store: Store): () => void {
  const stops: (() => void)[] = [];
  let from: [number, number] | null = null;
  let moved = false;
  let drag: ((by: number) => void) | null = null; // of a leaf: its number follows
  let start = 0;
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    act: (e: HTMLElementEventMap[K]) => void,
    options?: AddEventListenerOptions,
  ) => {
    host.addEventListener(type, act, options);
    stops.push(() => host.removeEventListener(type, act, options));
  };
  const pointers = new Map<number, [number, number]>();
  let spread = 0;
  on("pointerdown", (e) => {
    if (e.button !== 0) return;
    pointers.set(e.pointerId, [e.clientX, e.clientY]);
    from = [e.clientX, e.clientY];
    moved = false;
    start = e.clientX;
    const leaf = leafAt(e.target as SVGElement, store);
    drag = leaf < 0 ? null : store.dragLeaf(leaf);
    if (leaf >= 0) store.selected.value = `n${leaf}`;
  });
  on("pointermove", (e) => {
    if (!pointers.has(e.pointerId)) return;
    pointers.set(e.pointerId, [e.clientX, e.clientY]);
    if (pointers.size === 2) {
      drag = null;
      const [a, b] = [...pointers.values()];
      const now = Math.hypot(a[0] - b[0], a[1] - b[1]);
      const { left, top } = host.getBoundingClientRect();
      if (spread) picture.zoom(now / spread, (a[0] + b[0]) / 2 - left, (a[1] + b[1]) / 2 - top);
      spread = now;
      moved = true;
      return;
    }
    if (!from) return;
    const [dx, dy] = [e.clientX - from[0], e.clientY - from[1]];
    if (!moved && Math.hypot(dx, dy) < 4) return;
    if (!moved) host.setPointerCapture(e.pointerId);
    moved = true;
    if (drag) {
      drag(Math.round((e.clientX - start) / 2));
      return;
    }
    host.classList.add("mg-grabbing");
    picture.pan(dx, dy);
    from = [e.clientX, e.clientY];
  });
  const release = (e: PointerEvent) => {
    pointers.delete(e.pointerId);
    spread = 0;
    from = null;
    drag = null;
    host.classList.remove("mg-grabbing");
  };
  on("pointerup", release);
  on("pointercancel", release);
  on("click", (e) => {
    if (moved) return;
    const target = e.target as SVGElement;
    const { left, top } = host.getBoundingClientRect();
    const key =
      target.closest<SVGGElement>("[data-key]")?.dataset.key ??
      picture.at(e.clientX - left, e.clientY - top);
    const box = key ? store.scene.value.boxes.get(key) : undefined;
    if (!box) store.selected.value = null;
    else if (box.group && box.open) {
      if (target.dataset.fold) store.setOpen(box.group, false);
    } else {
      store.selected.value = box.key;
      if (box.group) store.setOpen(box.group, true);
      picture.approach(box.key);
    }
  });
  on(
    "wheel",
    (e) => {
      e.preventDefault();
      const { left, top } = host.getBoundingClientRect();
      if (e.ctrlKey || e.metaKey || (e.deltaMode === 0 && Math.abs(e.deltaX) < 1 && !e.shiftKey)) {
        picture.zoom(Math.exp(-e.deltaY * 0.0016), e.clientX - left, e.clientY - top);
      } else picture.pan(-e.deltaX - (e.shiftKey ? e.deltaY : 0), e.shiftKey ? 0 : -e.deltaY);
    },
    { passive: false },
  );
  on("keydown", (e) => pressed(e, host, picture, store));
  return () => {
    for (const stop of stops) stop();
  };
}

// The leaf under the pointer whose number can be changed, or -1.
function leafAt(target: SVGElement, store: Store): number {
  const key = target.closest<SVGGElement>(".mg-leaf[data-key]")?.dataset.key ?? "";
  const node = key.startsWith("n") ? Number(key.slice(1)) : -1;
  return node >= 0 && store.graph.isLeaf(node) ? node : -1;
}

function pressed(e: KeyboardEvent, host: HTMLElement, picture: View, store: Store): void {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const arrows = {
    ArrowLeft: "left",
    ArrowRight: "right",
    ArrowUp: "up",
    ArrowDown: "down",
  } as const;
  const direction = arrows[e.key as keyof typeof arrows];
  const selected = store.selected.value;
  const box = selected ? store.scene.value.boxes.get(selected) : undefined;
  if (direction && e.shiftKey) {
    const [dx, dy] = { left: [80, 0], right: [-80, 0], up: [0, 80], down: [0, -80] }[direction];
    picture.pan(dx, dy);
  } else if (direction) {
    const root = store.tree.shown(store.root.value, store.open.value);
    const next = box ? neighbour(store.scene.value, box, direction) : root;
    if (next) {
      store.selected.value = next;
      picture.show(next);
    }
  } else if ((e.key === "Enter" || e.key === "f") && box?.group)
    store.setOpen(box.group, !box.open);
  else if (e.key === "Enter" && box && store.graph.isLeaf(box.node)) {
    const root = host.closest(".mg-root-element");
    root?.querySelector<HTMLInputElement>(".mg-leaf-input")?.focus();
  } else if (e.key === "f" && box) {
    const inside = store.tree.around(box.node)[0];
    if (inside) {
      store.selected.value = groupKey(inside);
      store.setOpen(inside, false);
    }
  } else return;
  e.preventDefault();
  e.stopPropagation();
}

// The box to go to: parents are to the left, children to the right; of an open frame, what is in it.
function neighbour(
  scene: Scene,
  from: Box,
  direction: "left" | "right" | "up" | "down",
): string | null {
  const closed = [...scene.boxes.values()].filter((b) => !b.open && b !== from);
  let candidates = closed;
  if (from.open) {
    candidates = closed.filter(
      (b) => Math.abs(b.x - from.x) < from.w / 2 && Math.abs(b.y - from.y) < from.h / 2,
    );
  } else if (direction === "left")
    candidates = closed.filter((b) => joined(scene, b.key, from.key));
  else if (direction === "right") candidates = closed.filter((b) => joined(scene, from.key, b.key));
  const distance = (b: Box) => {
    const [dx, dy] = [b.x - from.x, b.y - from.y];
    if (direction === "left" || direction === "right") return Math.abs(dx) + 2.5 * Math.abs(dy);
    const along = direction === "up" ? -dy : dy;
    return along < 8 && !from.open
      ? Number.POSITIVE_INFINITY
      : Math.abs(along) + 2.5 * Math.abs(dx);
  };
  const [best] = candidates
    .filter((b) => distance(b) < Number.POSITIVE_INFINITY)
    .sort((a, b) => distance(a) - distance(b));
  return best?.key ?? null;
}

const joined = (scene: Scene, from: string, to: string) =>
  scene.edges.some((e) => e.from === from && e.to === to);
