// The whole canvas: toolbar, the document in one of its views, and everything that reaches it from outside.

import { useEffect, useRef, useState } from "react";
import { autosave, copied, leaveShared, openFile, openText, pasteText, startEmpty } from "../studio/files";
import { remove } from "../studio/acts";
import { onKey } from "../studio/keys";
import { review } from "../studio/running";
import { doc, get, set, subscribe, use } from "../studio/store";
import { Canvas } from "./Canvas";
import { Chooser } from "./Chooser";
import { Dialogs, Templates } from "./Dialogs";
import { FormView } from "./FormView";
import { Runs } from "./Runs";
import { Steps } from "./Steps";
import { Toolbar } from "./Toolbar";

const NARROW = "(max-width: 720px)";

export function App() {
  const view = use((state) => state.view);
  const [isOver, setOver] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  useKeeping();
  useNarrow();
  useEffect(() => {
    // Whoever opened the tab with the mouse can go on with a key at once.
    if (!document.activeElement?.matches(":focus-visible")) frame.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className="frame" ref={frame} tabIndex={-1} onPointerDown={focusFrame} onKeyDown={onKey} onCopy={copy} onCut={cut} onPaste={paste}
      onDrop={(event) => (setOver(false), drop(event))} onDragOver={(event) => (event.preventDefault(), setOver(true))}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Element) && setOver(false)}>
      <Toolbar />
      <Bar />
      <div className="view" data-view={view}>
        <Runs />
        {view === "canvas" && <Canvas />}
        {view === "steps" && <Steps />}
        {view === "form" && <FormView />}
        <Welcome />
        {isOver && <p className="drop-here">Drop a picture made here, a JSON file or a link</p>}
      </div>
      <Notice />
      <Chooser />
      <Dialogs />
    </div>
  );
}

/** Keys reach whoever clicked anywhere on the canvas. */
function focusFrame(event: React.PointerEvent<HTMLElement>): void {
  const target = event.target as Element;
  if (!target.closest("input, textarea, select, button, a, dialog, .react-flow__node, [tabindex='0']")) {
    event.currentTarget.focus({ preventScroll: true });
  }
}

/** Saves the draft and asks for a plan after each change, once things rest. */
function useKeeping(): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    let last = doc();
    review();
    window.addEventListener("pagehide", autosave);
    const stop = subscribe(() => {
      clearTimeout(timer.current);
      timer.current = setTimeout(autosave, 300);
      if (doc() === last) return;
      last = doc();
      review();
    });
    return () => {
      stop();
      window.removeEventListener("pagehide", autosave);
    };
  }, []);
}

/** A narrow screen shows the list of steps, until a person chooses otherwise. */
function useNarrow(): void {
  useEffect(() => {
    const query = matchMedia(NARROW);
    let isOurs = false;
    const change = () => {
      if (query.matches && get().view === "canvas") set({ view: "steps" });
      else if (!query.matches && isOurs && get().view === "steps") set({ view: "canvas" });
      isOurs = query.matches;
    };
    change();
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, []);
}

function Bar() {
  const recovered = use((state) => state.recovered);
  const kept = use((state) => state.kept);
  if (!recovered && kept === null) return null;
  return (
    <div className="bar" role="status">
      {kept === null ? (
        <>
          <span>Recovered draft: this is where you left off.</span>
          <button type="button" className="plain" onClick={startEmpty}>Start empty</button>
          <button type="button" className="plain" onClick={() => set({ recovered: false })}>Keep it</button>
        </>
      ) : (
        <>
          <span>You opened a shared workflow; your own draft is kept.</span>
          <button type="button" className="plain" onClick={() => leaveShared(true)}>Back to my draft</button>
          <button type="button" className="plain" onClick={() => leaveShared(false)}>Keep the shared one</button>
        </>
      )}
    </div>
  );
}

function Welcome() {
  const isEmpty = use((state) => {
    const { nodes, inputs, outputs } = state.history.doc;
    return !Object.keys(nodes).length && !Object.keys(inputs ?? {}).length && !Object.keys(outputs ?? {}).length;
  });
  const isCanvas = use((state) => state.view === "canvas");
  if (!isEmpty) return null;
  return (
    <div className="welcome">
      <h2>Compose pictures step by step</h2>
      {isCanvas ? (
        <>
          {matchMedia("(pointer: coarse)").matches ? (
            <p>Tap Add for a node, and draw wires from socket to socket. Only what changed is run again.</p>
          ) : (
            <p>Press <kbd>/</kbd> or double-click to add a node, and draw wires from socket to socket. Only what changed is run again.</p>
          )}
          <p>Or drop a picture that was made here, a workflow file, or a link.</p>
        </>
      ) : (
        <>
          <p>Add a step; the letter beside each of its fields says what it can be given. Only what changed is run again.</p>
          <p>
            Or <button type="button" className="plain" onClick={() => set({ dialog: "open" })}>Open…</button> a picture
            that was made here, a workflow file, or a link.
          </p>
        </>
      )}
      <Templates />
    </div>
  );
}

function Notice() {
  const notice = use((state) => state.notice);
  const said = use((state) => state.said);
  return (
    <>
      <p className="heard" role="status" aria-live="polite">{said}</p>
      {notice && <p className="notice" onClick={() => set({ notice: "" })}>{notice}</p>}
    </>
  );
}

const isField = (target: EventTarget) => target instanceof Element && target.closest("input, textarea, select, dialog") !== null;

function copy(event: React.ClipboardEvent): void {
  const text = isField(event.target) ? null : copied();
  if (!text) return;
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
}

function cut(event: React.ClipboardEvent): void {
  copy(event);
  if (event.defaultPrevented) remove();
}

function paste(event: React.ClipboardEvent): void {
  if (isField(event.target)) return;
  const file = event.clipboardData.files[0];
  const text = event.clipboardData.getData("text/plain");
  if (file) void openFile(file);
  else if (text.trim()) pasteText(text);
  event.preventDefault();
}

function drop(event: React.DragEvent): void {
  event.preventDefault();
  const file = event.dataTransfer.files[0];
  const text = event.dataTransfer.getData("text/uri-list") || event.dataTransfer.getData("text/plain");
  if (file) void openFile(file);
  else if (text) void openText(text, "Dropped workflow");
}
