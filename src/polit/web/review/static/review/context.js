/* What a view of the gallery is given; a view knows nothing else of it. */

/** Views by name; only these addresses are known to the server under their digest. */
const VIEWS = {
  stack: () => import("./views/stack.js"),
  loupe: () => import("./views/loupe.js"),
  compare: () => import("./views/compare.js"),
  storyboard: () => import("./views/storyboard.js"),
  player: () => import("./views/player.js"),
  timeline: () => import("./views/timeline.js"),
  tree: () => import("./views/tree.js"),
  facts: () => import("./views/facts.js"),
  help: () => import("./views/help.js"),
};

/** Return the module of a view, `null` where there is none. */
export async function viewModule(name) {
  return name in VIEWS ? VIEWS[name]() : null;
}

/** Return the context of a gallery. */
export function contextOf(gallery) {
  return {
    config: gallery.config,
    get order() {
      return gallery.order;
    },
    /* On which rung the grid reveals just now. */
    get rung() {
      return gallery.reveals.rung;
    },
    unveil: async (request) => {
      const shown = await gallery.door.unveil(request);
      shown.parts.filter((part) => part.bitmap).forEach((part) => {
        gallery.reveals.noteRung(part.place, request.rung);
      });
      return shown;
    },
    seen: (exposure, ms) => gallery.door.note(exposure, ms),
    decide: (places, decision) => gallery.decide(places, decision),
    undo: () => gallery.turn("undo"),
    redo: () => gallery.turn("redo"),
    /* Acts of the grid that hold in a view as well: "urgent", "hide". */
    run: (name) => gallery.actions.run(name),
    announce: gallery.announce,
    isHidden: () => gallery.veil.isHidden,
    onHide: (close) => gallery.veil.onHide(close),
    idleS: () => gallery.veil.idleS,
    setComparing: (isComparing) => { gallery.veil.isComparing = isComparing; },
    closeView: () => gallery.closeView(),
    openView: (name, items) => gallery.openView(name, items),
    select: (places) => gallery.select(places),
    current: () => gallery.order?.places[gallery.grid.active],
    reload: (scope) => gallery.load(scope),
  };
}
