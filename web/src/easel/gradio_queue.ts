// Between the easel and Gradio, which skips what is triggered while it still has the tab's last run: that waits here.

const LATEST = 15000; // milliseconds after the first end of a stopped run: then the others will not come

interface Run {
  isStopped: boolean;
  ends: string[]; // how each end that was told of a stopped run came
}

export interface Gate {
  /** Whether a run may begin now; if not, `later` is called once it may. */
  pass(later: () => void): boolean;
  /** Forgets what waits; whether there is a run that is still to be stopped. */
  stop(): boolean;
  reset(): void;
}

/** `ended` is called when a run is over that nobody has stopped. */
export function makeGate(task: string, ended: () => void): Gate {
  let run: Run | null = null; // the one that Gradio has
  let held: (() => void) | null = null; // what is wanted once it has let go

  function letGo(one: Run): void {
    if (run !== one) return;
    const act = held;
    run = held = null;
    act?.();
  }

  window.addEventListener("lumina-ended", (event) => {
    const { of, how } = (event as CustomEvent<{ of: string; how: string }>).detail;
    if (of !== task || !run) return;
    if (run.isStopped) {
      // Three ends are told: that of its stream, at any time, and once Gradio has let go of it a failure and the other.
      run.ends.push(how);
      const isFree = run.ends.join().endsWith("failure,then");
      if (run.ends.length > 2) letGo(run);
      else setTimeout(letGo, isFree ? 1000 : LATEST, run);
      return;
    }
    ended();
    letGo(run);
  });

  return {
    pass(later) {
      held = run && later;
      if (run) return false;
      run = { isStopped: false, ends: [] };
      return true;
    },
    stop() {
      held = null;
      if (!run || run.isStopped) return false;
      return (run.isStopped = true);
    },
    reset: () => {
      run = held = null;
    },
  };
}
