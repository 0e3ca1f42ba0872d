// The same document as a numbered list: for a phone, for a keyboard, for whoever prefers to read.

import { framesOf } from "../document/frames";
import { INPUTS, RESULTS } from "../document/graph";
import { cards } from "../document/layout";
import { palette } from "../studio/choosers";
import { use } from "../studio/store";
import { Card } from "./Card";
import { InputsCard, ResultsCard } from "./Ends";
import { Icon } from "./Icon";

/** The titles of the frames that a step lies in on the canvas, and the one before it does not. */
function In({ id, before }: { id: string; before: string | undefined }) {
  const doc = use((state) => state.history.doc);
  const told = before ? framesOf(doc, before) : [];
  const frames = framesOf(doc, id).filter((frame) => frame.title && !told.includes(frame));
  if (!frames.length) return null;
  return <p className="in-frames">{frames.map(({ title, colour }, at) => <span key={at} data-colour={colour ?? "grey"}>{title}</span>)}</p>;
}

export function Steps() {
  const ids = use((state) => cards(state.history.doc).join(" ")).split(" ").filter(Boolean);
  const steps = ids.filter((id) => id !== INPUTS && id !== RESULTS);
  return (
    <div className="steps">
      {ids.includes(INPUTS) && <InputsCard />}
      <ol>
        {steps.map((id, at) => (
          <li key={id}><In id={id} before={steps[at - 1]} /><Card id={id} number={at + 1} /></li>
        ))}
      </ol>
      {ids.includes(RESULTS) && <ResultsCard />}
      <button type="button" className="plain add-step" onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        palette({ x: box.left, y: box.top - 200 });
      }}>
        <Icon name="add" /> Add a step
      </button>
    </div>
  );
}
