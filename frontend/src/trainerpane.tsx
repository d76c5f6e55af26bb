// Training, by the page itself: press play, and loss, boundary and parameters move.
import { useEffect, useMemo, useState } from "preact/hooks";
import { number, parseNumber, refusal } from "./format";
import { Icon } from "./scrubber";
import type { Store } from "./store";
import type { Trainer } from "./trainer";
import { Boundary, Curve } from "./training";

const RATES = "0.001 0.003 0.01 0.03 0.1 0.3 1 3".split(" ").map(Number);
const EVERY = 60; // milliseconds from step to step
const SHOWN = 2000; // losses in the curve

export function TrainerPane({ store, trainer }: { store: Store; trainer: Trainer }) {
  const { data } = trainer;
  const examples = useMemo(
    () => ({
      ...data,
      targets: data.wanted.map((row) =>
        row.length === 1
          ? row[0]
          : row.indexOf(row.reduce((a, b) => (Number(b) > Number(a) ? b : a))),
      ),
    }),
    [data],
  );
  const losses = store.losses.value;
  const steps = losses.length;
  const [playing, setPlaying] = useState(false);
  const [rate, setRate] = useState("0.1");
  const [batch, setBatch] = useState(data.points.length);
  const [zeroGrad, setZeroGrad] = useState(true);
  const parsed = parseNumber(rate);
  const step = () => {
    const values = store.data.peek().slice();
    const loss = trainer.step(values, { rate: parsed ?? 0, batch, zeroGrad });
    store.setLeaves(data.parameters.map((node) => [node, values[node]]));
    store.losses.value = [...store.losses.peek(), loss];
    if (!Number.isFinite(loss)) setPlaying(false);
  };
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(step, EVERY);
    return () => clearInterval(timer);
  }, [playing, parsed, batch, zeroGrad]);
  const restart = () => {
    setPlaying(false);
    trainer.restart();
    store.setLeaves(data.parameters.map((node) => [node, store.original[node]]));
    store.losses.value = [];
  };
  const last = losses[losses.length - 1];
  const now = useMemo(() => trainer.loss(store.data.value), [store.data.value]);
  const from = Math.max(0, steps - SHOWN);
  return (
    <section class="mg-card mg-training mg-train-part" tabIndex={-1}>
      <h2>
        Train <span class="mg-kind">step {steps.toLocaleString("en")}</span>
      </h2>
      <div class="mg-row mg-controls">
        <button
          type="button"
          class="mg-play"
          aria-label={playing ? "Pause training" : "Play training"}
          title={playing ? "Pause" : "Train, step after step"}
          disabled={parsed === null}
          onClick={() => setPlaying(!playing)}
        >
          <Icon shape={playing ? "pause" : "play"} />
        </button>
        <button
          type="button"
          aria-label="One training step"
          title="One step"
          disabled={parsed === null}
          onClick={step}
        >
          <Icon shape="on" />
        </button>
        <button type="button" aria-label="Start again" title="Start again" onClick={restart}>
          <Icon shape="start" />
        </button>
        <output class="mg-loss" aria-live="off">
          loss <b>{number(now)}</b>
        </output>
      </div>
      <div class="mg-row mg-settings">
        <label>
          learning rate{" "}
          <input
            list="mg-rates"
            inputMode="decimal"
            value={rate}
            aria-invalid={parsed === null}
            onInput={(e) => setRate(e.currentTarget.value)}
          />
          <datalist id="mg-rates">
            {RATES.map((r) => (
              <option value={String(r)} key={r} />
            ))}
          </datalist>
        </label>
        <label>
          batch{" "}
          <input
            type="number"
            min={1}
            max={data.points.length}
            value={batch}
            onInput={(e) => {
              const n = Math.round(Number(e.currentTarget.value));
              if (n >= 1) setBatch(Math.min(n, data.points.length));
            }}
          />{" "}
          <span class="mg-muted">of {data.points.length}</span>
        </label>
        <label class="mg-check">
          <input
            type="checkbox"
            checked={zeroGrad}
            onChange={(e) => setZeroGrad(e.currentTarget.checked)}
          />{" "}
          zero_grad
        </label>
      </div>
      {data.points.length > 1 && (
        <p class="mg-muted">
          A step follows the mean gradient of a batch, and this loss is the mean of all{" "}
          {data.points.length.toLocaleString("en")} examples; the graph has the loss and the
          gradients of one.
        </p>
      )}
      <div role="status">
        {parsed === null && <p class="mg-t-wrong">{refusal(rate)}</p>}
        {last !== undefined && !Number.isFinite(last) && (
          <p class="mg-t-wrong">
            The loss is {number(last)}: the steps are too long. Start again with a smaller rate.
          </p>
        )}
        {!zeroGrad && (
          <p class="mg-muted">
            Without zero_grad every step also takes all steps before it again: gradients add up.
          </p>
        )}
      </div>
      {data.outputs.length > 0 && <Boundary store={store} examples={examples} />}
      {losses.length > 1 && (
        <Curve
          curve={{
            name: "loss",
            steps: losses.slice(from).map((_, i) => from + i),
            values: losses.slice(from),
          }}
          step={steps - 1}
        />
      )}
    </section>
  );
}
