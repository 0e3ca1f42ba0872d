// Beside a wire that is being drawn over a socket it does not fit: why not.

import { useConnection } from "@xyflow/react";
import { refusal } from "../document/sockets";
import { use } from "../studio/store";

export function Reason() {
  const connection = useConnection();
  const doc = use((state) => state.history.doc);
  const catalogue = use((state) => state.catalogue);
  if (!connection.inProgress || connection.isValid !== false || !connection.toHandle) return null;
  const { fromHandle: from, toHandle: to } = connection;
  if (from.type === to.type) return null;
  const [start, end] = from.type === "source" ? [from, to] : [to, from];
  const wire = { source: start.nodeId, output: start.id ?? "", target: end.nodeId, input: end.id ?? "" };
  return <p className="reason">{refusal(doc, catalogue, wire)}</p>;
}
