// One node as a card, the same on the canvas and in the list of steps: inputs, picture, outputs, state.

import { memo, useState, type MouseEvent } from "react";
import { isHeeded, phraseOf, sentenceOf } from "../document/problems";
import { INPUTS, wires } from "../document/graph";
import { toJson } from "../document/json";
import { inputsOf, isLink } from "../document/read";
import { portsFor, taskOf } from "../document/sockets";
import { ask, setSettled, setValue, showResult, unwire } from "../studio/acts";
import { forNode } from "../studio/choosers";
import { live, seen, stateOf } from "../studio/results";
import { use } from "../studio/store";
import type { DocNode, Json, Link, NodeState, Port, Problem, TaskInfo } from "../types";
import { Field } from "./Field";
import { Icon } from "./Icon";
import { Preview } from "./Preview";
import { Socket } from "./Socket";

const WORDS: Record<NodeState, string> = {
  idle: "", stale: "changed", queued: "queued", running: "running", done: "done", cached: "cached",
  stopped: "stopped", error: "error", skipped: "skipped", choice: "pick one",
};
const MODES = { mute: "muted", bypass: "bypassed", run: "" };
const NONE: Problem[] = [];

export const Card = memo(function Card({ id, number }: { id: string; number?: number }) {
  const node = use((state) => state.history.doc.nodes[id]);
  const task = use((state) => taskOf(state.history.doc, state.catalogue, state.history.doc.nodes[id]));
  const state = use((all) => stateOf(all, id));
  if (!node) return null;
  return (
    <article className="card" data-card={id} data-state={state} data-mode={node.mode ?? "run"} data-unknown={!task || undefined}
      data-workflow={node.workflow ? true : undefined}
      aria-label={`${number ? `Step ${number}: ` : ""}${task?.title ?? nameOf(node)} ${id}, ${WORDS[state] || "not run yet"}`}>
      <Head id={id} node={node} task={task} state={state} number={number} />
      {task ? <Body id={id} node={node} task={task} /> : <Unknown id={id} node={node} />}
      <Fault id={id} />
      <Outputs id={id} task={task} />
    </article>
  );
});

const nameOf = (node: DocNode): string => node.workflow ?? node.task ?? "";

interface HeadProps {
  id: string;
  node: DocNode;
  task: TaskInfo | undefined;
  state: NodeState;
  number: number | undefined;
}

function Head({ id, node, task, state, number }: HeadProps) {
  const menu = (event: MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    forNode(id, { x: box.left, y: box.bottom + 4 });
  };
  return (
    <header className="card-head" onContextMenu={(event) => (event.preventDefault(), menu(event))}>
      {number && <span className="number" aria-hidden="true">{number}</span>}
      {node.workflow && <span className="is-workflow" title="A workflow as a node"><Icon name="workflow" /></span>}
      <h2 title={task?.title}>{task?.title ?? nameOf(node)}<small>{id}</small></h2>
      <span className="state">{MODES[node.mode ?? "run"] || WORDS[state]}</span>
      <button type="button" className="tool nodrag" aria-label={`Menu of ${id}`} onClick={menu}>
        <Icon name="more" />
      </button>
    </header>
  );
}

function Body({ id, node, task }: { id: string; node: DocNode; task: TaskInfo }) {
  const [isOpen, setOpen] = useState(false);
  const given = inputsOf(node);
  const ports = portsFor(task, node);
  const all = Object.entries(ports);
  const plain = all.filter(([name, port]) => isOpen || !port.advanced || isLink(given[name]));
  const hidden = all.filter((entry) => !plain.includes(entry));
  const settled = hidden.filter(([name]) => name in given).length;
  const strange = Object.keys(given).filter((name) => !(name in ports));
  return (
    <>
      <div className="inputs">
        {plain.map(([name, port]) => <Input key={name} id={id} name={name} port={port} value={given[name]} />)}
        {strange.map((name) => <Strange key={name} id={id} name={name} value={given[name]!} />)}
        {node.workflow && !all.length && <p className="note">It asks for nothing. Unfold it (in its menu) to change what is inside.</p>}
        {node.workflow && <Settled id={id} settled={node.settled ?? NOTHING} />}
        {(hidden.length > 0 || isOpen) && (
          <button type="button" className="further nodrag" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? "Fewer options" : `${hidden.length} more options${settled ? `, ${settled} of them set` : ""}`}
          </button>
        )}
      </div>
      {Object.keys(task.outputs).length > 0 && <Preview id={id} />}
      <Remark id={id} />
    </>
  );
}

