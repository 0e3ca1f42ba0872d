// What opens over the canvas: the link to share, a place to paste, the list of keys, a picture at full size.

import { useEffect, useRef, useState, type FormEvent, type ReactNode } from "react";
import { linkTo } from "../document/share";
import { rename } from "../studio/acts";
import { drawWords, forgetWorkflow, openFile, openText, putIntoCreate, savedWorkflows, startEmpty, takeElsewhere } from "../studio/files";
import type { Elsewhere as Brought } from "../studio/pictures";
import { shown, live } from "../studio/results";
import { doc, get, holdsNothing, notify, set, use } from "../studio/store";
import { Icon } from "./Icon";
import { askedOf, Download, pick } from "./Preview";
import { Shown as ShownPicture } from "./Shown";

export const KEYS: [string, string][] = [
  ["/", "Add a node"],
  ["Enter on a socket", "Choose what to wire it to"],
  ["Arrow keys", "Move the selected nodes"],
  ["Ctrl+Enter", "Run"],
  ["Shift+Enter", "Run to the selected node"],
  ["Esc", "Stop the run"],
  ["Ctrl+Z, Ctrl+Y", "Undo, redo"],
  ["Ctrl+C, Ctrl+X, Ctrl+V", "Copy, cut and paste nodes as JSON"],
  ["Ctrl+D", "Duplicate"],
  ["Ctrl+A", "Select all"],
  ["Del", "Delete"],
  ["B, M", "Bypass, mute"],
  ["G", "A frame around the selected nodes"],
  ["[, ]", "Previous and next result, with its inputs"],
  ["H", "The last runs"],
  ["F, L", "See everything, tidy up"],
  ["?", "This list"],
];

export function Dialogs() {
  const dialog = use((state) => state.dialog);
  const elsewhere = use((state) => state.elsewhere);
  if (dialog === "share") return <Dialog title="Share this workflow"><Share /></Dialog>;
  if (dialog === "open") return <Dialog title="Open a workflow"><Open /></Dialog>;
  if (dialog === "rename") return <Dialog title="Rename this node"><Rename /></Dialog>;
  if (dialog === "keys") return <Dialog title="Keys"><Keys /></Dialog>;
  if (elsewhere) return <Dialog title="A file of another program"><Elsewhere {...elsewhere} /></Dialog>;
  return <Large />;
}

const leave = () => set({ dialog: null, large: null, elsewhere: null });

function Dialog({ title, children }: { title: string; children: ReactNode }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opened = ref.current;
    opened?.showModal();
    return () => opened?.close();
  }, []);
  return (
    <dialog ref={ref} aria-label={title} onClose={leave} onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => event.target === ref.current && leave()}>
      <header>
        <h2>{title}</h2>
        <button type="button" className="tool" aria-label="Close" onClick={leave}><Icon name="close" /></button>
      </header>
      {children}
    </dialog>
  );
}

function Share() {
  const [link, setLink] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    void linkTo(doc(), get().space, location.href).then(setLink);
  }, []);
  const copy = () => {
    field.current?.select();
    navigator.clipboard?.writeText(link).then(
      () => notify("Link copied."),
      () => notify("The link is selected; press Ctrl+C to copy it."),
    );
  };
  return (
    <>
      <p className="note">The link holds the whole workflow. Nothing is stored anywhere, and opening it runs nothing.</p>
      <textarea ref={field} readOnly rows={5} value={link} aria-label="Link to this workflow" onFocus={(event) => event.target.select()} />
      <p className="dialog-end">
        <small>{link.length.toLocaleString("en")} characters{link.length > 8000 ? "; some programs cut long links, a JSON file is safer" : ""}</small>
        <button type="button" className="strong" onClick={copy}>Copy</button>
      </p>
    </>
  );
}

/** A file of another program: what it is, and what its prompt can do here. */
function Elsewhere({ sentence, prompt, image }: Brought) {
  return (
    <>
      <p>{sentence}</p>
      <blockquote className="their-prompt" tabIndex={0} role="group" aria-label="Its prompt">{prompt}</blockquote>
      <p className="dialog-end">
        {image && <button type="button" className="plain" onClick={() => takeElsewhere(image)}>Only the picture</button>}
        <button type="button" className="plain" onClick={() => putIntoCreate(prompt)}>Put it into Create</button>
        <button type="button" className="strong" onClick={() => drawWords(prompt)}>New workflow with it</button>
      </p>
    </>
  );
}

