// The selected value: its number, its ledger of contributions, and what happens when it is changed.
import type { Group } from "./scene";
import { number, same } from "./format";
import { Change, LeafInput } from "./leaf";
import { Data, Grad, Local } from "./sentence";
import type { Store } from "./store";
import type { Contribution } from "./timeline";

export function Inspector({ store }: { store: Store }) {
  const node = store.selectedNode.value;
  if (node >= 0) return <Value store={store} node={node} />;
  const key = store.selected.value;
  if (key) return <Folded store={store} group={store.tree.groups[Number(key.slice(1))]} />;
  return (
    <section class="mg-card mg-value-part" tabIndex={-1}>
      <h2>Nothing selected</h2>
      <p class="mg-muted">
        Click a value, or press an arrow key in the graph, to see where its gradient comes from.
      </p>
    </section>
  );
}

function Folded({ store, group }: { store: Store; group: Group }) {
  const isOpen = store.open.value.has(group.id);
  return (
    <>
      <section class="mg-card mg-value-part" tabIndex={-1}>
        <h2>{group.label}</h2>
        <p>
          {group.count.toLocaleString("en")} values{isOpen ? "." : ", folded into one box."}
        </p>
        <div class="mg-row">
          <button type="button" onClick={() => store.setOpen(group, !isOpen)}>
            {isOpen ? "Fold" : "Unfold"}
          </button>
        </div>
      </section>
      {group.output >= 0 && <Value store={store} node={group.output} />}
    </>
  );
}

function Value({ store, node }: { store: Store; node: number }) {
  const { graph } = store;
  const leaf = graph.isLeaf(node);
  const known = store.known.value[node] === 1;
  const around = store.tree.around(node);
  const held = graph.held.get(node);
  const right = store.right.value.grad[node];
  return (
    <section class="mg-card mg-inspector mg-value-part" tabIndex={-1}>
      <h2>
        {graph.labels[node] || graph.name(node)}
        <span class="mg-kind">
          {node === store.root.value
            ? "the output"
            : graph.isConstant(node)
              ? "a constant"
              : leaf
                ? "a leaf"
                : store.selected.value?.startsWith("g")
                  ? "what it puts out"
                  : graph.sign(node)}
        </span>
      </h2>
      {leaf ? (
        <LeafInput store={store} node={node} key={node} />
      ) : (
        <p class="mg-line">
          data{" "}
          {known ? (
            <Data x={store.data.value[node]} />
          ) : (
            <span class="mg-muted">not computed yet</span>
          )}
          {known && (
            <span class="mg-muted mg-formula">
              {" "}
              = {graph.expression(node)} ={" "}
              {graph.expression(node, (p) => number(store.data.value[p], 4))}
            </span>
          )}
        </p>
      )}
      <Change store={store} />
      <Ledger store={store} node={node} />
      {held !== undefined &&
        !same(held, right) &&
        !store.hidden(node) &&
        !store.edited.value.length &&
        node !== store.root.value && (
          <p class="mg-muted">
            In Python its .grad is {number(held)}
            {same(held, 2 * right)
              ? ", twice what one backward gives: was zero_grad forgotten?"
              : "."}
          </p>
        )}
      {graph.hasOwnBackward(node) && (
        <p class="mg-muted">
          Its _backward was set by hand; the local derivatives are what it adds for an upstream
          gradient of 1.
        </p>
      )}
      <div class="mg-row">
        {!leaf && node !== store.root.value && (
          <button type="button" onClick={() => store.setRoot(node)}>
            Run backward from here
          </button>
        )}
        {around.length > 0 && (
          <button type="button" onClick={() => store.setOpen(around[0], false)} title="f">
            Fold {around[0].label}
          </button>
        )}
      </div>
    </section>
  );
}

function Ledger({ store, node }: { store: Store; node: number }) {
  const { graph } = store;
  const rows = store.timeline.value.ledger(store.step.value, node, store.partials.value);
  const { grad, reached } = store.gradients.value;
  const wrong = store.wrong.value.has(node);
  if (store.hidden(node))
    return (
      <p class="mg-line">
        grad <Grad>?</Grad>
      </p>
    );
  const isRoot = node === store.root.value;
  if (graph.isConstant(node)) {
    return (
      <p class="mg-line mg-muted">
        A number of the formula: nobody asks how fast the result changes with it.
      </p>
    );
  }
  if (!reached[node]) {
    return (
      <p class="mg-line">
        grad <span class="mg-muted">blank: backward has not come here yet</span>
      </p>
    );
  }
  const from = (row: Contribution) =>
    row.run > 1 ? `run ${row.run}: ${graph.name(row.node)}` : graph.name(row.node);
  const total = rows.length > 200 ? rows.slice(-200) : rows;
  const { timeline, step, partials, asLeft } = store; // what lines left may be no sum of these rows
  const isSum =
    !asLeft.value || same(timeline.value.play(step.value, partials.value).grad[node], grad[node]);
  const last = rows.some((row) => row.lost) ? "the last one" : "the sum";
  return (
    <>
      <table class="mg-ledger">
        <caption>
          Where {graph.name(node)}.grad {isSum ? "comes" : "should come"} from
        </caption>
        <thead>
          <tr>
            <th scope="col">through</th>
            <th scope="col">local ∂</th>
            <th scope="col">upstream</th>
            <th scope="col">adds</th>
          </tr>
        </thead>
        <tbody>
          {isRoot && (
            <tr>
              <td>itself</td>
              <td></td>
              <td></td>
              <td>
                <Grad>1.0</Grad>
              </td>
            </tr>
          )}
          {rows.length > total.length && (
            <tr>
              <td colSpan={4} class="mg-muted">
                … {rows.length - total.length} before these
              </td>
            </tr>
          )}
          {total.map((row, i) => (
            <tr key={i} class={row.lost ? "mg-lost" : ""}>
              <td>{from(row)}</td>
              <td>
                <Local x={row.partial} />
              </td>
              <td>
                <Grad>{number(row.upstream)}</Grad>
              </td>
              <td>
                <Grad>{number(row.amount)}</Grad>
                {row.lost && <span class="mg-sr"> overwritten</span>}
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr class={wrong ? "mg-wrong-sum" : ""}>
            <th scope="row" colSpan={3}>
              grad, {isSum ? last : "as your lines left it"}
            </th>
            <td>
              <Grad>{number(grad[node])}</Grad>
            </td>
          </tr>
        </tfoot>
      </table>
      {wrong && (
        <p class="mg-t-wrong mg-verdict">
          ✗ wrong: the right gradient is {number(store.right.value.grad[node])}
        </p>
      )}
    </>
  );
}
