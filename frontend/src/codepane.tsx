// The code beside the graph: the line that runs, the calls around it, and what every name holds.
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Call, Code, Grain } from "./code";
import { coloured, filled, type Numbers, type Piece } from "./filled";
import { number } from "./format";
import { Data, Grad } from "./sentence";
import type { Store } from "./store";
import type { Thing } from "./types";

const AROUND = 150; // lines above and below the one that runs: more of a long file is not drawn
const SHOWN = 12; // items of a list

const GRAINS: [Grain, string][] = [
  ["step", "one step at a time"],
  ["line", "one line at a time"],
  ["all", "every line, also of __init__ and of comprehensions"],
];

export function CodePane({ store, code }: { store: Store; code: Code }) {
  const m = store.moment.value;
  const stack = code.stack(m);
  const top = stack[stack.length - 1];
  const file = top?.fn.file ?? 0;
  const here = top ? code.names(top.frame, m) : new Map<string, Thing>();
  return (
    <section class="mg-card mg-codepane mg-code-part" tabIndex={-1}>
      <div class="mg-title-row">
        <h2>{code.data.files[file]?.name}</h2>
        <label class="mg-muted">
          <span class="mg-sr">How far one step goes</span>
          <select
            value={store.grain.value}
            onChange={(e) => {
              store.grain.value = e.currentTarget.value as Grain;
            }}
          >
            {GRAINS.map(([grain, text]) => (
              <option value={grain} key={grain}>
                {text}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Remark store={store} />
      <Stack code={code} stack={stack} store={store} />
      <Source store={store} code={code} file={file} stack={stack} held={here} />
      {top && <Names store={store} code={code} held={here} captured={top.fn.captured} moment={m} />}
    </section>
  );
}

// Where the page goes other ways than the lines did.
function Remark({ store }: { store: Store }) {
  const { naive, twice, assign } = store.bugs.value;
  const told = store.code?.told;
  let text = "";
  if (naive) text = "With plain recursion nothing of this order is left: no line belongs to it.";
  else if (assign) text = "The mistake that is switched on: read every += on .grad as =.";
  else if (twice) text = "The mistake that is switched on: these lines run twice.";
  else if (told && told.root >= 0 && told.root !== store.root.value)
    text = `These lines ran from ${store.graph.name(told.root)}: choose it again to follow them.`;
  else if (store.timeline.value.isUnlike)
    text = `How these lines go back cannot be shown step by step: the steps are those of the usual
      order, and at the end stands what your lines left.`;
  return text ? <p class="mg-t-wrong mg-remark">{text}</p> : null;
}

// Who has called whom: the line that each waits in.
function Stack({ code, stack, store }: { code: Code; stack: Call[]; store: Store }) {
  const list = useRef<HTMLOListElement>(null);
  useLayoutEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  });
  if (!stack.length) return <p class="mg-muted mg-remark">No line has run yet.</p>;
  const from = Math.max(0, stack.length - 8);
  return (
    <ol ref={list} class="mg-calls" aria-label="Calls, from the outside in" tabIndex={0}>
      {from > 0 && <li class="mg-muted">… {from} calls around these</li>}
      {stack.slice(from).map(({ frame, fn, line }, i) => {
        const names = code.names(frame, store.moment.value);
        const first = (fn.arguments.length ? fn.arguments : fn.captured)
          .map((name) => [name, names.get(name)] as const)
          .filter(([, thing]) => thing && "node" in thing);
        const last = i === stack.length - from - 1;
        return (
          <li key={frame} style={{ "--deep": i }} aria-current={last ? "step" : undefined}>
            <b>{fn.name === "<module>" ? code.data.files[fn.file].name : fn.name}</b>{" "}
            {first.slice(0, 3).map(
              ([name, thing]) =>
                thing &&
                "node" in thing && (
                  <span key={name} class="mg-call-argument">
                    {name} = {store.graph.name(thing.node)}{" "}
                  </span>
                ),
            )}
            {!last && <code>{code.line(fn.file, line).trim()}</code>}
          </li>
        );
      })}
    </ol>
  );
}

const inColour = (pieces: Piece[]) =>
  pieces.map((piece, i) =>
    piece.kind ? (
      <span key={i} class={`mg-c-${piece.kind}`}>
        {piece.text}
      </span>
    ) : (
      piece.text
    ),
  );

function Source({
  store,
  code,
  file,
  stack,
  held,
}: {
  store: Store;
  code: Code;
  file: number;
  stack: Call[];
  held: Map<string, Thing>;
}) {
  const host = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => {
    const text = code.data.files[file]?.text.replace(/\s+$/, "") ?? "";
    return text.split("\n").map((line) => ({ line, spans: inColour(coloured(line)) }));
  }, [file]);
  const now = stack[stack.length - 1]?.line ?? 0;
  const waiting = new Set(stack.slice(0, -1).flatMap((c) => (c.fn.file === file ? [c.line] : [])));
  useLayoutEffect(() => {
    const pane = host.current;
    const lit = pane?.querySelector<HTMLElement>(".mg-line-now");
    if (pane && lit) pane.scrollTop = lit.offsetTop - pane.clientHeight * 0.4;
  }, [store.moment.value, file]);
  const first = Math.max(0, now - AROUND);
  const { graph } = store;
  const known = store.known.value;
  const { grad } = store.gradients.value;
  const numbers: Numbers = {
    name: (n) => graph.name(n),
    data: (n) => (known[n] ? number(store.data.value[n]) : "?"),
    grad: (n) => (store.hidden(n) ? "?" : number(grad[n])),
    plain: (x) => number(x),
  };
  const ghost = now ? filled(lines[now - 1]?.line ?? "", held, numbers) : null;
  return (
    <div class="mg-source" ref={host} tabIndex={0} role="region" aria-label="Source">
      {lines.slice(first, now + AROUND).map(({ line, spans }, i) => {
        const at = first + i + 1;
        const isNow = at === now;
        const name = isNow ? "mg-line-now" : waiting.has(at) ? "mg-line-waiting" : "";
        return (
          <div key={at} class={`mg-code-line ${name}`} aria-current={isNow ? "step" : undefined}>
            <span class="mg-line-number">{at}</span>
            <code>
              {spans}
              {isNow && ghost && (
                <span class="mg-filled">
                  {" ".repeat(line.length - line.trimStart().length)}
                  {inColour(ghost)}
                </span>
              )}
            </code>
          </div>
        );
      })}
    </div>
  );
}