function Open() {
  const [text, setText] = useState("");
  const templates = use((state) => state.templates);
  const isEmpty = use(holdsNothing);
  const input = useRef<HTMLInputElement>(null);
  const done = (work: Promise<void>) => void work.then(() => get().elsewhere ?? leave());
  return (
    <>
      <Saved then={leave} />
      {templates.length > 0 && <Templates then={leave} />}
      <p className="note">Paste a link or JSON, or choose a file: JSON, or a picture that was made here. Files of ComfyUI, Automatic1111 and InvokeAI give their prompt. Dropping it on the canvas works too.</p>
      <textarea rows={4} value={text} aria-label="Link or JSON" placeholder="Link or JSON" onChange={(event) => setText(event.target.value)} />
      <p className="dialog-end">
        {!isEmpty && <button type="button" className="plain" onClick={() => (leave(), startEmpty())}>New, empty</button>}
        <button type="button" className="plain" onClick={() => input.current?.click()}>Choose a file…</button>
        <button type="button" className="strong" disabled={!text.trim()} onClick={() => done(openText(text, "Pasted workflow"))}>Open</button>
      </p>
      <input ref={input} type="file" className="unseen-file" tabIndex={-1} aria-label="Workflow file" accept=".json,application/json,image/png"
        onChange={(event) => event.target.files?.[0] && done(openFile(event.target.files[0]))} />
    </>
  );
}

/** The workflows that were saved in this browser. */
function Saved({ then }: { then: () => void }) {
  const [saved, setSaved] = useState(savedWorkflows);
  const forget = (title: string) => (forgetWorkflow(title), setSaved(savedWorkflows()));
  return saved.length > 0 && (
    <>
      <h3>Your workflows</h3>
      <ul className="saved-workflows" aria-label="Your workflows">
        {saved.map(({ title, text }) => (
          <li key={title}>
            <button type="button" className="plain" onClick={() => void openText(text, title).then(then)}>{title}</button>
            <button type="button" className="tool" aria-label={`Forget ${title}`} title="Forget" onClick={() => forget(title)}><Icon name="close" /></button>
          </li>
        ))}
      </ul>
      <h3>Templates</h3>
    </>
  );
}

function Rename() {
  const id = use((state) => state.selected[0] ?? "");
  const [wish, setWish] = useState(id);
  const done = (event: FormEvent) => (event.preventDefault(), leave(), rename(id, wish));
  return (
    <form onSubmit={done}>
      <input autoFocus value={wish} maxLength={56} aria-label="Name of the node" onChange={(event) => setWish(event.target.value)} />
      <p className="dialog-end">
        <small>Small letters, digits and _, a letter first. Links follow.</small>
        <button type="submit" className="strong" disabled={!wish.trim()}>Rename</button>
      </p>
    </form>
  );
}

export function Templates({ then = () => {} }: { then?: () => void }) {
  const templates = use((state) => state.templates);
  return (
    <ul className="templates">
      {templates.map((each) => (
        <li key={each.name}>
          <button type="button" className="plain" onClick={() => void openText(each.text, each.title).then(then)}>
            {each.picture && <img src={each.picture} alt="" loading="lazy" />}
            {each.title}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Keys() {
  return (
    <dl className="keys-list">
      {KEYS.map(([key, what]) => (
        <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>
      ))}
    </dl>
  );
}

function Large() {
  const large = use((state) => state.large);
  const run = use((state) => large && (live(state, large.node)?.pictures ? live(state, large.node) : shown(state, large.node)));
  const asks = use((state) => large && askedOf(state, large.node));
  const picture = large && run?.pictures?.[large.index];
  if (!large || !picture) return null;
  const count = run!.pictures!.length;
  const turn = (by: number) => set({ large: { node: large.node, index: (large.index + by + count) % count } });
  return (
    <Dialog title={count > 1 ? `${large.node}, ${large.index + 1} of ${count}` : large.node}>
      <ShownPicture className="large" picture={picture} alt={`Picture ${large.index + 1} of ${large.node}`} />
      <p className="dialog-end">
        {count > 1 && (
          <span>
            <button type="button" className="tool" aria-label="Previous picture" onClick={() => turn(-1)}><Icon name="left" /></button>
            <button type="button" className="tool" aria-label="Next picture" onClick={() => turn(1)}><Icon name="right" /></button>
          </span>
        )}
        {asks && (
          <button type="button" className="strong" onClick={() => (leave(), pick(large.node, asks, large.index + 1))}>Pick this one</button>
        )}
        {picture.file && <Download picture={picture} id={large.node} words="Download" />}
      </p>
    </Dialog>
  );
}
