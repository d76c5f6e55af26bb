// Learning by breaking it.
import { batch } from "@preact/signals";
import { number } from "./format";
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
    <section class="mg-card mg-break-part" tabIndex={-1}>
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
