// How a model learnt: one slider moves graph, decision boundary, loss and parameters.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { number } from "./format";
import { drawCurve, drawPlane, widened } from "./plane";
import { Predictor } from "./predictor";
import { Icon } from "./scrubber";
import type { Store } from "./store";
import type { ExamplesData, HistoryData } from "./types";

const W = 328;
const H = 96;

export function Training({ store, history }: { store: Store; history: HistoryData }) {
  const at = store.snapshot.value;
  const last = history.steps.length - 1;
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const goTo = (to: number) => {
    store.snapshot.value = Math.min(last, Math.max(0, to));
  };
  useEffect(() => {
    const row = history.values[at];
    store.setLeaves(history.parameters.map((node, i) => [node, Number(row[i])]));
  }, [at]);
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => {
      if (store.snapshot.value >= last) setPlaying(false);
      else goTo(store.snapshot.value + 1);
    }, 220 / speed);
    return () => clearInterval(timer);
  }, [playing, speed]);
  return (
    <section class="mg-card mg-training mg-training-part" tabIndex={-1}>
      <h2>
        Training <span class="mg-kind">step {history.steps[at].toLocaleString("en")}</span>
      </h2>
      <div class="mg-row mg-controls">
        <button type="button" aria-label="One snapshot back" onClick={() => goTo(at - 1)}>
          <Icon shape="back" />
        </button>
        <button
          type="button"
          class="mg-play"
          aria-label={playing ? "Pause training" : "Play training"}
          onClick={() => {
            if (!playing && at >= last) goTo(0);
            setPlaying(!playing);
          }}
        >
          <Icon shape={playing ? "pause" : "play"} />
        </button>
        <button type="button" aria-label="One snapshot on" onClick={() => goTo(at + 1)}>
          <Icon shape="on" />
        </button>
        <select
          aria-label="Training speed"
          value={String(speed)}
          onChange={(e) => setSpeed(Number(e.currentTarget.value))}
        >
          {[0.5, 1, 2, 4].map((s) => (
            <option value={String(s)} key={s}>
              {s}×
            </option>
          ))}
        </select>
        <input
          type="range"
          class="mg-slider mg-epochs"
          aria-label="Training step"
          aria-valuetext={`step ${history.steps[at]}`}
          min={0}
          max={last}
          value={at}
          style={{ "--at": `${last ? (100 * at) / last : 0}%` }}
          onInput={(e) => goTo(Number(e.currentTarget.value))}
        />
      </div>
      <Boundary store={store} examples={history} />
      {history.curves.map((curve) => (
        <Curve key={curve.name} curve={curve} step={history.steps[at]} />
      ))}
      <Histogram history={history} at={at} />
    </section>
  );
}

export function Boundary({ store, examples }: { store: Store; examples: ExamplesData }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const data = store.data.value;
  const { inputs } = examples;
  const predictor = useMemo(() => new Predictor(store.graph, examples), [examples]);
  const { points } = predictor;
  const ranges = useMemo(() => inputs.map((_, i) => widened(points.map((p) => p[i]))), [points]);
  const flat = inputs.length === 1;
  const drawable = inputs.length > 0 && inputs.length <= 2 && points.length > 0;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const here = inputs.map((node) => data[node]);
    if (flat) drawCurve(context, predictor, data, ranges[0], here[0]);
    else drawPlane(context, predictor, data, ranges, here);
  }, [data, store.theme.value]);
  if (!drawable) return null;
  const choose = (e: MouseEvent & { currentTarget: HTMLCanvasElement }) => {
    const { width, height } = e.currentTarget.getBoundingClientRect();
    const place = [e.offsetX / width, 1 - e.offsetY / height];
    store.setLeaves(
      inputs.map((node, i) => [node, ranges[i][0] + place[i] * (ranges[i][1] - ranges[i][0])]),
    );
  };
  const right = flat ? null : predictor.accuracy(data);
  return (
    <figure>
      <canvas
        ref={canvas}
        class="mg-plane"
        width={656}
        height={flat ? 320 : 440}
        role="img"
        onClick={choose}
        onPointerMove={(e) => {
          if (e.buttons & 1) choose(e);
        }}
        aria-label={
          flat
            ? "The model's output over its input, with the examples"
            : "The decision boundary, with the examples"
        }
      />
      <figcaption>
        {right !== null && (
          <b>
            {Math.round(100 * right)}% of {points.length} right.{" "}
          </b>
        )}
        {flat
          ? "Click to choose the input of the graph."
          : "Click to choose the inputs of the graph (the ring)."}
      </figcaption>
    </figure>
  );
}

export function Curve({ curve, step }: { curve: HistoryData["curves"][number]; step: number }) {
  const values = curve.values.map(Number);
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return null;
  const low = Math.min(0, ...finite);
  const high = Math.max(...finite);
  const start = curve.steps[0];
  const end = curve.steps[curve.steps.length - 1];
  const x = (s: number) => 4 + ((W - 8) * (s - start)) / (end - start || 1);
  const y = (v: number) => 6 + ((H - 12) * (high - v)) / (high - low || 1);
  let near = 0;
  curve.steps.forEach((s, i) => {
    if (s <= step) near = i;
  });
  const d = values
    .map((v, i) =>
      Number.isFinite(v)
        ? `${i ? "L" : "M"}${x(curve.steps[i]).toFixed(1)} ${y(v).toFixed(1)}`
        : "",
    )
    .join("");
  return (
    <figure>
      <svg
        class="mg-chart"
        viewBox={`0 0 ${W} ${H}`}
        role="img"
        aria-label={`${curve.name} over the steps: ${number(values[near])} here`}
      >
        <line class="mg-axis" x1="0" x2={W} y1={y(0)} y2={y(0)} />
        <path class="mg-curve" d={d} />
        <line class="mg-now" x1={x(step)} x2={x(step)} y1="0" y2={H} />
        <circle class="mg-now" cx={x(curve.steps[near])} cy={y(values[near])} r="5" />
      </svg>
      <figcaption>
        {curve.name} <b>{number(values[near])}</b>
      </figcaption>
    </figure>
  );
}

function Histogram({ history, at }: { history: HistoryData; at: number }) {
  const BINS = 27;
  const reach = useMemo(() => {
    let most = 1e-9;
    for (const row of history.values)
      for (const v of row)
        if (Number.isFinite(Number(v))) most = Math.max(most, Math.abs(Number(v)));
    return most;
  }, [history]);
  const counts = new Array<number>(BINS).fill(0);
  for (const v of history.values[at]) {
    const bin = Math.floor(((Number(v) + reach) / (2 * reach)) * BINS);
    if (bin >= 0) counts[Math.min(BINS - 1, bin)] += 1;
  }
  const top = Math.max(...counts, 1);
  return (
    <figure>
      <svg
        class="mg-chart"
        viewBox={`0 0 ${W} ${H}`}
        role="img"
        aria-label={`Histogram of ${history.parameters.length} parameters`}
      >
        {counts.map((n, i) => {
          const h = ((H - 10) * n) / top;
          return (
            <rect
              key={i}
              class="mg-bar"
              x={(i * W) / BINS + 1}
              width={W / BINS - 2}
              y={H - h}
              height={h}
            />
          );
        })}
      </svg>
      <figcaption>
        {history.parameters.length} parameters, from {number(-reach, 3)} to {number(reach, 3)}
      </figcaption>
    </figure>
  );
}
