// The bar below: one slider over the forward pass, the making of the order, and every contribution.
import { useEffect } from "preact/hooks";
import { Predict } from "./predict";
import { Sentence } from "./sentence";
import type { Store } from "./store";
import { LIMIT, PHASES, type Phase } from "./timeline";

const SHAPES = {
  start: "M5 4v16 M19 5 9 12l10 7z",
  back: "M15 5 8 12l7 7",
  play: "M8 4.5 19 12 8 19.5z",
  pause: "M7 5h3.5v14H7z M13.5 5H17v14h-3.5z",
  on: "M9 5l7 7-7 7",
  end: "M19 4v16 M5 5l10 7-10 7z",
};

export const Icon = ({ shape }: { shape: keyof typeof SHAPES }) => (
  <svg class="mg-icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={SHAPES[shape]} fill={shape === "back" || shape === "on" ? "none" : undefined} />
  </svg>
);

const TITLES: Record<Phase, string> = { forward: "Forward", order: "Order", backward: "Backward" };

export function Scrubber({ store }: { store: Store }) {
  const timeline = store.timeline.value;
  const step = store.step.value;
  const playing = store.playing.value;
  useEffect(() => {
    if (!playing) return;
    const every = 900 / store.speed.value;
    const stride = Math.max(1, Math.round(16 / every));
    const timer = setInterval(
      () => {
        if (stride > 1) store.goTo(store.step.value + stride);
        else store.advance(1);
        if (store.isAtEnd()) store.playing.value = false;
      },
      Math.max(16, every),
    );
    return () => clearInterval(timer);
  }, [playing, store.speed.value]);

  const play = () => {
    if (!playing && store.isAtEnd()) store.goTo(0);
    store.playing.value = !playing;
  };
  const share = (n: number) => `${timeline.length ? (100 * n) / timeline.length : 0}%`;
  const phase = store.phase.value === "start" ? "forward" : store.phase.value;
  const spans = {
    forward: timeline.ends.forward,
    order: timeline.ends.order - timeline.ends.forward,
    backward: timeline.length - timeline.ends.order,
  };
  return (
    <footer class="mg-scrubber" data-phase={store.phase.value} aria-label="Steps">
      <div class="mg-sentence" data-phase={store.phase.value}>
        <Sentence store={store} />
      </div>
      {store.predicting.value && <Predict store={store} />}
      <div class="mg-controls">
        <div class="mg-buttons" role="group" aria-label="Play">
          <button
            type="button"
            title="To the start (Home)"
            aria-label="To the start"
            onClick={() => store.goTo(0)}
          >
            <Icon shape="start" />
          </button>
          <button
            type="button"
            title="One step back (,)"
            aria-label="One step back"
            onClick={() => store.advance(-1)}
          >
            <Icon shape="back" />
          </button>
          <button
            type="button"
            class="mg-play"
            title="Play or pause (space)"
            aria-label={playing ? "Pause" : "Play"}
            onClick={play}
          >
            <Icon shape={playing ? "pause" : "play"} />
          </button>
          <button
            type="button"
            title="One step on (.)"
            aria-label="One step on"
            onClick={() => store.advance(1)}
          >
            <Icon shape="on" />
          </button>
          <button
            type="button"
            title="To the end (End)"
            aria-label="To the end"
            onClick={() => store.goTo(timeline.length)}
          >
            <Icon shape="end" />
          </button>
        </div>
        <div class="mg-track">
          <div class="mg-phases" role="group" aria-label="Phases">
            {PHASES.map((name, i) =>
              name === "order" && !store.withOrder.value ? (
                <button
                  type="button"
                  key={name}
                  class="mg-skipped"
                  title="The order is skipped; show it (o)"
                  onClick={() => {
                    store.setOrder(true);
                    store.goToPhase("order");
                  }}
                >
                  + Order
                </button>
              ) : (
                <button
                  type="button"
                  key={name}
                  style={{ width: share(spans[name]), display: spans[name] ? "" : "none" }}
                  aria-pressed={phase === name}
                  title={`${TITLES[name]} (${i + 1})`}
                  onClick={() => store.goToPhase(name)}
                >
                  {TITLES[name]}
                </button>
              ),
            )}
          </div>
          <input
            type="range"
            class="mg-slider"
            aria-label="Step"
            aria-valuetext={`step ${step} of ${timeline.length}, ${store.phase.value}`}
            min={0}
            max={timeline.length}
            value={step}
            style={{ "--at": share(step) }}
            onInput={(e) => store.goTo(Number(e.currentTarget.value))}
          />
        </div>
        <output class="mg-count" aria-hidden="true">
          {step.toLocaleString("en")} / {timeline.length.toLocaleString("en")}
        </output>
        <button
          type="button"
          class="mg-predict-switch"
          aria-pressed={store.predicting.value}
          title="Say what comes next before it is shown (p)"
          onClick={() => {
            store.predicting.value = !store.predicting.value;
          }}
        >
          Predict
        </button>
        <label class="mg-speed">
          <span>Speed </span>
          <select
            value={String(store.speed.value)}
            onChange={(e) => {
              store.speed.value = Number(e.currentTarget.value);
            }}
          >
            {[0.5, 1, 2, 4, 16, 100].map((s) => (
              <option value={String(s)} key={s}>
                {s}×
              </option>
            ))}
          </select>
        </label>
      </div>
      {timeline.cut && (
        <p class="mg-t-wrong mg-cut">
          Stopped after {LIMIT.toLocaleString("en")} contributions: plain recursion walks every
          path, and there are more paths than time.
        </p>
      )}
    </footer>
  );
}
