// What is wrong with a document, as the canvas says it: by the titles that a person sees, not by the keys of the file.

import type { Catalogue, Doc, Problem } from "../types";
import { inputPort, taskOf } from "./sockets";

/** What is wrong, and what to do: of a field that is empty, what the canvas offers. */
export function phraseOf({ message, fix }: Problem): string {
  if (message === "is missing") return "is still empty; fill it in, or draw a wire to it.";
  const wanted = fix.replace(/^make it /, "must be ").replace(/^let it /, "must ");
  return wanted.startsWith("must ") && message.startsWith(wanted) ? `${message}.` : `${message}; ${fix}.`; // not twice
}

/** Whether a person has had to do with what is wrong: it lies in what they have filled in, or in all of it (""). */
export const isHeeded = ({ pointer }: Problem, heeded: readonly string[]): boolean =>
  heeded.some((part) => part === "" || pointer === part || pointer.startsWith(`${part}/`));

/** One sentence that says where it is, too. */
export function sentenceOf(problem: Problem, doc: Doc, catalogue: Catalogue): string {
  const [part, name = "", ...more] = problem.pointer.split("/").slice(1);
  const definition = part === "workflows" ? doc.workflows?.[name] : undefined;
  if (definition && more.length) {
    return `In “${definition.title || name}”: ${sentenceOf({ ...problem, pointer: `/${more.join("/")}` }, definition, catalogue)}`;
  }
  return `${placeOf(problem.pointer.split("/").slice(1), doc, catalogue)} ${phraseOf(problem)}`;
}

function placeOf([part = "", name = "", ...more]: string[], doc: Doc, catalogue: Catalogue): string {
  if (part === "nodes" && name) {
    const node = `${taskOf(doc, catalogue, doc.nodes[name])?.title ?? "the node"} “${name}”`;
    const [key, input = ""] = more;
    return key === "inputs" && input ? `${inputPort(doc, catalogue, name, input)?.title || input} of ${node}` : node;
  }
  if (part === "inputs" && name) return `The input “${doc.inputs?.[name]?.label || name}”`;
  if (part === "outputs" && name) return `The result “${name}”`;
  return part ? `The ${part} of the workflow` : "The workflow";
}
