// Everything that changes on the page, and what follows from it.
import { batch, computed, signal } from "@preact/signals";
import { Alignment, Code, type Grain } from "./code";
import { groupKey, Tree } from "./arrange";
import type { Group } from "./scene";
import { same } from "./format";
import { Graph } from "./graph";
import { type Bugs, Partials, type Phase, Timeline } from "./timeline";
import { Trainer } from "./trainer";
import type { HistoryData, Num, PageData, Rules } from "./types";

export interface Change {
  node: number;
  from: number;
  to: number;
  predicted: number;
  actual: number;
  held: number; // a value that should have followed, and that only its maker can compute; or -1
}

export interface Quiz {
  node: number;
  answer: string;
  verdict: "open" | "right" | "wrong" | "shown";
}

export type Store = ReturnType<typeof createStore>;

// What to select at first: the named leaf with the most uses, where there is little to choose from.
function interesting(graph: Graph): string | null {
  let best = -1;
  graph.labels.forEach((label, n) => {
    if (!label || !graph.isLeaf(n)) return;
    if (best < 0 || graph.children[n].length > graph.children[best].length) best = n;
  });
  return best < 0 || graph.size > 40 ? null : `n${best}`;
}

// The first recorded step with half of the loss's fall behind it: something has happened, and more
// is to come.
function turningPoint({ curves, steps }: HistoryData): number {
  const loss = curves.find((curve) => curve.name === "loss");
  const values = loss?.values.map(Number) ?? [];
  const half = (values[0] + Math.min(...values)) / 2;
  const at = loss?.steps[values.findIndex((x) => x <= half)] ?? 0;
  const found = steps.findIndex((s) => s >= at);
  return at > 0 && found >= 0 ? found : steps.length - 1;
}

// Put numbers in the places that they have, and return these places.
function overwrite(grad: Float64Array, numbers: Record<string, Num> = {}): number[] {
  for (const [node, x] of Object.entries(numbers)) grad[Number(node)] = Number(x);
  return Object.keys(numbers).map(Number);
}

