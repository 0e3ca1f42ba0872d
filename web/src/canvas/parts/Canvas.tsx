// The drawing surface: React Flow shows the document's cards and wires and tells what the mouse does to them.

import { useEffect, useMemo, useState } from "react";
import {
  applyNodeChanges, Background, BackgroundVariant, Controls, MiniMap, ReactFlow, ReactFlowProvider, useReactFlow,
  type Connection, type Edge, type FinalConnectionState, type Node, type NodeChange,
} from "@xyflow/react";
import { carried, frameName, isFrame, settled, things } from "../document/frames";
import { INPUTS, RESULTS, wires } from "../document/graph";
import { placesOf } from "../document/layout";
import { outputPort, refusal } from "../document/sockets";
import type { Doc, Place, Wire } from "../types";
import { unwire, wire } from "../studio/acts";
import { afterOutput, beforeInput, forFrame, forNode, intoCard, palette } from "../studio/choosers";
import { doc, edit, get, notify, set, use } from "../studio/store";
import { surface } from "../studio/surface";
import { Card } from "./Card";
import { InputsCard, ResultsCard } from "./Ends";
import { Frame } from "./Frame";
import { Reason } from "./Reason";
import { OnSurface } from "./Socket";

const CARDS = {
  card: ({ id }: { id: string }) => <Card id={id} />,
  inputs: () => <InputsCard />,
  results: () => <ResultsCard />,
  frame: ({ id }: { id: string }) => <Frame name={frameName(id)} />,
};
const MANY = 12; // cards, from which on a map helps more than it hides
const FIT = { padding: 0.14, maxZoom: 1, duration: 0 };

export function Canvas() {
  return (
    <OnSurface.Provider value={true}>
      <ReactFlowProvider>
        <Surface />
      </ReactFlowProvider>
    </OnSurface.Provider>
  );
}

const BEHIND = -2000; // what is selected is lifted by 1000

function frameNode(current: Doc, id: string): Node {
  const { place: [x, y], size: [width, height], title } = current.frames![frameName(id)]!;
  const ariaLabel = `Frame ${title || frameName(id)}`;
  return { id, type: "frame", position: { x, y }, width, height, zIndex: BEHIND, dragHandle: ".frame-head", ariaLabel, data: {} };
}

function cardNode(id: string, [x, y]: Place): Node {
  const type = id === INPUTS ? "inputs" : id === RESULTS ? "results" : "card";
  return { id, type, position: { x, y }, data: {} };
}

/** The document's frames and cards as nodes, keeping what React Flow has measured of those that stay. */
function nodesOf(current: Doc, before: Node[], selected: string[]): Node[] {
  const old = new Map(before.map((node) => [node.id, node]));
  const places = placesOf(current);
  return things(current).map((id) => {
    const fresh = isFrame(id) ? frameNode(current, id) : cardNode(id, places[id]!);
    return { ...old.get(id), ...fresh, selected: selected.includes(id) };
  });
}

function useNodes(): [Node[], (changes: NodeChange[]) => void] {
  const current = use((state) => state.history.doc);
  const selected = use((state) => state.selected);
  const [nodes, setNodes] = useState<Node[]>(() => nodesOf(current, [], selected));
  useEffect(() => setNodes((before) => nodesOf(current, before, selected)), [current, selected]);
  const change = (told: NodeChange[]) => {
    const changes = withContents(told);
    setNodes((before) => applyNodeChanges(changes, before));
    settle(changes);
    pick(changes);
  };
  return [nodes, change];
}

/** A frame that moves takes along what lies in it. */
function withContents(changes: NodeChange[]): NodeChange[] {
  const told = new Set(changes.flatMap((change) => (change.type === "position" ? [change.id] : [])));
  return changes.flatMap((change): NodeChange[] => {
    if (change.type !== "position" || !change.position || !isFrame(change.id)) return [change];
    const { position: { x, y }, dragging = false } = change;
    const along = Object.entries(carried(doc(), frameName(change.id), [x, y])).filter(([id]) => !told.has(id));
    return [change, ...along.map(([id, place]): NodeChange => {
      told.add(id);
      return { id, type: "position", position: { x: place[0], y: place[1] }, dragging };
    })];
  });
}

