// Puts the canvas into the page when its tab is opened first; studio.js has fetched it by then.
// Names of events must stand here in quotes, so that Python may listen: 'execute' 'halt' 'review' 'bring'.

const host = element.querySelector(".lumina-canvas");

window.loadCanvas()
  .then(() => window.LuminaCanvas.mount(host, { props, trigger, watch }))
  .catch(() => {
    host.textContent = "The canvas could not be loaded; reload the page.";
  });