export function createStore(page: PageData, rules: Rules) {
  const graph = new Graph(page.graph, rules);
  const tree = new Tree(page.picture, graph);
  const original = graph.start();

  const data = signal(original.slice());
  const root = signal(graph.roots[graph.roots.length - 1]);
  const bugs = signal<Bugs>({ assign: false, twice: false, naive: false });
  const playing = signal(false);
  const speed = signal(1);
  const selected = signal<string | null>(interesting(graph));
  const open = signal(new Set(tree.groups.filter((g) => !g.foldedAtFirst).map((g) => g.id)));
  const change = signal<Change | null>(null);
  const quiz = signal<Quiz | null>(null);
  const score = signal({ right: 0, asked: 0 });
  const level = signal(1); // of the questions
  const predicting = signal(false);
  const predicted = signal({ right: 0, asked: 0 });
  const theme = signal<"auto" | "light" | "dark">("auto");
  const told = signal(""); // for screen readers
  const trainer = page.trainer ? new Trainer(graph, page.trainer) : null;
  const losses = signal<number[]>([]); // of the steps that the page took itself
  const snapshot = signal(page.history ? turningPoint(page.history) : 0);

  const step = signal(0);
  const code = page.code ? new Code(page.code) : null;
  const withOrder = signal(true);
  const timeline = computed(
    () => new Timeline(graph, root.value, bugs.value, code?.told, withOrder.value),
  );
  // The line that runs. Steps and lines go together; between two steps there are lines to choose from.
  const grain = signal<Grain>(code && !code.told.made.length ? "line" : "step");
  const chosen = signal(-1);
  const alignment = computed(() => (code ? new Alignment(code, timeline.value.keys()) : null));
  const moment = computed(() => {
    if (!alignment.value) return -1;
    const isHere = chosen.value >= 0 && alignment.value.step(chosen.value) === step.value;
    return isHere ? chosen.value : alignment.value.moment(step.value);
  });
  const partials = computed(() => new Partials(graph, data.value));
  const current = computed(() => timeline.value.at(step.value));
  const phase = computed(() => timeline.value.phaseOf(step.value));
  const known = computed(() => timeline.value.computed(step.value));
  const broken = computed(() => Object.values(bugs.value).some(Boolean));
  // A learner's graph is shown as their backward left it; a step back shows how it should go.
  const { yours, right: ofAll = {} } = page.graph;
  const corrected = Object.fromEntries(
    Object.entries(ofAll).filter(([node]) => !graph.isConstant(Number(node))),
  );
  const asLeft = computed(
    () =>
      yours !== undefined &&
      !broken.value &&
      !edited.value.length &&
      root.value === graph.roots[graph.roots.length - 1] &&
      step.value === timeline.value.length,
  );
  const gradients = computed(() => {
    const played = timeline.value.play(step.value, partials.value);
    if (asLeft.value) overwrite(played.grad, yours).forEach((node) => (played.reached[node] = 1));
    return played;
  });
  const right = computed(() => {
    const clean = new Timeline(
      graph,
      root.value,
      { assign: false, twice: false, naive: false },
      code?.told && { ...code.told, assigned: new Set<string>(), added: [] },
    );
    const played = clean.play(clean.length, partials.value);
    if (asLeft.value) {
      overwrite(played.grad, yours);
      overwrite(played.grad, corrected);
    }
    return played;
  });
  const wrong = computed(() => {
    const marked = new Set<number>();
    if (asLeft.value) return new Set(Object.keys(corrected).map(Number));
    if (!broken.value && !timeline.value.mayBeWrong) return marked;
    for (const node of timeline.value.order) {
      if (!timeline.value.isSettled(node, step.value)) continue;
      if (!same(gradients.value.grad[node], right.value.grad[node])) marked.add(node);
    }
    return marked;
  });
  // While the order is being built: who has a place in it, and who was visited.
  const ordering = computed(() =>
    phase.value === "order" ? timeline.value.ordering(step.value) : null,
  );
  const scene = computed(() => tree.scene(open.value));
  const selectedNode = computed(() => {
    const key = selected.value;
    return key?.startsWith("n") ? Number(key.slice(1)) : -1;
  });
  const edited = computed(() =>
    graph.labels
      .map((_, i) => i)
      .filter((i) => graph.isLeaf(i) && !Object.is(data.value[i], original[i])),
  );

  // with a history the story is training, and of a learner's graph what their backward left
  if (page.history || page.trainer || yours) step.value = timeline.value.length;

  // Another output to run backward from.
  const setRoot = (node: number) =>
    keepingPlace(() => {
      root.value = node;
    });

  // Whether the making of the order is part of the story.
  const setOrder = (isShown: boolean) => {
    const wasOrder = phase.value === "order";
    keepingPlace(() => {
      withOrder.value = isShown;
    });
    if (wasOrder && !isShown) goToPhase("backward");
  };

  const goTo = (to: number) => {
    step.value = Math.min(timeline.value.length, Math.max(0, Math.round(to)));
  };

  // One step on or back, or one line where lines are shown.
  const advance = (by: 1 | -1) => {
    if (!code || !alignment.value || grain.value === "step") {
      goTo(step.value + by);
      return;
    }
    const next = code.beside(moment.value, by, grain.value);
    const to = alignment.value.step(next);
    batch(() => {
      chosen.value = next;
      goTo(to);
    });
  };
  const isAtEnd = () =>
    code && grain.value !== "step"
      ? code.isLast(moment.value, grain.value)
      : step.value >= timeline.value.length;

  // Keep the place in the story when its length changes: the same phase, the same share of it.
  // In a batch, so that nobody sees the new story at the old step, which may be past its end.
  const keepingPlace = (act: () => void) =>
    batch(() => {
      const before = timeline.value;
      const was = before.phaseOf(step.value);
      const end = step.value >= before.length;
      act();
      const after = timeline.value;
      if (end) step.value = after.length;
      else if (was === "backward")
        step.value = Math.min(after.length, step.value - before.ends.order + after.ends.order);
      else step.value = Math.min(step.value, after.length);
    });

  const setLeaf = (
    node: number,
    x: number,
    before = data.value, // what the change is compared with, and the gradient there
    slope = right.value.grad[node],
  ) => {
    if (Object.is(data.value[node], x)) return;
    const next = before.slice();
    next[node] = x;
    graph.forward(next);
    data.value = next;
    const actual = next[root.value] - before[root.value];
    change.value = {
      node,
      from: before[node],
      to: x,
      predicted: slope * (x - before[node]),
      actual,
      held: graph.heldBehind(node),
    };
  };

  // Change a leaf step by step, always compared with where it began.
  const dragLeaf = (node: number) => {
    const before = data.value;
    const slope = right.value.grad[node];
    return (by: number) => {
      const unit = 10 ** Math.floor(Math.log10(Math.max(Math.abs(before[node]), 1))) / 100;
      const x = Math.round((before[node] + by * unit) * 1e6) / 1e6;
      setLeaf(node, x, before, slope);
    };
  };

  // Take over several leaves at once, with no prediction: from Python, or from training.
  const setLeaves = (leaves: Iterable<[number, number]>) => {
    const next = data.value.slice();
    for (const [node, x] of leaves) next[node] = x;
    data.value = graph.forward(next);
    change.value = null;
  };

  const setOpen = (group: Group, isOpen: boolean) => {
    const next = new Set(open.value);
    if (isOpen) next.add(group.id);
    else next.delete(group.id);
    open.value = next;
    if (!isOpen && selected.value && !scene.value.boxes.has(selected.value))
      selected.value = groupKey(group);
  };

  const setAllOpen = (isOpen: boolean) => {
    const all = isOpen ? tree.groups : [tree.root];
    open.value = new Set(all.map((g) => g.id));
  };

  // Show a node, whatever it is folded into.
  const reveal = (node: number) => {
    const around = tree.around(node);
    if (around.some((g) => !open.value.has(g.id))) {
      open.value = new Set([...open.value, ...around.map((g) => g.id)]);
    }
    selected.value = `n${node}`;
  };

  const hidden = (node: number) =>
    quiz.value?.node === node && quiz.value.verdict !== "right" && quiz.value.verdict !== "shown";

  const goToPhase = (to: Phase, end = false) => {
    const { ends } = timeline.value;
    const first = to === "forward" ? 0 : to === "order" ? ends.forward : ends.order;
    goTo(end ? ends[to] : first + 1);
  };

  return {
    page,
    graph,
    tree,
    original,
    data,
    root,
    setRoot,
    bugs,
    step,
    playing,
    speed,
    selected,
    open,
    change,
    quiz,
    score,
    level,
    predicting,
    predicted,
    theme,
    told,
    snapshot,
    timeline,
    partials,
    current,
    phase,
    known,
    ordering,
    gradients,
    right,
    asLeft,
    broken,
    wrong,
    scene,
    selectedNode,
    edited,
    code,
    withOrder,
    setOrder,
    grain,
    chosen,
    moment,
    alignment,
    goTo,
    advance,
    isAtEnd,
    keepingPlace,
    setLeaf,
    dragLeaf,
    setLeaves,
    trainer,
    losses,
    setOpen,
    setAllOpen,
    reveal,
    hidden,
    goToPhase,
  };
}
