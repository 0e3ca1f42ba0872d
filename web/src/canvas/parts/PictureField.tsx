// An input that takes a picture: chosen or dropped, sent to the server once, and written as its digest.

import { useRef, useState } from "react";
import { bring, thumbnails } from "../studio/pictures";
import type { FieldProps } from "./Field";

export function PictureField({ port, value, label, describedBy, onChange }: FieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [note, setNote] = useState("");
  const name = nameOf(value ?? port.default); // a workflow may bring one along
  const take = async (file: File | undefined) => {
    if (!file) return;
    setNote("Sending…");
    const answer = await bring(file);
    setNote("error" in answer ? answer.error : "");
    if (!("error" in answer)) onChange({ image: answer.image });
  };
  const drop = (event: React.DragEvent) => {
    const file = [...event.dataTransfer.files].find((each) => each.type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    event.stopPropagation();
    void take(file);
  };
  return (
    <span className="picture-field nodrag" onDrop={drop} onDragOver={(event) => event.preventDefault()}>
      {name && thumbnails.has(name) && <img src={thumbnails.get(name)} alt="" />}
      <button type="button" className="plain" aria-describedby={describedBy} onClick={() => input.current?.click()}>
        {name ? "Another picture…" : "Choose a picture…"}
      </button>
      {name && <small>{name.startsWith("sha256:") ? "your picture" : name}</small>}
      {note && <small role="status">{note}</small>}
      <input ref={input} type="file" accept="image/*" aria-label={label} tabIndex={-1}
        onChange={(event) => (void take(event.target.files?.[0]), (event.target.value = ""))} />
    </span>
  );
}

function nameOf(value: unknown): string {
  const image = typeof value === "object" && value !== null && "image" in value ? value.image : "";
  return typeof image === "string" ? image : "";
}
