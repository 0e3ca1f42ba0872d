// The control for one input, by its type; what is typed is kept as it is, and the server says what is wrong.

import { useEffect, useId, useState } from "react";
import { fromJson, toJson, whole } from "../document/json";
import type { Json, Port } from "../types";
import { PictureField } from "./PictureField";
import { Icon } from "./Icon";

export interface FieldProps {
  port: Port;
  value: Json | undefined;
  label: string;
  describedBy?: string;
  onChange: (value: Json | undefined) => void;
}

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d{1,2})?$/i;
const WHOLE = /^-?\d+$/;

/** Text as the value it stands for; what is no number stays text, and the server says so. */
function read(text: string, port: Port): Json | undefined {
  if (text.trim() === "") return undefined;
  if (port.type !== "integer" && port.type !== "number") return text;
  const typed = text.trim();
  return WHOLE.test(typed) ? whole(typed) : NUMBER.test(typed) ? Number(typed) : typed;
}

const shown = (value: Json | undefined): string =>
  value === undefined || value === null ? "" : typeof value === "object" ? toJson(value) : String(value);

function placeholder(port: Port): string {
  if (port.required) return port.type === "text" ? (port.docs ?? "") : "";
  return port.default === null || port.default === undefined ? "automatic" : shown(port.default);
}

export function Field(props: FieldProps) {
  const { port, value } = props;
  if (port.type === "image" && port.many) return <small className="many">{Array.isArray(value) ? `${value.length} pictures` : "draw a wire here"}</small>;
  if (Array.isArray(value) && port.type !== "json") return <ListField {...props} />;
  if (port.type === "image") return <PictureField {...props} />;
  if (port.type === "boolean") return <YesNo {...props} />;
  if (port.type === "choice") return <Select {...props} />;
  return port.type === "text" ? <Text {...props} /> : <Line {...props} />;
}

function Text({ value, port, label, describedBy, onChange }: FieldProps) {
  const text = shown(value);
  const rows = Math.min(6, Math.max(2, Math.ceil(text.length / 30), text.split("\n").length));
  return (
    <textarea className="nodrag nowheel" rows={rows} value={text} placeholder={placeholder(port)} aria-label={label}
      aria-describedby={describedBy} onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)} />
  );
}

/** One line that may hold half a number for a moment. */
function Line({ value, port, label, describedBy, onChange }: FieldProps) {
  const [text, setText] = useState(shown(value));
  useEffect(() => {
    if (toJson(parsed(text, port) ?? null) !== toJson(value ?? null)) setText(shown(value));
  }, [value]);
  const write = (next: string) => (setText(next), onChange(parsed(next, port)));
  const isSeed = port.words?.includes("random");
  return (
    <span className="line">
      <input className="nodrag" value={text} placeholder={placeholder(port)} aria-label={label}
        aria-describedby={describedBy} inputMode={port.type === "json" || isSeed ? "text" : "decimal"}
        onChange={(event) => write(event.target.value)} />
      {isSeed && (
        <button type="button" className="nodrag tool" aria-label={`Roll ${label}`} title="Another seed"
          onClick={() => write(String(Math.floor(Math.random() * 100_000)))}>
          <Icon name="dice" />
        </button>
      )}
    </span>
  );
}

function parsed(text: string, port: Port): Json | undefined {
  if (port.type !== "json" || text.trim() === "") return read(text, port);
  try {
    return fromJson(text);
  } catch {
    return text;
  }
}

function Select({ value, port, label, describedBy, onChange }: FieldProps) {
  const choices = (port.choices ?? []).map(shown);
  const now = shown(value);
  const all = now === "" || choices.includes(now) ? choices : [...choices, now];
  return (
    <select className="nodrag" value={now} aria-label={label} aria-describedby={describedBy}
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}>
      <option value="">{port.required ? "choose…" : placeholder(port)}</option>
      {all.map((choice) => (
        <option key={choice} value={choice}>{choice}</option>
      ))}
    </select>
  );
}

function YesNo({ value, port, label, describedBy, onChange }: FieldProps) {
  return (
    <input className="nodrag" type="checkbox" aria-label={label} aria-describedby={describedBy}
      checked={Boolean(value ?? port.default)} onChange={(event) => onChange(event.target.checked)} />
  );
}

/** Several values, one a line: the node runs once for each. */
function ListField({ value, port, label, describedBy, onChange }: FieldProps) {
  const id = useId();
  const list = value as Json[];
  const [text, setText] = useState(list.map(shown).join("\n"));
  const values = (lines: string) => lines.split("\n").flatMap((line) => read(line, port) ?? []);
  useEffect(() => {
    if (toJson(values(text)) !== toJson(list)) setText(list.map(shown).join("\n"));
  }, [value]);
  return (
    <span className="several">
      <textarea className="nodrag nowheel" rows={Math.min(8, Math.max(2, text.split("\n").length))} value={text}
        aria-label={`${label}, one value a line`} aria-describedby={describedBy ?? id} placeholder="one value a line"
        onChange={(event) => (setText(event.target.value), onChange(values(event.target.value)))} />
      <small id={id}>{list.length === 1 ? "1 value" : `${list.length} values`}, one a line</small>
    </span>
  );
}
