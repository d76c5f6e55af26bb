// The keys that work everywhere on the page; those of the graph are in gestures.ts.
import type { Picture } from "./picture";
import type { Store } from "./store";
import { PHASES } from "./timeline";

export const KEYS: [string, string][] = [
  [". and ,", "one step on, one step back (also → and ← outside the graph)"],
  ["space", "play, pause"],
  ["1 2 3", "to the forward pass, the order, backward"],
  ["o", "skip the order, or show it again"],
  ["Home, End", "to the first step, to the last"],
  ["arrow keys in the graph", "select: ← a parent, → a child, ↑ ↓ above and below"],
  ["Enter", "edit the selected leaf, unfold the selected box"],
  ["f", "fold what the selected value is in, unfold a box"],
  ["Shift + arrow keys", "move the picture"],
  ["+ − 0", "closer, further, everything"],
  ["p", "predict: say what comes next before it is shown"],
  ["/", "search"],
  ["d", "dark or light"],
  ["?", "this list; Esc closes it"],
];

export function pressed(
  e: KeyboardEvent,
  store: Store,
  picture: Picture | null,
  page: HTMLElement,
  help: HTMLDialogElement | null,
): void {
  const target = e.target as HTMLElement;
  if (e.ctrlKey || e.metaKey || e.altKey || help?.open || e.defaultPrevented) return;
  const typing = target.matches("input:not([type=range]):not([type=checkbox]), textarea, select");
  if (typing) return;
  const onButton = target.matches("button, input[type=checkbox]");
  const onSlider = target.matches("input[type=range]");
  const acts: Record<string, () => void> = {
    ".": () => store.advance(1),
    ",": () => store.advance(-1),
    "+": () => picture?.zoom(1.25),
    "=": () => picture?.zoom(1.25),
    "-": () => picture?.zoom(0.8),
    "0": () => picture?.fit(),
    "/": () => page.querySelector<HTMLInputElement>(".mg-search input")?.focus(),
    "?": () => help?.showModal(),
    o: () => store.setOrder(!store.withOrder.value),
    p: () => {
      store.predicting.value = !store.predicting.value;
    },
    d: () => {
      store.theme.value = isDark(page) ? "light" : "dark";
    },
  };
  PHASES.forEach((phase, i) => {
    acts[String(i + 1)] = () => store.goToPhase(phase);
  });
  if (!onButton)
    acts[" "] = () => {
      store.playing.value = !store.playing.value;
    };
  if (!onSlider) {
    acts.ArrowRight = acts["."];
    acts.ArrowLeft = acts[","];
    acts.Home = () => store.goTo(0);
    acts.End = () => store.goTo(store.timeline.value.length);
  }
  const act = acts[e.key];
  if (!act) return;
  e.preventDefault();
  act();
}

function isDark(page: HTMLElement): boolean {
  const theme = page.dataset.theme;
  return theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}
