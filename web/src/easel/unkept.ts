// What was asked for in this tab while nothing of its picture is kept yet: a reload, the page's own or Gradio's after a lost
// connection, forgets the request, and the page then says so.

const keyOf = (task: string): string => `lumina-unkept-${task}`;

/** Notes a drawing, with what is to be said if nothing of it is ever kept; null once something is, or it ended. */
export function noteUnkept(task: string, sentence: string | null): void {
  try {
    if (sentence === null) sessionStorage.removeItem(keyOf(task));
    else sessionStorage.setItem(keyOf(task), sentence);
  } catch {
    // no storage: nothing is said
  }
}

/** What is to be said of a drawing of which nothing was kept when the page was left, once; empty if there is none. */
export function takeUnkept(task: string): string {
  try {
    const sentence = sessionStorage.getItem(keyOf(task)) ?? "";
    noteUnkept(task, null);
    return sentence;
  } catch {
    return "";
  }
}
