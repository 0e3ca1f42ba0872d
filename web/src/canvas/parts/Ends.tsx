// The two cards at the ends of a workflow: what is filled in before a run, and what comes out of it.

import { memo } from "react";
import { INPUTS, RESULTS, wires } from "../document/graph";
import { disconnected, setDefault } from "../document/edit";
import { split } from "../document/read";
import { portOfInput } from "../document/sockets";
import { removeInput } from "../studio/choosers";
import { shown } from "../studio/results";
import { edit, heed, use } from "../studio/store";
import type { DocInput, Json, Link } from "../types";
import { Field } from "./Field";
import { Icon } from "./Icon";
import { Socket } from "./Socket";
import { OnSurface } from "./Socket";
import { Handle, Position } from "@xyflow/react";
import { useContext } from "react";

const NO_INPUTS: Record<string, DocInput> = {};
const NO_OUTPUTS: Record<string, Link> = {};

export const InputsCard = memo(function InputsCard() {
  const inputs = use((state) => state.history.doc.inputs ?? NO_INPUTS);
  const used = use((state) =>
    wires(state.history.doc).filter((wire) => wire.source === INPUTS).map((wire) => wire.output).join(" "),
  );
  return (
    <article className="card ends" data-card={INPUTS} aria-label="Inputs of the workflow">
      <header className="card-head"><h2>Inputs<small>filled in before each run</small></h2></header>
      <div className="inputs">
        {Object.keys(inputs).map((name) => (
          <div className="input from-inputs" key={name} data-type={inputs[name]!.type}>
            <span className="label">{inputs[name]!.label || name}</span>
            <InputField name={name} />
            <button type="button" className="tool nodrag" aria-label={`Remove the input ${name}`} onClick={() => removeInput(name)}>
              <Icon name="close" />
            </button>
            <Socket node={INPUTS} port={name} side="output" type={inputs[name]!.type} label={`Input ${name}`}
              isWired={used.split(" ").includes(name)} />
          </div>
        ))}
      </div>
    </article>
  );
});

export function InputField({ name }: { name: string }) {
  const doc = use((state) => state.history.doc);
  if (!doc.inputs?.[name]) return null;
  const set = (value: Json | undefined) => {
    heed(`/inputs/${name}`);
    edit((current) => setDefault(current, name, value), `inputs.${name}`);
  };
  return <Field port={portOfInput(doc, name)} value={doc.inputs[name]!.default} label={doc.inputs[name]!.label || name} onChange={set} />;
}

export const ResultsCard = memo(function ResultsCard() {
  const outputs = use((state) => state.history.doc.outputs ?? NO_OUTPUTS);
  const isOnSurface = useContext(OnSurface);
  return (
    <article className="card ends" data-card={RESULTS} aria-label="Results of the workflow">
      <header className="card-head"><h2>Results<small>what the workflow is for</small></h2></header>
      <div className="inputs">
        {Object.entries(outputs).map(([name, link]) => <ResultRow key={name} name={name} from={link.from} />)}
        {isOnSurface && (
          <div className="input more-results">
            <Handle type="target" id="" position={Position.Left} className="socket side-input" aria-label="Another result">+</Handle>
            <span className="label">drop a wire here</span>
          </div>
        )}
      </div>
    </article>
  );
});

function ResultRow({ name, from }: { name: string; from: string }) {
  const [node] = split({ from });
  const picture = use((state) => shown(state, node)?.pictures?.[0]);
  const isOnSurface = useContext(OnSurface);
  return (
    <div className="input result">
      {isOnSurface && <Handle type="target" id={name} position={Position.Left} className="socket side-input wired type-image" title={from} />}
      <span className="label">{name}<small>{from.replace(".", " · ")}</small></span>
      {picture && <img src={picture.url} alt={`Result ${name}`} draggable={false} />}
      <button type="button" className="tool nodrag" aria-label={`Remove the result ${name}`}
        onClick={() => edit((current) => disconnected(current, RESULTS, name))}>
        <Icon name="close" />
      </button>
    </div>
  );
}