/** Places are written into the document when a card comes to rest. */
function settle(changes: NodeChange[]): void {
  const places: Record<string, Place> = {};
  for (const change of changes) {
    if (change.type === "position" && change.dragging === false && change.position) {
      places[change.id] = [change.position.x, change.position.y];
    }
  }
  if (Object.keys(places).length) edit((current) => settled(current, places), `move ${Object.keys(places).join(" ")}`);
}

function pick(changes: NodeChange[]): void {
  const picked = new Set(get().selected);
  let isChanged = false;
  for (const change of changes) {
    if (change.type !== "select" || picked.has(change.id) === change.selected) continue;
    isChanged = true;
    if (change.selected) picked.add(change.id);
    else picked.delete(change.id);
  }
  if (isChanged) set({ selected: [...picked] });
}

function useEdges(): Edge[] {
  const current = use((state) => state.history.doc);
  const catalogue = use((state) => state.catalogue);
  const running = use((state) => Object.keys(state.run.nodes).filter((id) => state.run.nodes[id]!.state === "running").join(" "));
  return useMemo(
    () =>
      wires(current).map(({ source, output, target, input }) => ({
        id: `${source}.${output}>${target}.${input}`,
        source,
        sourceHandle: output,
        target,
        targetHandle: input,
        className: `wire type-${outputPort(current, catalogue, source, output)?.type ?? "unknown"}`,
        animated: running.split(" ").includes(target),
      })),
    [current, catalogue, running],
  );
}

const wireOf = ({ source, sourceHandle, target, targetHandle }: Connection | Edge): Wire => ({
  source,
  output: sourceHandle ?? "",
  target,
  input: targetHandle ?? "",
});

const pointOf = (event: MouseEvent | TouchEvent) => {
  const { clientX, clientY } = "changedTouches" in event ? event.changedTouches[0]! : event;
  return { x: clientX, y: clientY };
};

function Surface() {
  const flow = useReactFlow();
  const [nodes, change] = useNodes();
  const edges = useEdges();
  const placeAt = (point: { x: number; y: number }): Place => {
    const { x, y } = flow.screenToFlowPosition(point);
    return [x, y];
  };
  useSurface(flow);
  /** A wire that was let go: over a card, over nothing, or where it does not fit. */
  const letGo = (event: MouseEvent | TouchEvent, end: FinalConnectionState) => {
    const { fromHandle: from, fromNode, toHandle, toNode, isValid } = end;
    if (isValid || !from || !fromNode) return;
    const point = pointOf(event);
    if (toHandle && toNode) return notify(misfit(fromNode.id, from, toNode.id, toHandle));
    const over = (event.target as Element | null)?.closest?.("[data-card]")?.getAttribute("data-card");
    if (over && over !== fromNode.id && from.type === "source") return intoCard(fromNode.id, from.id ?? "", over);
    if (over) return;
    if (from.type === "source") afterOutput(fromNode.id, from.id ?? "", point, placeAt(point));
    else beforeInput(fromNode.id, from.id ?? "", point, shifted(placeAt(point)));
  };
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={CARDS}
      onNodesChange={change}
      onConnect={(connection) => void wire(wireOf(connection))}
      isValidConnection={(connection) => refusal(doc(), get().catalogue, wireOf(connection)) === null}
      onConnectEnd={letGo}
      onReconnect={(old, connection) => replug(wireOf(old), wireOf(connection))}
      onReconnectEnd={(_, edge, __, end) => !end.toHandle && unwire(wireOf(edge).target, wireOf(edge).input)}
      onDoubleClick={(event) => {
        if (!(event.target as Element).classList.contains("react-flow__pane")) return;
        palette({ x: event.clientX, y: event.clientY }, placeAt({ x: event.clientX, y: event.clientY }));
      }}
      onPaneContextMenu={(event) => {
        event.preventDefault();
        palette({ x: event.clientX, y: event.clientY }, placeAt({ x: event.clientX, y: event.clientY }));
      }}
      onNodeContextMenu={(event, { id }) => {
        if ((event.target as Element).closest("input, textarea, select, .card-head")) return; // which have a menu
        event.preventDefault();
        if (isFrame(id)) return forFrame(frameName(id), { x: event.clientX, y: event.clientY });
        forNode(id, { x: event.clientX, y: event.clientY });
      }}
      panOnScroll
      zoomOnDoubleClick={false}
      deleteKeyCode={null}
      selectionKeyCode="Shift"
      multiSelectionKeyCode={["Control", "Meta"]}
      edgesFocusable={false}
      snapToGrid
      snapGrid={[10, 10]}
      minZoom={0.04}
      maxZoom={2}
      fitView
      fitViewOptions={FIT}
      connectionRadius={28}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.4} />
      <Controls showInteractive={false} />
      {nodes.length >= MANY && <MiniMap pannable zoomable nodeClassName={(node) => `mini-${node.type}`} ariaLabel="Map of the workflow" />}
      <Reason />
    </ReactFlow>
  );
}

