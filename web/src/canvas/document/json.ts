// JSON without loss: a whole number that JavaScript would round is a BigInt here, and is written with every digit.

import type { Json } from "../types";

const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG = /^-?[1-9]\d{15,}$/;
const MARK = `whole number ${Math.random()}:`; // in no text of a person's
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, "g");

/** The value of a JSON text; throws a SyntaxError. */
export function fromJson(text: string): Json {
  const marked = text.replace(TOKENS, (found) => (LONG.test(found) ? `"${MARK}${found}"` : found));
  return JSON.parse(marked, (_, value) => (isMarked(value) ? whole(value.slice(MARK.length)) : value)) as Json;
}

/** A value as JSON text, with `indent` for people. */
export function toJson(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `${MARK}${each}` : each), indent);
  return text.replace(MARKED, "$1");
}

/** Digits as a number, exactly. */
export function whole(digits: string): number | bigint {
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits);
}

/** Seeds as the server tells them: those that JavaScript would round come as text. */
export function exact(value: Json): Json {
  if (Array.isArray(value)) return value.map(exact);
  return typeof value === "string" && LONG.test(value) ? whole(value) : value;
}

const isMarked = (value: unknown): value is string => typeof value === "string" && value.startsWith(MARK);
