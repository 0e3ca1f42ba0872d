// The last runs of this document, in a drawer: when, what was changed, what came out; a click brings one back.

import { useState } from "react";
import { signatureOf } from "../document/graph";
import { picturesOf, type KeptRun } from "../document/runs";
import { restoreRun } from "../studio/results";
import { set, use } from "../studio/store";
import { Icon } from "./Icon";

const MOST = 4; // pictures that are shown of one

export function Runs() {
  const isOpen = use((state) => state.drawer);
  const runs = use((state) => state.runs);
  const now = use((state) => signatureOf(state.history.doc));
  if (!isOpen) return null;
  return (
    <section className="runs" aria-label="The last runs">
      <header>
        <h2>The last runs</h2>
        <button type="button" className="tool" aria-label="Close the last runs" onClick={() => set({ drawer: false })}><Icon name="close" /></button>
      </header>
      {!runs.length && <p className="note">Each run of this workflow that came to its end is kept here, with its values and results.</p>}
      <ol>
        {runs.toReversed().map((run) => (
          <li key={run.at}><KeptOne run={run} isNow={signatureOf(run.doc) === now} /></li>
        ))}
      </ol>
    </section>
  );
}

function KeptOne({ run, isNow }: { run: KeptRun; isNow: boolean }) {
  const [lost, setLost] = useState<string[]>([]); // files of earlier days are deleted
  const pictures = picturesOf(run).filter((url) => !lost.includes(url)).slice(0, MOST);
  return (
    <button type="button" className="plain kept-run" aria-current={isNow || undefined} onClick={() => restoreRun(run)}>
      <time dateTime={new Date(run.at).toISOString()}>{timeOf(run.at)}</time>
      {run.changes.map((change, at) => <span key={at}>{change}</span>)}
      {pictures.length > 0 && (
        <span className="kept-pictures">
          {pictures.map((url) => <img key={url} src={url} alt="" draggable={false} onError={() => setLost([...lost, url])} />)}
        </span>
      )}
    </button>
  );
}

function timeOf(at: number): string {
  const [then, today] = [new Date(at), new Date()];
  const isToday = then.toDateString() === today.toDateString();
  return then.toLocaleString("en-GB", { ...(!isToday && { day: "numeric", month: "short" }), hour: "2-digit", minute: "2-digit" });
}