const shifted = ([x, y]: Place): Place => [x - 290, y];

function misfit(fromNode: string, from: { id?: string | null; type: string }, toNode: string, to: { id?: string | null; type: string }): string {
  if (from.type === to.type) return `A wire goes from an output to an input; these are both ${from.type === "source" ? "outputs" : "inputs"}.`;
  const [start, end] = from.type === "source" ? [{ n: fromNode, h: from }, { n: toNode, h: to }] : [{ n: toNode, h: to }, { n: fromNode, h: from }];
  const made = { source: start.n, output: start.h.id ?? "", target: end.n, input: end.h.id ?? "" };
  return refusal(doc(), get().catalogue, made) ?? "This does not fit.";
}

function replug(old: Wire, next: Wire): void {
  if (old.target === next.target && old.input === next.input) return void wire(next);
  if (refusal(doc(), get().catalogue, next) !== null) return;
  unwire(old.target, old.input);
  wire(next);
}

/** Lets commands know where things are, and lets them ask for everything to be seen. */
function useSurface(flow: ReturnType<typeof useReactFlow>): void {
  useEffect(() => {
    const before = { ...surface };
    surface.middle = () => {
      const box = document.querySelector(".lumina-canvas .react-flow")!.getBoundingClientRect();
      const { x, y } = flow.screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
      return [x - 140, y - 120];
    };
    surface.heights = () =>
      Object.fromEntries(flow.getNodes().flatMap((node) => (node.measured?.height ? [[node.id, node.measured.height]] : [])));
    const fit = () => setTimeout(() => void flow.fitView(FIT), 60);
    const reveal = () => setTimeout(() => hiddenPart() && void flow.fitView({ ...FIT, duration: 200 }), 120);
    window.addEventListener("lumina-canvas-fit", fit);
    window.addEventListener("lumina-canvas-reveal", reveal);
    return () => {
      Object.assign(surface, before);
      window.removeEventListener("lumina-canvas-fit", fit);
      window.removeEventListener("lumina-canvas-reveal", reveal);
    };
  }, [flow]);
}

/** Whether a selected card reaches beyond the window. */
function hiddenPart(): boolean {
  const pane = document.querySelector(".lumina-canvas .react-flow")!.getBoundingClientRect();
  return [...document.querySelectorAll(".lumina-canvas .react-flow__node.selected")].some((node) => {
    const box = node.getBoundingClientRect();
    return box.left < pane.left || box.right > pane.right || box.top < pane.top || box.bottom > pane.bottom;
  });
}
