// The picture box of a node: rows as they are drawn, results to leaf through, candidates to pick from.

import { browse, forget, live, position, seen, stateOf } from "../studio/results";
import { setSettled, setValue } from "../studio/acts";
import { execute } from "../studio/running";
import { doc, get, set, use, type State } from "../studio/store";
import type { NodeRun, Picture } from "../types";
import { Icon } from "./Icon";
import { Shown } from "./Shown";

const MOST = 9;

export function Preview({ id }: { id: string }) {
  const running = use((state) => live(state, id));
  const run = use((state) => seen(state, id));
  const state = use((all) => stateOf(all, id));
  return (
    <div className="preview" data-state={state}>
      <Pictures id={id} run={run} isFinished={state !== "running"} />
      {state === "running" && <Rows run={running} />}
      {state === "stopped" && running?.done !== undefined && (
        <p className="rows-text">{running.inside && `${running.inside}: `}stopped at row {running.done} of {running.total}</p>
      )}
      <Leaf id={id} result={run} />
    </div>
  );
}

function Rows({ run }: { run: NodeRun | undefined }) {
  const { done = 0, total = 0, inside } = run ?? {};
  return (
    <div className="rows">
      <div className="rows-bar"><i style={{ width: `${total ? (100 * done) / total : 0}%` }} /></div>
      <p className="rows-text" data-row={done}>{inside && `${inside}: `}{total ? `row ${done} of ${total}` : "starting…"}</p>
    </div>
  );
}

function Pictures({ id, run, isFinished }: { id: string; run: NodeRun | undefined; isFinished: boolean }) {
  const asks = use((state) => askedOf(state, id));
  const picked = use((state) => (asks ? pickedOf(state, id, asks) : null));
  const pictures = (run?.pictures ?? []).slice(0, MOST);
  if (run?.text !== undefined && !pictures.length) return <p className="preview-text">{run.text}</p>;
  if (!pictures.length) return <p className="preview-none">no picture yet</p>;
  const click = (index: number) =>
    asks && run?.state === "choice" ? pick(id, asks, index + 1) : set({ large: { node: id, index } });
  return (
    <div className="pictures" data-count={pictures.length}>
      {pictures.map((picture, index) => (
        <button type="button" key={index} className="nodrag" disabled={!isFinished && !picture.file}
          aria-pressed={asks ? picked === index + 1 : undefined} onClick={() => click(index)}
          aria-label={asks ? `Pick picture ${index + 1} of ${id}` : `Look at picture ${index + 1} of ${id}`}>
          <Shown picture={picture} alt={`Picture ${index + 1} of ${id}`} onError={() => forget(id, picture.url)} />
        </button>
      ))}
    </div>
  );
}

/** The input that a click on a picture of a node fills: its task's, or what is asked inside of a workflow. */
export function askedOf(state: State, id: string): string | null {
  const node = state.history.doc.nodes[id];
  return node?.workflow ? (live(state, id)?.asks ?? null) : (state.catalogue.nodes[node?.task ?? ""]?.asks ?? null);
}

function pickedOf({ history }: State, id: string, asks: string): unknown {
  const node = history.doc.nodes[id];
  return node?.workflow ? node.settled?.[asks] : node?.inputs?.[asks];
}

/** The choice is written down, and the run goes on from the cache. */
export function pick(id: string, input: string, choice: number): void {
  if (doc().nodes[id]?.workflow) setSettled(id, input, choice);
  else setValue(id, input, choice);
  execute(get().ran.target);
}

/** `< 2/5 >`, how long it took, and the file. */
function Leaf({ id, result }: { id: string; result: NodeRun | undefined }) {
  const at = use((state) => position(state, id).at);
  const of = use((state) => position(state, id).of);
  const file = result?.pictures?.find((picture) => picture.file);
  if (!of && !file) return null;
  return (
    <div className="leaf nodrag">
      {of > 1 && (
        <span role="group" aria-label={`Results of ${id}`}>
          <button type="button" aria-label={`Previous result of ${id}`} disabled={at <= 0} onClick={() => browse(id, -1)}>
            <Icon name="left" />
          </button>
          <b>{at + 1}/{of}</b>
          <button type="button" aria-label={`Next result of ${id}`} disabled={at >= of - 1} onClick={() => browse(id, 1)}>
            <Icon name="right" />
          </button>
        </span>
      )}
      {result?.seconds !== undefined && <small>{result.seconds.toFixed(1)} s</small>}
      {file && <Download picture={file} id={id} />}
    </div>
  );
}

export function Download({ picture, id, words = "" }: { picture: Picture; id: string; words?: string }) {
  return (
    <a className={words ? "plain" : "tool"} href={picture.url} download={picture.file} title="Download, with the workflow inside"
      aria-label={words ? undefined : `Download the picture of ${id}`}>
      <Icon name="save" /> {words}
    </a>
  );
}
