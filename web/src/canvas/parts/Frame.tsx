// A frame behind the cards: its head moves it with all that lies in it, its corner makes it larger.

import { NodeResizeControl } from "@xyflow/react";
import type { MouseEvent } from "react";
import { frameId, LEAST, reframed } from "../document/frames";
import { forFrame } from "../studio/choosers";
import { edit, use } from "../studio/store";
import { Icon } from "./Icon";

export function Frame({ name }: { name: string }) {
  const frame = use((state) => state.history.doc.frames?.[name]);
  if (!frame) return null;
  const title = frame.title ?? "";
  const menu = (event: MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    forFrame(name, { x: box.left, y: box.bottom + 4 });
  };
  return (
    <section className="paper-frame" data-frame={name} data-colour={frame.colour ?? "grey"} aria-label={`Frame ${title || name}`}>
      <header className="frame-head">
        <input className="nodrag frame-title" value={title} size={Math.max(8, title.length)} maxLength={120} placeholder="Untitled frame"
          aria-label={`Title of the frame ${title || name}`}
          onChange={(event) => edit((doc) => reframed(doc, name, { title: event.target.value }), `title ${frameId(name)}`)} />
        <button type="button" className="tool nodrag" aria-label={`Menu of the frame ${title || name}`} onClick={menu}>
          <Icon name="more" />
        </button>
      </header>
      <NodeResizeControl position="bottom-right" minWidth={LEAST[0]} minHeight={LEAST[1]} className="frame-corner"
        onResizeEnd={(_, { width, height }) => edit((doc) => reframed(doc, name, { size: [width, height] }))} />
    </section>
  );
}
