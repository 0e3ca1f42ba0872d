// What was asked for in this tab and is not begun yet: a reload, the page's own or Gradio's after a lost connection, forgets
// the request, and the page then says so.

const keyOf = (task: string): string => `lumina-unbegun-${task}`;

/** Notes a drawing that waits, with what is to be said if it never begins; null once it began or ended. */
export function noteUnbegun(task: string, sentence: string | null): void {
  try {
    if (sentence === null) sessionStorage.removeItem(keyOf(task));
    else sessionStorage.setItem(keyOf(task), sentence);
  } catch {
    // no storage: nothing is said
  }
}

/** What is to be said of a drawing that waited when the page was left, once; empty if none did. */
export function takeUnbegun(task: string): string {
  try {
    const sentence = sessionStorage.getItem(keyOf(task)) ?? "";
    noteUnbegun(task, null);
    return sentence;
  } catch {
    return "";
  }
}
