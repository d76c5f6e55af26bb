// The same computation as a formula, as Python, and in words.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Store } from "./store";
import { mathml } from "./tex";

const FORMS = ["Formula", "Python", "Words"] as const;

export function ShowAs({ store }: { store: Store }) {
  const [form, setForm] = useState<(typeof FORMS)[number]>("Formula");
  const [copied, setCopied] = useState("");
  const { latex, python, explain } = store.page.show;
  const text = form === "Formula" ? latex : form === "Python" ? python : explain;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied("Copied");
    } catch {
      setCopied("select it yourself: not allowed here");
    }
    setTimeout(() => setCopied(""), 2500);
  };
  return (
    <section class="mg-card mg-show-part" tabIndex={-1}>
      <div class="mg-title-row">
        <h2 id="mg-show-as">Show as</h2>
        <span role="status" class="mg-muted">
          {copied}
        </span>
        <button type="button" onClick={copy}>
          {form === "Formula" ? "Copy TeX" : "Copy"}
        </button>
      </div>
      <div class="mg-tabs" role="group" aria-labelledby="mg-show-as">
        {FORMS.map((f) => (
          <button type="button" aria-pressed={form === f} key={f} onClick={() => setForm(f)}>
            {f}
          </button>
        ))}
      </div>
      {!text && <p class="mg-muted">{store.page.show.missing}</p>}
      {text && form === "Formula" && <Formula tex={latex} />}
      {text && form !== "Formula" && (
        <pre class="mg-code" tabIndex={0} aria-label={form}>
          {text}
        </pre>
      )}
      {store.edited.value.length > 0 && form !== "Formula" && (
        <p class="mg-muted">
          With the numbers this page came with, not those you have put in since.
        </p>
      )}
    </section>
  );
}

function Formula({ tex }: { tex: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current) host.current.innerHTML = mathml(tex); // which escapes every piece of text
  }, [tex]);
  return <div class="mg-math" ref={host} tabIndex={0} role="group" aria-label="Formula"></div>;
}
