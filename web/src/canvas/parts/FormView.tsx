// The same document as a form: what it asks for on one side, what comes out on the other, nothing between.

import { order, wires } from "../document/graph";
import { split } from "../document/read";
import { live, shown, stateOf } from "../studio/results";
import { use } from "../studio/store";
import type { Doc, NodeRun } from "../types";
import { InputField } from "./Ends";
import { Download } from "./Preview";
import { Icon } from "./Icon";
import { Shown } from "./Shown";

const NONE: string[] = [];

/** The results a person asked for; where none is named, what no other node takes. */
function endsOf(doc: Doc): [string, string][] {
  const named = Object.entries(doc.outputs ?? {}).map(([name, link]) => [name, split(link)[0]] as [string, string]);
  if (named.length) return named;
  const taken = new Set(wires(doc).map((wire) => wire.source));
  return order(doc).filter((id) => !taken.has(id)).map((id) => [id, id]);
}

export function FormView() {
  const doc = use((state) => state.history.doc);
  const names = Object.keys(doc.inputs ?? NONE);
  return (
    <div className="form">
      <section aria-label="Inputs">
        <h2>{doc.title || "Workflow"}</h2>
        {names.map((name) => (
          <div className="form-field" key={name}>
            <span className="label">{doc.inputs![name]!.label || name}</span>
            <InputField name={name} />
            {doc.inputs![name]!.description && <small>{doc.inputs![name]!.description}</small>}
          </div>
        ))}
        {!names.length && (
          <p className="note">
            Nothing is asked for yet. On the canvas and in the steps, press the sign <Icon name="form" /> beside a field, and it
            is asked for here.
          </p>
        )}
      </section>
      <section aria-label="Results" className="form-results">
        {endsOf(doc).map(([name, id]) => <Ending key={name} name={name} id={id} />)}
      </section>
    </div>
  );
}

function Ending({ name, id }: { name: string; id: string }) {
  const running = use((state) => live(state, id));
  const result = use((state) => shown(state, id));
  const state = use((all) => stateOf(all, id));
  const run: NodeRun | undefined = running?.pictures?.length ? running : result;
  return (
    <figure data-state={state} className="ending">
      {run?.text !== undefined && <p className="preview-text">{run.text}</p>}
      {(run?.pictures ?? []).map((picture, at) => (
        <Shown key={at} picture={picture} alt={`${name}, picture ${at + 1}`} />
      ))}
      {!run && <p className="preview-none">no picture yet</p>}
      <figcaption>
        {name}
        {state === "running" && running?.total ? <small>row {running.done} of {running.total}</small> : null}
        {state === "stale" && <small>the inputs have changed since</small>}
        {run?.remark && <small>{run.remark}</small>}
        {running?.message && <small className="problem">{running.message}</small>}
        {run?.pictures?.[0]?.file && <Download picture={run.pictures[0]} id={id} words="Download" />}
      </figcaption>
    </figure>
  );
}
