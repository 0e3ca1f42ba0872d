// A coloured, lettered socket: on the canvas an end for wires, everywhere a button that opens its menu.

import { createContext, useContext, type KeyboardEvent, type MouseEvent } from "react";
import { Handle, Position } from "@xyflow/react";
import { letterOf } from "../document/sockets";
import { forInput, forOutput } from "../studio/choosers";
import { use } from "../studio/store";
import type { SocketType } from "../types";

/** Whether cards lie on the drawing surface, where sockets can be wired with the mouse. */
export const OnSurface = createContext(false);

interface SocketProps {
  node: string;
  port: string;
  side: "input" | "output";
  type: SocketType | "unknown";
  label: string;
  isWired: boolean;
}

export function Socket({ node, port, side, type, label, isWired }: SocketProps) {
  const isOnSurface = useContext(OnSurface);
  const letter = use((state) => (type === "unknown" ? "?" : letterOf(state.catalogue, type)));
  const open = (event: KeyboardEvent | MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = { x: box.right + 6, y: box.top };
    if (side === "input") forInput(node, port, at);
    else forOutput(node, port, at);
  };
  const common = {
    className: `socket type-${type}${isWired ? " wired" : ""} side-${side}`,
    "aria-label": `${label}, ${type} ${side}${isWired ? ", wired" : ""}. Choose what to wire it to.`,
    onKeyDown: (event: KeyboardEvent) => {
      const isModified = event.ctrlKey || event.metaKey || event.shiftKey; // those run the workflow
      if (isModified || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      event.stopPropagation();
      open(event);
    },
  };
  if (!isOnSurface) {
    return <button type="button" {...common} onClick={open}>{letter}</button>;
  }
  return (
    <Handle {...common} type={side === "input" ? "target" : "source"} id={port} tabIndex={0} role="button"
      position={side === "input" ? Position.Left : Position.Right} title={label}>
      {letter}
    </Handle>
  );
}