const NOTHING: Record<string, Json> = {};

/** Numbers that random seeds inside became, and choices that were made there: shown on demand, and left open again on request. */
function Settled({ id, settled }: { id: string; settled: Record<string, Json> }) {
  const [isOpen, setOpen] = useState(false);
  const all = Object.entries(settled);
  if (!all.length) return null;
  return (
    <>
      <button type="button" className="further nodrag" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {all.length === 1 ? "1 value" : `${all.length} values`} settled inside
      </button>
      {isOpen && all.map(([key, value]) => (
        <div className="input" key={key}>
          <span className="label">{key.replaceAll("/", " · ").replace(".", " · ")}</span>
          <span className="linked">
            <span>{toJson(value)}</span>
            <button type="button" className="tool nodrag" aria-label={`Leave ${key} of ${id} open again`} onClick={() => setSettled(id, key, undefined)}>
              <Icon name="close" />
            </button>
          </span>
        </div>
      ))}
    </>
  );
}

interface InputProps {
  id: string;
  name: string;
  port: Port;
  value: Json | Link | undefined;
}

function problemsAt(problems: Problem[], pointer: string): Problem[] {
  const found = problems.filter((each) => each.pointer === pointer || each.pointer.startsWith(`${pointer}/`));
  return found.length ? found : NONE;
}

function Input({ id, name, port, value }: InputProps) {
  const problem = use((state) => problemsAt(state.plan?.problems ?? NONE, `/nodes/${id}/inputs/${name}`)[0]);
  const isWrong = use((state) => problem !== undefined && isHeeded(problem, state.heeded));
  const label = port.title || name;
  const note = problem && `problem-${id}-${name}`;
  const isBare = value === undefined;
  const isAsked = isLink(value) && value.from.startsWith(`${INPUTS}.`);
  return (
    <div className="input" data-type={port.type} data-faulty={(isWrong && !isBare) || undefined}>
      {port.link !== false && (
        <Socket node={id} port={name} side="input" type={port.type} label={`${label} of ${id}`} isWired={isLink(value)} />
      )}
      <span className="label" title={port.docs}>{label}</span>
      {isLink(value) ? (
        <Linked id={id} name={name} from={value.from} />
      ) : (
        <Field port={port} value={value} label={`${label} of ${id}`} {...(note && { describedBy: note })}
          onChange={(next) => setValue(id, name, next)} />
      )}
      {port.type !== "json" && (!isLink(value) || isAsked) && <Ask id={id} name={name} label={label} isAsked={isAsked} />}
      {problem && isBare && <p className="note" id={note}>still empty: fill it in, or draw a wire here</p>}
      {problem && !isBare && <p className={isWrong ? "problem" : "note"} id={note}>{phraseOf(problem)}</p>}
    </div>
  );
}

function Ask({ id, name, label, isAsked }: { id: string; name: string; label: string; isAsked: boolean }) {
  return (
    <button type="button" className="ask nodrag" aria-pressed={isAsked} aria-label={`Ask for ${label} of ${id} in the Form`}
      title={isAsked ? "Asked for in the Form; press to write it here again" : "Ask for this in the Form"}
      onClick={() => ask(id, name, label)}>
      <Icon name="form" />
    </button>
  );
}

function Linked({ id, name, from }: { id: string; name: string; from: string }) {
  return (
    <span className="linked">
      <span title={`from ${from}`}>{from.replace(/^inputs\./, "input ").replace(".", " · ")}</span>
      <button type="button" className="tool nodrag" aria-label={`Remove the wire from ${from} to ${name} of ${id}`}
        onClick={() => unwire(id, name)}>
        <Icon name="close" />
      </button>
    </span>
  );
}

