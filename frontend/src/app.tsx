// The page: the graph, what is said about it on the right, and the steps below.
import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { CodePane } from "./codepane";
import { Inspector } from "./inspector";
import { KEYS, pressed } from "./keys";
import { BreakIt } from "./mistakes";
import { Picture } from "./picture";
import { QuizCard } from "./quiz";
import { Scrubber } from "./scrubber";
import { ShowAs } from "./showas";
import type { Store } from "./store";
import { TrainerPane } from "./trainerpane";
import { Training } from "./training";

export function App({ store }: { store: Store }) {
  const host = useRef<HTMLDivElement>(null);
  const picture = useRef<Picture | null>(null);
  const page = useRef<HTMLDivElement>(null);
  const help = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (!host.current) return;
    picture.current = new Picture(host.current, store);
    return () => picture.current?.stop();
  }, []);
  useSignalEffect(() => {
    const step = store.current.value;
    if (step.phase === "start") return;
    const node = step.phase === "backward" && step.act === "add" ? step.parent : step.node;
    picture.current?.follow(store.tree.shown(node, store.open.peek()));
  });
  useEffect(() => {
    const element = page.current;
    if (!element) return;
    const alone = document.getElementById("micrograd-explorer")?.contains(element);
    const target = alone ? document : element; // in a notebook other cells have keys of their own
    const onKey = (e: Event) =>
      pressed(e as KeyboardEvent, store, picture.current, element, help.current);
    target.addEventListener("keydown", onKey);
    return () => target.removeEventListener("keydown", onKey);
  }, []);
  const { history } = store.page;
  const trains = Boolean(history || store.trainer);
  return (
    <div class="mg-root-element" data-theme={store.theme.value} ref={page}>
      <Header store={store} picture={picture} onHelp={() => help.current?.showModal()} />
      <main class={`mg-main ${store.code ? "mg-with-code" : trains ? "mg-with-training" : ""}`}>
        <div class="mg-graph-area">
          <div
            ref={host}
            class="mg-graph"
            tabIndex={0}
            role="application"
            aria-roledescription="graph"
            aria-label="The graph. Arrow keys select: left a parent, right a child. Question mark lists all keys."
          />
          <div class="mg-zoom" role="group" aria-label="Zoom">
            <button
              type="button"
              aria-label="Closer"
              title="Closer (+)"
              onClick={() => picture.current?.zoom(1.25)}
            >
              +
            </button>
            <button
              type="button"
              aria-label="Further"
              title="Further (−)"
              onClick={() => picture.current?.zoom(0.8)}
            >
              −
            </button>
            <button
              type="button"
              aria-label="Fit"
              title="Everything (0)"
              onClick={() => picture.current?.fit()}
            >
              ⤢
            </button>
          </div>
          <Legend />
        </div>
        <aside class="mg-side" aria-label="About the graph">
          <Parts store={store} />
          {store.code && <CodePane store={store} code={store.code} />}
          {store.trainer && <TrainerPane store={store} trainer={store.trainer} />}
          {history && <Training store={store} history={history} />}
          <Inspector store={store} />
          <BreakIt store={store} />
          <QuizCard store={store} />
          <ShowAs store={store} />
        </aside>
      </main>
      <Scrubber store={store} />
      <Spoken store={store} />
      <dialog ref={help} class="mg-help" aria-labelledby="mg-help-title">
        <h2 id="mg-help-title">Keys</h2>
        <dl>
          {KEYS.map(([key, text]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <button type="button" onClick={() => help.current?.close()}>
          Close
        </button>
      </dialog>
    </div>
  );
}

function Header({
  store,
  picture,
  onHelp,
}: {
  store: Store;
  picture: { current: Picture | null };
  onHelp: () => void;
}) {
  const foldable = store.tree.groups.length > 1;
  const { theme } = store;
  const next = { auto: "dark", dark: "light", light: "auto" } as const;
  return (
    <header class="mg-header">
      <div class="mg-heading">
        <div class="mg-title-line">
          <h1 title={store.page.note}>{store.page.title}</h1>
          {store.page.note && <p class="mg-note">{store.page.note}</p>}
        </div>
        <p class="mg-lede">{firstSentence(store)}</p>
      </div>
      <span class="mg-grow" />
      {store.edited.value.length > 0 && !store.page.history && !store.trainer && (
        <button
          type="button"
          onClick={() => store.setLeaves(store.edited.value.map((n) => [n, store.original[n]]))}
        >
          Undo all edits
        </button>
      )}
      {store.graph.roots.length > 1 && (
        <label class="mg-from">
          Backward from{" "}
          <select
            value={String(store.root.value)}
            onChange={(e) => store.setRoot(Number(e.currentTarget.value))}
          >
            {[...new Set([...store.graph.roots, store.root.value])].map((n) => (
              <option value={String(n)} key={n}>
                {store.graph.name(n)}
              </option>
            ))}
          </select>
        </label>
      )}
      {foldable && (
        <>
          <button type="button" onClick={() => store.setAllOpen(false)}>
            Fold all
          </button>
          {store.graph.size <= 2000 && (
            <button type="button" onClick={() => store.setAllOpen(true)}>
              Unfold all
            </button>
          )}
        </>
      )}
      <Search store={store} picture={picture} />
      <button
        type="button"
        aria-label={`Colours: ${theme.value}`}
        title={`Colours: ${theme.value} (d)`}
        onClick={() => {
          theme.value = next[theme.value];
        }}
      >
        {theme.value === "auto" ? "◐" : theme.value === "dark" ? "☾" : "☀"}
      </button>
      <button type="button" aria-label="Keys" title="Keys (?)" onClick={onHelp}>
        ?
      </button>
    </header>
  );
}

// What the page is for.
function firstSentence({ page, graph, root, code, trainer }: Store): string {
  const out = graph.name(root.value);
  if (trainer) return "Press play: this page trains the model, and every number in it moves.";
  if (page.history) return "How a model learnt: move its slider, and graph and boundary go along.";
  if (page.graph.yours) return `The gradients as your backward left them, and the right ones.`;
  if (graph.isLeaf(root.value) && code) return "What the lines collect, one line at a time.";
  const beside = code ? ", beside the line of code that does it" : "";
  return `How ${out} is computed, and how fast it changes with every value: step by step${beside}.`;
}

// What stands beside the graph, to be found without scrolling.
function Parts({ store }: { store: Store }) {
  const parts: [string, string, boolean][] = [
    ["Code", "mg-code", store.code !== null],
    ["Train", "mg-train", store.trainer !== null],
    ["Training", "mg-training", store.page.history !== undefined],
    ["Value", "mg-value", true],
    ["Break it", "mg-break", true],
    ["Quiz", "mg-quiz", true],
    ["Show as", "mg-show", true],
  ];
  const go = (e: Event, name: string) => {
    const side = (e.currentTarget as HTMLElement).closest(".mg-side");
    const part = side?.querySelector<HTMLElement>(`.${name}-part`);
    part?.scrollIntoView({ block: "start" });
    part?.focus({ preventScroll: true });
  };
  return (
    <nav class="mg-parts" aria-label="Beside the graph">
      {parts.map(
        ([title, name, isThere]) =>
          isThere && (
            <button type="button" key={name} onClick={(e) => go(e, name)}>
              {title}
            </button>
          ),
      )}
    </nav>
  );
}

function Search({ store, picture }: { store: Store; picture: { current: Picture | null } }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const wanted = text.trim().toLowerCase();
  const found = wanted
    ? store.graph.labels.flatMap((label, node) =>
        (label || store.graph.name(node)).toLowerCase().includes(wanted) &&
        (label || !store.graph.isLeaf(node))
          ? [node]
          : [],
      )
    : [];
  found.sort((a, b) => Number(!store.graph.labels[a]) - Number(!store.graph.labels[b]) || a - b);
  const show = (n: number) => {
    if (!found.length) return;
    const place = ((n % found.length) + found.length) % found.length;
    setAt(place);
    store.reveal(found[place]);
    requestAnimationFrame(() => picture.current?.show(`n${found[place]}`, true));
  };
  return (
    <form
      class="mg-search"
      role="search"
      onSubmit={(e) => {
        e.preventDefault();
        show(at);
        setAt(at + 1);
      }}
    >
      <input
        type="search"
        aria-label="Search by label"
        placeholder="Search labels  ( / )"
        value={text}
        onInput={(e) => {
          setText(e.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(e) => {
          if (e.key === "Escape") {
            setText("");
            e.currentTarget.blur();
          }
        }}
      />
      <output class="mg-found">
        {wanted && (found.length ? `${found.length} found, Enter shows` : "none")}
      </output>
    </form>
  );
}

function Legend() {
  return (
    <ul class="mg-legend" aria-label="Colours">
      <li class="mg-t-data">data</li>
      <li class="mg-t-grad">grad</li>
      <li class="mg-t-local">local derivative</li>
    </ul>
  );
}

// What is selected, for those who do not see it.
function Spoken({ store }: { store: Store }) {
  const node = store.selectedNode.value;
  const key = store.selected.value;
  let text = "";
  if (node >= 0) {
    const { grad, reached } = store.gradients.value;
    const g = store.hidden(node) ? "hidden" : reached[node] ? grad[node] : "blank";
    text = `${store.graph.name(node)}, data ${store.data.value[node]}, grad ${g}`;
  } else if (key) text = store.tree.groups[Number(key.slice(1))].label;
  return (
    <p class="mg-sr" aria-live="polite">
      {text}
    </p>
  );
}
