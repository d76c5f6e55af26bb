// One gradient is hidden, and the reader works it out: from near the output, and further with luck.
import { batch } from "@preact/signals";
import { useState } from "preact/hooks";
import { agrees, ofGradient } from "./diagnosis";
import { number, parseNumber, refusal } from "./format";
import type { Store } from "./store";

const LEVELS = [1, 2, 4, 6, 9, 14]; // multiplications on all paths together, at most

export function QuizCard({ store }: { store: Store }) {
  const [text, setText] = useState("");
  const [refused, setRefused] = useState("");
  const [diagnosis, setDiagnosis] = useState("");
  const quiz = store.quiz.value;
  const write = (answer: string) => {
    setText(answer);
    setRefused("");
  };
  const ask = () => {
    const node = pick(store);
    if (node < 0) return;
    write("");
    batch(() => {
      store.bugs.value = { assign: false, twice: false, naive: false };
      store.quiz.value = { node, answer: "", verdict: "open" };
      store.goTo(store.timeline.value.ends.order + 1);
      store.reveal(node);
    });
  };
  const check = (e: Event) => {
    e.preventDefault();
    if (!quiz) return;
    const answer = parseNumber(text);
    if (answer === null) {
      setRefused(refusal(text));
      return;
    }
    const isRight = agrees(answer, store.right.value.grad[quiz.node]);
    if (quiz.verdict === "open") {
      const level = store.level.value + (isRight ? 1 : -1);
      store.level.value = Math.min(LEVELS.length - 1, Math.max(0, level));
      store.score.value = {
        right: store.score.value.right + Number(isRight),
        asked: store.score.value.asked + 1,
      };
    }
    store.quiz.value = { ...quiz, answer: text, verdict: isRight ? "right" : "wrong" };
    setDiagnosis(isRight ? "" : diagnosisOf(store, quiz.node, answer));
    if (isRight) store.goTo(store.timeline.value.length);
  };
  const showSteps = () => {
    if (!quiz) return;
    store.quiz.value = { ...quiz, verdict: "shown" };
    store.selected.value = `n${quiz.node}`;
    store.goTo(store.timeline.value.ends.order + 1);
    store.playing.value = true;
  };
  const name = quiz ? store.graph.name(quiz.node) : "";
  const out = store.graph.name(store.root.value);
  return (
    <section class="mg-card mg-quiz-part" tabIndex={-1}>
      <h2>
        Quiz{" "}
        {store.score.value.asked > 0 && (
          <span class="mg-kind">
            {store.score.value.right} of {store.score.value.asked} at first try
          </span>
        )}
      </h2>
      {quiz ? (
        <form onSubmit={check}>
          <label>
            What is <b>{name}.grad</b> after {out}.backward()?
            <span class="mg-row">
              <input
                class="mg-answer"
                inputMode="decimal"
                value={text}
                aria-invalid={Boolean(refused)}
                aria-describedby="mg-answer-said"
                onInput={(e) => write(e.currentTarget.value)}
              />
              <button type="submit">Check</button>
            </span>
          </label>
          <div role="status" id="mg-answer-said">
            {refused && <p class="mg-t-wrong">{refused}</p>}
            {quiz.verdict === "right" && (
              <p class="mg-t-ok">
                ✓ Right: {name}.grad is {number(store.right.value.grad[quiz.node])}
              </p>
            )}
            {quiz.verdict === "wrong" && !refused && (
              <p class="mg-t-wrong">
                ✗ {quiz.answer} is not it. {diagnosis}
              </p>
            )}
            {quiz.verdict === "shown" && (
              <p>Watch the ledger of {name}: the last line is the answer.</p>
            )}
          </div>
          <div class="mg-row">
            {quiz.verdict !== "right" && quiz.verdict !== "shown" && (
              <button type="button" onClick={showSteps}>
                Show the steps
              </button>
            )}
            <button type="button" onClick={ask}>
              Another
            </button>
            <button
              type="button"
              onClick={() => {
                store.quiz.value = null;
              }}
            >
              Stop
            </button>
          </div>
        </form>
      ) : (
        <>
          <p class="mg-muted">One gradient is hidden. You work it out.</p>
          <button type="button" onClick={ask}>
            Ask me
          </button>
        </>
      )}
    </section>
  );
}

// What is to be said about a wrong answer.
function diagnosisOf(store: Store, node: number, answer: number): string {
  const { graph, timeline, root } = store;
  const rows = timeline.value.ledger(timeline.value.length, node, store.partials.value);
  const found = ofGradient(answer, node, rows, graph, store.data.value);
  if (found) return found;
  const out = graph.name(root.value);
  return rows.length > 1
    ? `It is used ${rows.length} times: multiply along each path from ${out}, then add the paths.`
    : `Multiply the local derivatives along the path from ${out}.`;
}

// A value worth asking about, at the reader's level: not the output, and no bare constant.
function pick(store: Store): number {
  const { graph, root } = store;
  const work = multiplications(store);
  const asked = store.quiz.value?.node;
  const all = store.timeline.value.order.filter(
    (n) =>
      n !== root.value &&
      n !== asked &&
      !graph.isConstant(n) &&
      Number.isFinite(store.right.value.grad[n]),
  );
  if (!all.length) return -1;
  const most = LEVELS[store.level.value];
  const near = all.filter((n) => work[n] <= most);
  const least = Math.min(...all.map((n) => work[n]));
  const from = near.length ? near : all.filter((n) => work[n] === least);
  const hardest = Math.max(...from.map((n) => work[n]));
  const fitting = from.filter((n) => work[n] > hardest / 2);
  const twice = fitting.filter((n) => graph.children[n].length > 1);
  const choice = twice.length && Math.random() < 0.6 ? twice : fitting;
  return choice[Math.floor(Math.random() * choice.length)];
}

// How many local derivatives are to be multiplied by hand, on all paths from the output to a value.
function multiplications({ graph, timeline, root }: Store): Float64Array {
  const paths = new Float64Array(graph.size);
  const work = new Float64Array(graph.size);
  paths[root.value] = 1;
  for (const node of [...timeline.value.order].reverse()) {
    for (const parent of graph.parents[node]) {
      paths[parent] += paths[node];
      work[parent] += work[node] + paths[node];
    }
  }
  return work;
}
