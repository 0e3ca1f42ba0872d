// A list that opens at a place, is searched by typing and left by Escape: the palette and every menu.

import { useEffect, useMemo, useRef, useState } from "react";
import { letterOf } from "../document/sockets";
import { root } from "../studio/acts";
import { matching } from "../studio/matching";
import { set, use, type Choice, type Chooser as Open } from "../studio/store";

const WIDTH = 320;
const HEIGHT = 380;

export function Chooser() {
  const open = use((state) => state.chooser);
  return open && <OpenChooser key={open.title + open.at.x + open.at.y} {...open} />;
}

function OpenChooser({ title, at, choices, empty }: Open) {
  const [words, setWords] = useState("");
  const [marked, setMarked] = useState(0);
  const before = useRef(document.activeElement as HTMLElement | null);
  const list = useRef<HTMLUListElement>(null);
  const found = useMemo(() => matching(choices, words), [choices, words]);
  const leave = () => {
    set({ chooser: null });
    const back = before.current?.isConnected ? before.current : root();
    back?.focus({ preventScroll: true });
  };
  const take = (choice: Choice | undefined) => {
    if (!choice) return;
    leave();
    choice.run();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    event.stopPropagation();
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) setMarked((marked + by + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter") take(found[marked]);
    else if (event.key === "Escape" || event.key === "Tab") leave();
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    list.current?.children[marked]?.scrollIntoView({ block: "nearest" });
  }, [marked]);
  const place = {
    left: Math.max(8, Math.min(at.x, window.innerWidth - WIDTH - 12)),
    top: Math.max(8, Math.min(at.y, window.innerHeight - HEIGHT - 12)),
  };
  return (
    <>
      <div className="veil" onPointerDown={leave} />
      <div className="chooser" role="dialog" aria-label={title} style={place} onKeyDown={onKeyDown}>
        <input
          autoFocus
          value={words}
          placeholder={title}
          role="combobox"
          aria-label={title}
          aria-expanded="true"
          aria-controls="canvas-choices"
          aria-activedescendant={found[marked] && `canvas-choice-${marked}`}
          onChange={(event) => (setWords(event.target.value), setMarked(0))}
        />
        <ul id="canvas-choices" role="listbox" aria-label={title} ref={list}>
          {found.map((choice, at) => (
            <Row key={choice.key + at} choice={choice} at={at} isMarked={at === marked} take={take}
              isFirst={choice.group !== found[at - 1]?.group} />
          ))}
        </ul>
        {found.length === 0 && <p className="chooser-none">{words ? "No name contains this." : empty}</p>}
      </div>
    </>
  );
}

interface RowProps {
  choice: Choice;
  at: number;
  isMarked: boolean;
  isFirst: boolean;
  take: (choice: Choice) => void;
}

function Row({ choice, at, isMarked, isFirst, take }: RowProps) {
  const letter = use((state) => choice.type && letterOf(state.catalogue, choice.type));
  return (
    <li id={`canvas-choice-${at}`} role="option" aria-selected={isMarked} onClick={() => take(choice)}
      data-group={isFirst ? choice.group : undefined}>
      {letter && <i className={`letter type-${choice.type}`} aria-hidden="true">{letter}</i>}
      <span>{choice.title}</span>
      {choice.hint && <small>{choice.hint}</small>}
    </li>
  );
}