function Names({
  store,
  code,
  held,
  captured,
  moment,
}: {
  store: Store;
  code: Code;
  held: Map<string, Thing>;
  captured: string[];
  moment: number;
}) {
  const changed = code.changed(moment);
  return (
    <table class="mg-names">
      <caption class="mg-sr">What every name holds</caption>
      <tbody>
        {[...held].map(([name, thing]) => (
          <tr key={name} class={changed.has(name) ? "mg-changed" : ""}>
            <th scope="row">
              {name === "return" ? "returns" : name}
              {captured.includes(name) && <span class="mg-kind"> captured</span>}
            </th>
            <td>
              <Held store={store} code={code} thing={thing} deep={0} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Held({
  store,
  code,
  thing,
  deep,
}: {
  store: Store;
  code: Code;
  thing: Thing;
  deep: number;
}) {
  const inner = (t: Thing) => <Held store={store} code={code} thing={t} deep={deep + 1} />;
  if ("node" in thing) {
    const { node } = thing;
    const link = (
      <button type="button" class="mg-link" onClick={() => store.reveal(node)}>
        {store.graph.name(node)}
      </button>
    );
    if (deep) return link;
    const { grad, reached } = store.gradients.value;
    return (
      <>
        {link}{" "}
        {store.known.value[node] === 1 && !store.graph.isConstant(node) && (
          <span class="mg-pair">
            <small>data</small> <Data x={store.data.value[node]} />{" "}
          </span>
        )}
        {reached[node] === 1 && !store.graph.isConstant(node) && (
          <span class="mg-pair">
            <small>grad</small> <Grad>{store.hidden(node) ? "?" : number(grad[node])}</Grad>
          </span>
        )}
      </>
    );
  }
  if ("data" in thing) return <Data x={store.data.value[thing.data]} />;
  if ("number" in thing) {
    const stale = store.edited.value.length > 0;
    return (
      <span class={stale ? "mg-muted" : ""} title={stale ? "as it was recorded" : undefined}>
        {number(Number(thing.number))}
      </span>
    );
  }
  if ("text" in thing) return <span>{thing.text}</span>;
  if ("around" in thing) {
    const items = thing.items.slice(-SHOWN);
    const more = thing.more + thing.items.length - items.length;
    return (
      <span>
        {thing.around[0]}
        {more > 0 && `… ${more} more, `}
        {items.map((t, i) => (
          <span key={i}>
            {i > 0 && ", "}
            {inner(code.data.things[t])}
          </span>
        ))}
        {thing.around[1]}
      </span>
    );
  }
  const fields = [];
  for (let i = 0; i < thing.fields.length; i += 2)
    fields.push([code.data.names[thing.fields[i]], code.data.things[thing.fields[i + 1]]] as const);
  const isClosure = "closure" in thing;
  if (isClosure && !fields.length) return <span>a function</span>;
  if (!isClosure && deep > 1) return <span>{thing.object}</span>;
  return (
    <span>
      {isClosure ? (deep ? "a function with " : "a function that captured ") : `${thing.object}(`}
      {fields.map(([name, t], i) => (
        <span key={name}>
          {i > 0 && ", "}
          {name} = {inner(t)}
        </span>
      ))}
      {!isClosure && ")"}
    </span>
  );
}
