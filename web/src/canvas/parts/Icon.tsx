// The few signs that stand on buttons, drawn in the colour of the text.

const PATHS = {
  run: "M7 4.5v15l12-7.5z",
  stop: "M6 6h12v12H6z",
  add: "M12 5v14M5 12h14",
  undo: "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "m15 14 5-5-5-5M20 9H10a6 6 0 0 0 0 12h3",
  tidy: "M4 5h6v5H4zM14 5h6v5h-6zM14 14h6v5h-6zM10 7.5h4M17 10v4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  left: "m14 6-6 6 6 6",
  right: "m10 6 6 6-6 6",
  close: "M6 6l12 12M18 6 6 18",
  save: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  empty: "M6 3.5h8l4 4v13H6zM14 3.5v4h4M12 11v6M9 14h6",
  open: "M12 16V5m-5 5 5-5 5 5M5 20h14",
  share: "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 6 6l1-1",
  keys: "M3 7h18v11H3zM7 11h.01M11 11h.01M15 11h.01M8 15h8",
  runs: "M12 7v5l3.5 2M4 12a8 8 0 1 0 2.6-5.9M4 4.5V9h4.5",
  workflow: "M4 4h16v16H4zM8 8.5h3v3H8zM13.5 13h3v3h-3zM11 10h1.5a1 1 0 0 1 1 1v2",
  form: "M5 4h14v16H5zM8.5 9h7M8.5 13h7M8.5 17h3",
  dice: "M7 4h10a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3zM8.5 8.5h.01M15.5 8.5h.01M12 12h.01M8.5 15.5h.01M15.5 15.5h.01",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  const isSolid = name === "run" || name === "stop";
  return (
    <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" className={isSolid ? "icon solid" : "icon"}>
      <path d={PATHS[name]} />
    </svg>
  );
}
