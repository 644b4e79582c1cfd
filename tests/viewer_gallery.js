/* The context of a gallery without a server: logs what a view asks for, counts bitmaps. */
async (config) => {
  Object.assign(window, { calls: [], madeBitmaps: 0, closedBitmaps: 0, view: null });
  const log = (...call) => window.calls.push(call);
  const unpack = (buffer) => {
    const size = new DataView(buffer).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
    let at = Math.ceil((4 + size) / 4) * 4;
    return header.parts.map((part) => {
      const blob = new Blob([new Uint8Array(buffer, at, part.bytes)], { type: part.media_type });
      at += part.bytes;
      return { ...part, blob };
    });
  };
  const opened = async (part) => {
    const isPicture = part.media_type.startsWith("image/");
    const bitmap = isPicture ? await createImageBitmap(part.blob).catch(() => null) : null;
    window.madeBitmaps += bitmap ? 1 : 0;
    return { ...part, bitmap, blob: isPicture ? null : part.blob };
  };
  const unveil = async (request) => {
    log("unveil", request);
    const body = JSON.stringify(request);
    const answer = await fetch(config.urls.unveil, { method: "POST", body });
    if (answer.headers.get("Content-Type")?.includes("json")) {
      const told = await answer.json();
      throw Object.assign(new Error(told.message), { code: told.error });
    }
    const parts = await Promise.all(unpack(await answer.arrayBuffer()).map(opened));
    const handle = {
      parts,
      isClosed: false,
      close() {
        if (!handle.isClosed) {
          handle.isClosed = true;
          parts.filter((part) => part.bitmap).forEach((part) => {
            part.bitmap.close();
            window.closedBitmaps += 1;
          });
        }
      },
    };
    return handle;
  };
  window.context = {
    config,
    order: { places: new Uint32Array([1, 2, 3, 4, 5]), count: 5 },
    unveil,
    decide: (places, decision) => Promise.resolve(log("decide", places, decision)),
    undo: () => log("undo"),
    redo: () => log("redo"),
    announce: (text) => log("announce", text),
    isHidden: () => document.documentElement.dataset.hidden === "yes",
    closeView: () => {
      window.view?.close();
      window.view = null;
    },
    openView: (name, items) => log("open", name, items),
    select: (places) => log("select", places),
    current: () => 1,
    reload: (scope) => log("reload", scope),
  };
  window.load = (name) => import(document.querySelector(`[data-viewer="${name}"]`).href);
  window.show = async (name, items) => {
    const module = await window.load(name);
    window.view?.close();
    document.getElementById("opener").focus();
    window.view = module.open(window.context, items);
    document.getElementById("viewer").append(window.view.element);
  };
  window.hideNow = () => {
    const started = performance.now();
    document.documentElement.dataset.hidden = "yes";
    window.view.hide();
    return performance.now() - started;
  };
  window.comeBack = () => {
    delete document.documentElement.dataset.hidden;
    window.view.element.querySelector("button").focus();
  };
  window.openBitmaps = () => window.madeBitmaps - window.closedBitmaps;
}
