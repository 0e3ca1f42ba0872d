// What is always in reach: run and stop with the plan of the next run, and the ways to change and pass on.

import { isHeeded, sentenceOf } from "../document/problems";
import { signatureOf } from "../document/graph";
import { redo, tidy, undo } from "../studio/acts";
import { palette } from "../studio/choosers";
import { save, startEmpty } from "../studio/files";
import { canContinue, execute, halt, planLine } from "../studio/running";
import { doc, edit, get, holdsNothing, set, use, type View } from "../studio/store";
import { Icon } from "./Icon";

const VIEWS: [View, string][] = [["canvas", "Canvas"], ["steps", "Steps"], ["form", "Form"]];

export function Toolbar() {
  return (
    <div className="toolbar">
      <Go />
      <div className="tools" role="toolbar" aria-label="Change the workflow">
        <AddButton />
        <Undo />
        <button type="button" className="tool tidy" aria-label="Tidy up" title="Tidy up (L)" onClick={tidy}><Icon name="tidy" /></button>
        <RunsButton />
      </div>
      <Title />
      <Views />
      <div className="tools" role="toolbar" aria-label="Open, save and share">
        <NewButton />
        <button type="button" className="tool" aria-label="Open a workflow" title="Open…" onClick={() => set({ dialog: "open" })}><Icon name="open" /></button>
        <button type="button" className="tool" aria-label="Save as JSON" title="Save as JSON" onClick={save}><Icon name="save" /></button>
        <button type="button" className="tool" aria-label="Share a link" title="Share a link…" onClick={() => set({ dialog: "share" })}><Icon name="share" /></button>
        <button type="button" className="tool keys" aria-label="Keys" title="Keys (?)" onClick={() => set({ dialog: "keys" })}><Icon name="keys" /></button>
      </div>
    </div>
  );
}

function Go() {
  const isRunning = use((state) => state.run.state === "running");
  const isEmpty = use(holdsNothing);
  const goesOn = use((state) => state.run.state === "stopped" && signatureOf(state.history.doc) !== "" && canContinue());
  const line = use(planLine);
  const faults = use((state) => state.plan?.problems?.length ?? 0);
  const target = use((state) => state.ran.target);
  return (
    <div className="go-run">
      {isRunning ? (
        <button type="button" className="strong" onClick={halt} title="Stop (Esc)"><Icon name="stop" /> Stop</button>
      ) : (
        <button type="button" className="strong run" disabled={isEmpty} title="Run (Ctrl+Enter)"
          onClick={() => execute(goesOn ? target : null)}>
          <Icon name="run" /> {goesOn ? "Continue" : "Run"}
        </button>
      )}
      <PlanLine line={line} faults={isRunning ? 0 : faults} />
    </div>
  );
}

function PlanLine({ line, faults }: { line: string; faults: number }) {
  const first = use((state) => (faults ? state.plan?.problems?.[0] : undefined));
  const isWrong = use((state) => faults > 0 && (state.plan?.problems ?? []).some((each) => isHeeded(each, state.heeded)));
  const said = use((state) => (state.run.state === "idle" || state.run.state === "running" ? "" : (state.run.message ?? "")));
  const words = first && sentenceOf(first, doc(), get().catalogue);
  return (
    <p className="plan" data-faulty={isWrong || undefined}>
      <span className="plan-line">{line}</span>
      {(words || said) && <small>{words || said}</small>}
    </p>
  );
}

function AddButton() {
  return (
    <button type="button" className="plain" title="Add a node (/)" onClick={(event) => {
      const box = event.currentTarget.getBoundingClientRect();
      palette({ x: box.left, y: box.bottom + 6 });
    }}>
      <Icon name="add" /> Add <kbd>/</kbd>
    </button>
  );
}

function NewButton() {
  const isEmpty = use(holdsNothing);
  return (
    <button type="button" className="tool new" aria-label="New workflow" title="New workflow" disabled={isEmpty} onClick={startEmpty}>
      <Icon name="empty" />
    </button>
  );
}

function RunsButton() {
  const isOpen = use((state) => state.drawer);
  return (
    <button type="button" className="tool" aria-label="The last runs" title="The last runs (H)" aria-expanded={isOpen}
      onClick={() => set({ drawer: !isOpen })}>
      <Icon name="runs" />
    </button>
  );
}

function Undo() {
  const can = use((state) => state.history.past.length > 0);
  const canRedo = use((state) => state.history.future.length > 0);
  return (
    <>
      <button type="button" className="tool" aria-label="Undo" title="Undo (Ctrl+Z)" disabled={!can} onClick={undo}><Icon name="undo" /></button>
      <button type="button" className="tool" aria-label="Redo" title="Redo (Ctrl+Y)" disabled={!canRedo} onClick={redo}><Icon name="redo" /></button>
    </>
  );
}

function Title() {
  const title = use((state) => state.history.doc.title ?? "");
  return (
    <input className="title" aria-label="Title of the workflow" placeholder="Untitled workflow" value={title} maxLength={120}
      onChange={(event) => edit((doc) => ({ ...doc, title: event.target.value }), "title")} />
  );
}

function Views() {
  const view = use((state) => state.view);
  return (
    <div className="views" role="group" aria-label="View">
      {VIEWS.map(([name, text]) => (
        <button type="button" key={name} aria-pressed={view === name} onClick={() => set({ view: name })}>{text}</button>
      ))}
    </div>
  );
}
