// Fetches the canvas when its tab is opened first, and puts it into the page.
// Names of events must stand here in quotes, so that Python may listen: 'execute' 'halt' 'review' 'bring'.

const host = element.querySelector(".lumina-canvas");
const address = (name) => `${(window.gradio_config?.root || "").replace(/\/$/, "")}/lumina/${name}?v=${props.version}`;

function loaded(tag, source) {
  return new Promise((resolve, reject) => {
    const node = Object.assign(document.createElement(tag), source, { onload: resolve, onerror: reject });
    document.head.append(node);
  });
}

const script = () => window.LuminaCanvas || loaded("script", { src: address("canvas.js") });
const style = () => document.getElementById("canvas-style") ||
  loaded("link", { id: "canvas-style", rel: "stylesheet", href: address("canvas.css") });

Promise.all([script(), style()])
  .then(() => window.LuminaCanvas.mount(host, { props, trigger, watch }))
  .catch(() => {
    host.textContent = "The canvas could not be loaded; reload the page.";
  });
