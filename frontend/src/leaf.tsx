// Changing a leaf, and comparing what its gradient predicted with what came of it.
import { useState } from "preact/hooks";
import { number, parseNumber, refusal, same, signed } from "./format";
import { Grad } from "./sentence";
import type { Store } from "./store";

export function LeafInput({ store, node }: { store: Store; node: number }) {
  const x = store.data.value[node];
  const [text, setText] = useState<string | null>(null);
  const bad = text !== null && parseNumber(text) === null;
  const take = (raw: string) => {
    setText(raw);
    const parsed = parseNumber(raw);
    if (parsed !== null) store.setLeaf(node, parsed);
  };
  const nudge = (by: number) => {
    setText(null);
    store.setLeaf(node, Math.round((x + by) * 1e6) / 1e6);
  };
  return (
    <div class="mg-leaf">
      <label>
        data{" "}
        <input
          class="mg-leaf-input"
          inputMode="decimal"
          value={text ?? number(x, 12)}
          aria-invalid={bad}
          aria-describedby="mg-leaf-hint mg-leaf-refusal"
          onInput={(e) => take(e.currentTarget.value)}
          onBlur={() => {
            if (!bad) setText(null);
          }}
          onKeyDown={(e) => {
            if (e.key === "ArrowUp" || e.key === "ArrowDown") {
              e.preventDefault();
              nudge(e.key === "ArrowUp" ? 0.1 : -0.1);
            } else if (e.key === "Escape" || (e.key === "Enter" && !bad)) {
              setText(null);
              e.currentTarget.blur();
            }
          }}
        />
      </label>
      <button type="button" aria-label="0.1 less" onClick={() => nudge(-0.1)}>
        −0.1
      </button>
      <button type="button" aria-label="0.1 more" onClick={() => nudge(0.1)}>
        +0.1
      </button>
      {!Object.is(x, store.original[node]) && (
        <button
          type="button"
          onClick={() => {
            setText(null);
            store.setLeaf(node, store.original[node]);
          }}
        >
          Undo
        </button>
      )}
      <p id="mg-leaf-hint" class="mg-sr">
        Type a number; arrow up and down change it by 0.1, Escape takes back what is typed.
      </p>
      <p id="mg-leaf-refusal" class="mg-t-wrong" role="status">
        {bad && refusal(text)}
      </p>
    </div>
  );
}

export function Change({ store }: { store: Store }) {
  const change = store.change.value;
  if (!change || change.node !== store.selectedNode.value) return null;
  const by = change.to - change.from;
  const off = change.actual - change.predicted;
  const out = store.graph.name(store.root.value);
  const hidden = store.hidden(change.node);
  if (change.held >= 0) {
    return (
      <p class="mg-change mg-muted" role="status">
        {store.graph.name(change.held)} depends on this, and was made by hand: only Python can
        compute it anew, so it stays as it was.
      </p>
    );
  }
  return (
    <div class="mg-change" role="status">
      <p>
        {store.graph.name(change.node)} changed by {signed(by)}
      </p>
      {hidden ? (
        <p class="mg-muted">The prediction would give the answer away.</p>
      ) : (
        <table>
          <tbody>
            <tr>
              <th scope="row">predicted, grad · Δ</th>
              <td>
                <Grad>{signed(change.predicted)}</Grad>
              </td>
            </tr>
            <tr>
              <th scope="row">actual change of {out}</th>
              <td>
                <b class="mg-t-data">{signed(change.actual)}</b>
              </td>
            </tr>
          </tbody>
        </table>
      )}
      {!hidden && (
        <p class="mg-muted">
          {same(change.predicted, change.actual) || Math.abs(off) < 1e-12 * Math.abs(change.to)
            ? "Exactly as predicted: along this value it is a straight line."
            : `Off by ${number(off, 3)}: the slope changes on the way. A smaller step comes closer.`}
        </p>
      )}
    </div>
  );
}
