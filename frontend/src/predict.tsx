// The reader says what comes next; right, or shown why.
import { useEffect, useRef, useState } from "preact/hooks";
import { nextQuestion } from "./prediction";
import type { Store } from "./store";

export function Predict({ store }: { store: Store }) {
  const [text, setText] = useState("");
  const [said, setSaid] = useState<{ text: string; ok: boolean } | null>(null);
  const [missed, setMissed] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const question = nextQuestion(store);
  const at = `${store.step.value} ${store.moment.value}`;
  const answered = useRef("");
  useEffect(() => {
    if (answered.current !== at) setSaid(null); // somebody went elsewhere
    setMissed(false);
    setText("");
  }, [at]);
  useEffect(() => field.current?.focus(), []);
  const goOn = (verdict: { text: string; ok: boolean }) => {
    store.advance(1);
    answered.current = `${store.step.value} ${store.moment.value}`;
    setSaid(verdict);
    const { right, asked } = store.predicted.value;
    store.predicted.value = { right: right + Number(verdict.ok && !missed), asked: asked + 1 };
    field.current?.focus();
  };
  if (!question)
    return (
      <p class="mg-predict" role="status" id="mg-predict-said">
        {said && <Verdict {...said} />} That was the last step.
      </p>
    );
  const check = (e: Event) => {
    e.preventDefault();
    const refused = question.refused(text);
    if (refused) setSaid({ text: refused, ok: false });
    else if (question.isRight(text)) goOn({ text: question.why, ok: true });
    else if (missed) goOn({ text: question.why, ok: false });
    else {
      setMissed(true);
      setSaid({
        text: `not ${text.trim()}. ${question.diagnosis(text) || question.hint}`,
        ok: false,
      });
    }
  };
  const { right, asked } = store.predicted.value;
  return (
    <form class="mg-predict" onSubmit={check}>
      <label>
        {question.text}{" "}
        <input
          ref={field}
          class="mg-answer"
          value={text}
          autocomplete="off"
          aria-describedby="mg-predict-said"
          onInput={(e) => setText(e.currentTarget.value)}
        />
      </label>
      <button type="submit">Check</button>
      <button type="button" onClick={() => goOn({ text: question.why, ok: false })}>
        Show
      </button>
      {asked > 0 && (
        <span class="mg-muted">
          {right} of {asked}
        </span>
      )}
      <span role="status" id="mg-predict-said">
        {said && <Verdict {...said} />}
      </span>
    </form>
  );
}

const Verdict = ({ text, ok }: { text: string; ok: boolean }) => (
  <span class={ok ? "mg-t-ok" : "mg-t-wrong"}>
    {ok ? "✓" : "✗"} {text}
  </span>
);
