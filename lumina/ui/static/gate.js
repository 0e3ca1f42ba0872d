// Between the easel and Gradio, which skips what is triggered while it still has the tab's last run: that waits here.

const LATEST = 15000; // milliseconds after the first end of a stopped run: then the others will not come

// `ended` is called when a run is over that nobody has stopped.
function makeGate(task, ended) {
  let run = null; // the one that Gradio has
  let held = null; // what is wanted once it has let go

  function letGo(one) {
    if (run !== one) return;
    const act = held;
    run = held = null;
    act?.();
  }

  window.addEventListener("lumina-ended", ({ detail: { of, how } }) => {
    if (of !== task || !run) return;
    if (run.isStopped) {
      // Three ends are told: that of its stream, at any time, and once Gradio has let go of it a failure and the other.
      run.ends.push(how);
      const isFree = run.ends.join().endsWith("failure,then");
      return run.ends.length > 2 ? letGo(run) : setTimeout(letGo, isFree ? 1000 : LATEST, run);
    }
    ended();
    letGo(run);
  });

  return {
    // Whether a run may begin now; if not, `later` is called once it may.
    pass(later) {
      held = run && later;
      if (run) return false;
      run = { isStopped: false, ends: [] };
      return true;
    },
    // Forgets what waits; whether there is a run that is still to be stopped.
    stop() {
      held = null;
      if (!run || run.isStopped) return false;
      return (run.isStopped = true);
    },
    reset: () => (run = held = null),
  };
}

// A lost connection tells nothing by itself: while something is awaited, see whether the studio still answers.
function watchReach(isAwaited, lost) {
  let unanswered = 0;
  setInterval(async () => {
    if (!isAwaited()) return;
    const asked = { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(8000) };
    const isReached = await fetch(location.pathname, asked).then(({ status }) => status < 500, () => false);
    unanswered = isReached ? 0 : unanswered + 1;
    if (unanswered > 1 && isAwaited()) lost();
  }, 5000);
}
