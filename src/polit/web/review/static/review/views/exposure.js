/* What one view has unveiled: bitmaps that are closed when it hides, moves on or closes.

   An answer that comes late, after the view was hidden or moved on, is closed unseen. */

export const RUNG_WORDS = {
  tile: "safe tile",
  grey160: "160 px, grey",
  colour160: "160 px, colour",
  full_grey: "full size, grey",
  full: "full size, colour",
};

const CODES = {
  no_session: "begin a session first",
  on_break: "you are on a break",
  limit: "your limit is reached",
  stale_consent: "your consent has to be given anew",
  opted_out: "it is not of your lane, or you opted out of it",
  broker: "the vault does not answer; try again",
  no_original: "the original is not kept",
};

/* Why something was refused, in words that a status line can hold. */
export function refusalText(problem) {
  return `Not shown: ${CODES[problem?.code] ?? problem?.message ?? "no reason given"}.`;
}

export class Exposure {
  constructor(context, onProblem) {
    this.context = context;
    this.onProblem = onProblem;
    this.handles = new Set();
    this.generation = 0;
  }

  /* Returns the handle, or null: refused (said), or no longer wanted (closed). */
  async ask(request) {
    if (this.context.isHidden()) {
      return null;
    }
    const { generation } = this;
    let handle;
    try {
      handle = await this.context.unveil(request);
    } catch (problem) {
      if (generation === this.generation) {
        this.onProblem(refusalText(problem));
      }
      return null;
    }
    if (!handle) {
      return null;
    }
    if (generation !== this.generation || handle.isClosed || this.context.isHidden()) {
      handle.close();
      return null;
    }
    this.handles.add(handle);
    return handle;
  }

  /* Closes one answer before the others, for instance frames that were played. */
  release(handle) {
    if (this.handles.delete(handle)) {
      handle.close();
    }
  }

  /* Closes everything, and whatever is still on its way. */
  veil() {
    this.generation += 1;
    for (const handle of this.handles) {
      handle.close();
    }
    this.handles.clear();
  }
}

/* The parts of an answer that hold a picture, and in words why the others do not. */
export function sortParts(handle) {
  const parts = Array.isArray(handle.parts) ? handle.parts : [];
  return {
    shown: parts.filter((part) => part.bitmap),
    failed: parts.filter((part) => !part.bitmap),
  };
}

export function failureText(failed) {
  if (failed.length === 0) {
    return "";
  }
  const codes = [...new Set(failed.map((part) => part.error || "unreadable"))].slice(0, 3);
  return `${failed.length} without a picture: ${codes.join(", ").slice(0, 200)}.`;
}
