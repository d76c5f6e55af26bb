// The state in the address, so that a link to a page opens at the same place.
import { effect } from "@preact/signals";
import type { Store } from "./store";
import type { Bugs } from "./timeline";

const EDITS = 12; // more would make the address unreadable

export function restore(store: Store, hash: string): void {
  const state = new URLSearchParams(hash.replace(/^#/, ""));
  const whole = (name: string) => {
    const text = state.get(name);
    return text !== null && /^\d+$/.test(text) ? Number(text) : null;
  };
  const root = whole("from");
  if (root !== null && root < store.graph.size) store.root.value = root;
  for (const edit of state.getAll("set")) {
    const [node, x] = edit.split(":").map(Number);
    if (store.graph.isLeaf(node) && x === x) store.setLeaves([[node, x]]);
  }
  const bugs = { ...store.bugs.value };
  for (const bug of (state.get("break") ?? "").split(","))
    if (bug in bugs) bugs[bug as keyof Bugs] = true;
  store.bugs.value = bugs;
  const node = whole("value");
  if (node !== null && node < store.graph.size) store.reveal(node);
  if (state.get("order") === "skipped") store.withOrder.value = false;
  const lines = state.get("lines");
  if (store.code && (lines === "line" || lines === "all")) store.grain.value = lines;
  const step = whole("step");
  if (step !== null) store.goTo(step);
  const at = whole("training");
  if (at !== null && store.page.history && at < store.page.history.steps.length)
    store.snapshot.value = at;
  const theme = state.get("theme");
  if (theme === "dark" || theme === "light") store.theme.value = theme;
}

export function remember(store: Store): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    const state = new URLSearchParams();
    if (store.step.value) state.set("step", String(store.step.value));
    if (store.root.value !== store.graph.roots[store.graph.roots.length - 1])
      state.set("from", String(store.root.value));
    if (store.selectedNode.value >= 0) state.set("value", String(store.selectedNode.value));
    const bugs = Object.entries(store.bugs.value)
      .filter(([, on]) => on)
      .map(([bug]) => bug);
    if (bugs.length) state.set("break", bugs.join(","));
    if (!store.withOrder.value) state.set("order", "skipped");
    if (store.grain.value !== "step") state.set("lines", store.grain.value);
    if (store.page.history) state.set("training", String(store.snapshot.value));
    else if (store.edited.value.length <= EDITS) {
      for (const n of store.edited.value) state.append("set", `${n}:${store.data.value[n]}`);
    }
    if (store.theme.value !== "auto") state.set("theme", store.theme.value);
    clearTimeout(waiting);
    // not at once: browsers limit how often the address may change
    waiting = setTimeout(() => write(state.toString()), 200);
  });
  return () => {
    clearTimeout(waiting);
    stop();
  };
}

function write(state: string): void {
  try {
    history.replaceState(null, "", state ? `#${state}` : location.pathname + location.search);
  } catch {
    // a page inside a frame without an address of its own has nothing to remember in
  }
}
