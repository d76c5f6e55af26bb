// Learning by breaking, and by being asked.
import { batch } from "@preact/signals";
import { useState } from "preact/hooks";
import { number, parseNumber, refusal, same } from "./format";
import { Grad } from "./sentence";
import type { Store } from "./store";
import type { Bugs } from "./timeline";

const TOGGLES: { bug: keyof Bugs; title: string; text: string }[] = [
  { bug: "assign", title: "= instead of +=", text: "each contribution overwrites the one before" },
  { bug: "twice", title: "no zero_grad", text: "backward runs again on top of the old gradients" },
  {
    bug: "naive",
    title: "plain recursion",
    text: "no topological order: a value passes on what it has so far",
  },
];

export function BreakIt({ store }: { store: Store }) {
  const toggle = (bug: keyof Bugs) =>
    batch(() => {
      store.keepingPlace(() => {
        store.bugs.value = { ...store.bugs.value, [bug]: !store.bugs.value[bug] };
      });
      if (store.broken.value && store.phase.value !== "backward")
        store.goTo(store.timeline.value.length);
    });
  const wrong = [...store.wrong.value].filter((n) => !store.hidden(n));
  const done = store.step.value >= store.timeline.value.length;
  return (
    <section class="mg-card">
      <h2>Break it</h2>
      {TOGGLES.map(({ bug, title, text }) => (
        <label class="mg-toggle" key={bug}>
          <input type="checkbox" checked={store.bugs.value[bug]} onChange={() => toggle(bug)} />
          <span>
            <b>{title}</b>
            <small>{text}</small>
          </span>
        </label>
      ))}
      {store.broken.value && (
        <div role="status" class="mg-outcome">
          {wrong.length > 0 ? (
            <>
              <p class="mg-t-wrong">
                ✗ {wrong.length.toLocaleString("en")} wrong{" "}
                {wrong.length === 1 ? "gradient" : "gradients"}
              </p>
              <table>
                <thead>
                  <tr>
                    <th scope="col">value</th>
                    <th scope="col">broken</th>
                    <th scope="col">right</th>
                  </tr>
                </thead>
                <tbody>
                  {wrong.slice(0, 8).map((n) => (
                    <tr key={n}>
                      <td>
                        <button type="button" class="mg-link" onClick={() => store.reveal(n)}>
                          {store.graph.name(n)}
                        </button>
                      </td>
                      <td class="mg-t-wrong">{number(store.gradients.value.grad[n])}</td>
                      <td>
                        <Grad>{number(store.right.value.grad[n])}</Grad>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </>
          ) : done ? (
            <p>✓ Every gradient is right all the same: {luck(store)}</p>
          ) : (
            <p class="mg-muted">Step to the end to see what goes wrong.</p>
          )}
        </div>
      )}
    </section>
  );
}

function luck({ bugs, timeline, graph }: Store): string {
  const { assign, twice, naive } = bugs.value;
  const reused = timeline.value.reused();
  if (Number(assign) + Number(twice) + Number(naive) > 1) return "together they do no harm here.";
  if (twice) return "twice each leaf's gradient is the same number, as twice 0 is 0.";
  if (assign)
    return reused.length ? "what is overwritten adds up to 0." : "here no value is used twice.";
  return reused.some((n) => !graph.isLeaf(n))
    ? "what is passed on too often adds up to 0."
    : "here no computed value is used twice. Try d = a*b; e = d*d.";
}

export function QuizCard({ store }: { store: Store }) {
  const [text, setText] = useState("");
  const [refused, setRefused] = useState("");
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
    const truth = store.right.value.grad[quiz.node];
    const isRight = same(answer, truth) || Math.abs(answer - truth) <= 0.005 * Math.abs(truth);
    if (quiz.verdict === "open") {
      store.score.value = {
        right: store.score.value.right + Number(isRight),
        asked: store.score.value.asked + 1,
      };
    }
    store.quiz.value = { ...quiz, answer: text, verdict: isRight ? "right" : "wrong" };
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
    <section class="mg-card">
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
                ✗ {quiz.answer} is not it. Multiply along each path from {out}, then add the paths.
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

// A value worth asking about: not the output, no bare constant; rather one that is used twice.
function pick(store: Store): number {
  const { graph } = store;
  const shown = store.timeline.value.order.filter(
    (n) =>
      n !== store.root.value &&
      (graph.labels[n] || !graph.isLeaf(n)) &&
      n !== store.quiz.value?.node,
  );
  const twice = shown.filter((n) => graph.children[n].length > 1);
  const from = twice.length && Math.random() < 0.6 ? twice : shown;
  return from.length ? from[Math.floor(Math.random() * from.length)] : -1;
}
