// What the present step does, in words and numbers.
import type { ComponentChildren } from "preact";
import { number, same } from "./format";
import type { Store } from "./store";

export const Data = ({ x }: { x: number }) => <b class="mg-t-data">{number(x)}</b>;
export const Grad = ({ children }: { children: ComponentChildren }) => (
  <b class="mg-t-grad">{children}</b>
);
export const Local = ({ x }: { x: number }) => <b class="mg-t-local">{number(x)}</b>;
// A number as a factor: a negative one in brackets.
const factor = (x: number) => (number(x).startsWith("-") ? `(${number(x)})` : number(x));

export function Sentence({ store }: { store: Store }) {
  const { graph } = store;
  const step = store.current.value;
  const data = store.data.value;
  const name = (node: number) => graph.name(node);
  if (step.phase === "start" && store.code && !store.code.told.made.length) {
    return (
      <p>
        Nothing is computed here: the lines only collect what is there.
        <span class="mg-aside-note">→ one line, space plays, ? lists all keys.</span>
      </p>
    );
  }
  if (step.phase === "start") {
    return (
      <p>
        The leaves hold their numbers. Step forward to compute what follows from them.
        <span class="mg-aside-note">→ one step, space plays, ? lists all keys.</span>
      </p>
    );
  }
  if (step.phase === "forward") {
    const { node } = step;
    if (graph.isHandmade(node)) {
      return (
        <p>
          <b>{name(node)}</b> was made by hand and holds <Data x={data[node]} />; only its maker can
          compute it anew.
        </p>
      );
    }
    return (
      <p>
        <b>{name(node)}</b> = {graph.expression(node)} ={" "}
        <span class="mg-t-data">{graph.expression(node, (p) => number(data[p]))}</span> ={" "}
        <Data x={data[node]} />
      </p>
    );
  }
  if (step.phase === "order") {
    const { node } = step;
    const skip = (
      <button type="button" class="mg-skip" title="o" onClick={() => store.setOrder(false)}>
        Skip the order
      </button>
    );
    const list = store.timeline.value.listed(store.step.value);
    if (step.act === "visit") {
      return graph.isLeaf(node) ? (
        <p>
          Visit <b>{name(node)}</b>: a leaf, it has no parents. {skip}
        </p>
      ) : (
        <p>
          Visit <b>{name(node)}</b>: its parents have to come first. {skip}
        </p>
      );
    }
    if (step.act === "again")
      return (
        <p>
          Visit <b>{name(node)}</b>: it was visited before, go on. {skip}
        </p>
      );
    const last = list.slice(-7).map(name);
    return (
      <p>
        Append <b>{name(node)}</b>: all it depends on is in the list.{" "}
        <span class="mg-list">
          [{list.length > 7 && "…, "}
          {last.slice(0, -1).map((n) => `${n}, `)}
          <b>{last[last.length - 1]}</b>]
        </span>{" "}
        {skip}
      </p>
    );
  }
  const { grad } = store.gradients.value;
  const again = step.run > 1 ? `Backward, run ${step.run}: ` : "";
  const of = graph.name(step.node);
  const to = step.act === "add" ? graph.name(step.parent) : of;
  if (step.act === "seed") {
    const kept = graph.isLeaf(step.node) && step.run > 1;
    return (
      <p>
        {again}
        <b>{of}.grad</b> {kept ? "+=" : "="} ∂{of}/∂{of} = <Grad>1.0</Grad>
        <span class="mg-aside-note">
          A value changes as fast as itself. Now back to front, each value passes its gradient to
          its parents.
        </span>
      </p>
    );
  }
  const partial = store.partials.value.of(step.node)[step.slot];
  const upstream = grad[step.node];
  const rows = store.timeline.value.ledger(store.step.value, step.parent, store.partials.value);
  const row = rows[rows.length - 1];
  const overwritten = rows.length > 1 && rows[rows.length - 2].lost ? rows[rows.length - 2] : null;
  const above = store.timeline.value.passes ? `what came to ${of}` : `${of}.grad`;
  const hidden = store.hidden(step.parent);
  const total = hidden ? "?" : number(grad[step.parent]);
  const played = store.timeline.value.play(store.step.value, store.partials.value);
  const isSum = !store.asLeft.value || same(played.grad[step.parent], grad[step.parent]);
  return (
    <p>
      {again}
      <b>{to}.grad</b>{" "}
      <span class={overwritten ? "mg-t-wrong" : ""}>{step.assigns ? "=" : "+="}</span>{" "}
      <span class="mg-t-local">
        ∂{of}/∂{to}
      </span>{" "}
      · <span class="mg-t-grad">{above}</span> = <b class="mg-t-local">{factor(partial)}</b> ·{" "}
      <Grad>{factor(row?.upstream ?? upstream)}</Grad> ={" "}
      <Grad>{hidden ? "?" : number(row?.amount ?? partial * upstream)}</Grad>
      <span class="mg-aside-note">
        {overwritten && !hidden ? (
          <span class="mg-t-wrong">overwrites {number(overwritten.amount)}, which is lost</span>
        ) : !isSum && !hidden ? (
          <span class="mg-t-wrong">
            your lines left another number: {to}.grad is {total}
          </span>
        ) : (
          <>
            {to}.grad is now <Grad>{total}</Grad>
          </>
        )}
      </span>
    </p>
  );
}