/** An input that this task does not have: shown, so that it can be removed; never lost by itself. */
function Strange({ id, name, value }: { id: string; name: string; value: Json | Link }) {
  return (
    <div className="input" data-faulty="true">
      <span className="label">{name}</span>
      <span className="linked">
        <span>{isLink(value) ? value.from : toJson(value)}</span>
        <button type="button" className="tool nodrag" aria-label={`Remove ${name} of ${id}`} onClick={() => unwire(id, name)}>
          <Icon name="close" />
        </button>
      </span>
      <p className="problem">is not an input here; remove it.</p>
    </div>
  );
}

/** A task nobody here knows: a grey card that keeps what it holds. */
function Unknown({ id, node }: { id: string; node: DocNode }) {
  return (
    <div className="inputs">
      <p className="note">“{nameOf(node)}” is not known here. The node is kept as it is and cannot run.</p>
      {Object.entries(inputsOf(node)).map(([name, value]) => (
        <div className="input" key={name}>
          {isLink(value) && <Socket node={id} port={name} side="input" type="unknown" label={`${name} of ${id}`} isWired />}
          <span className="label">{name}</span>
          <span className="linked"><span>{isLink(value) ? value.from.replace(".", " · ") : toJson(value)}</span></span>
        </div>
      ))}
    </div>
  );
}

/** What there is to say beside the pictures that a node shows. */
function Remark({ id }: { id: string }) {
  const remark = use((state) => seen(state, id)?.remark);
  return remark ? <p className="note remark">{remark}</p> : null;
}

/** What the node as a whole has to say: an error of its run, or a problem that belongs to no input. */
function Fault({ id }: { id: string }) {
  const message = use((state) => live(state, id)?.message);
  const problem = use((state) => faultOf(state.plan?.problems ?? NONE, id, state.history.doc.nodes[id]?.workflow));
  const said = use((state) => (problem?.pointer.startsWith("/workflows/") ? sentenceOf(problem, state.history.doc, state.catalogue) : null));
  const fault = use((state) => state.plan?.faults?.[id]);
  const text = message ?? said ?? (problem ? phraseOf(problem) : fault);
  const isCalm = use((state) => !message && !isHeeded(problem ?? { pointer: `/nodes/${id}`, message: "", fix: "" }, state.heeded));
  return text ? <p className="fault" data-calm={isCalm || undefined}>{text}</p> : null;
}

/** The first problem of a node itself, or of the workflow that it is. */
function faultOf(problems: Problem[], id: string, workflow: string | undefined): Problem | undefined {
  const own = [`/nodes/${id}`, `/nodes/${id}/task`, `/nodes/${id}/workflow`];
  return problems.find(({ pointer }) => own.includes(pointer) || pointer.startsWith(`/nodes/${id}/settled`) || (workflow && pointer.startsWith(`/workflows/${workflow}/`)));
}

const taken = (id: string) => (state: { history: { doc: Parameters<typeof wires>[0] } }) =>
  wires(state.history.doc).filter((wire) => wire.source === id).map((wire) => wire.output).sort().join(" ");

function Outputs({ id, task }: { id: string; task: TaskInfo | undefined }) {
  const used = use(taken(id)).split(" ").filter(Boolean);
  const isResult = use((state) => Object.values(state.history.doc.outputs ?? {}).some((link) => link.from.startsWith(`${id}.`)));
  const names = task ? Object.keys(task.outputs) : [...new Set(used)];
  return (
    <div className="outputs">
      {names.map((name) => {
        const port = task?.outputs[name];
        const label = port?.title || name;
        return (
          <div className="output" key={name}>
            {task && !isResult && (
              <button type="button" className="further nodrag" onClick={() => showResult(id, name)}
                >
                make it a result<span className="heard">: {label} of {id}</span>
              </button>
            )}
            <span className="label">{label}</span>
            <Socket node={id} port={name} side="output" type={port?.type ?? "unknown"} label={`${label} of ${id}`}
              isWired={used.includes(name)} />
          </div>
        );
      })}
    </div>
  );
}
