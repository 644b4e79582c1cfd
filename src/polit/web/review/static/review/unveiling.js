/* The one door: asks for pictures, unpacks them, and reports how long they stood on the screen. */

import { post, queueOf, refusalOf } from "./config.js";

const REPORT_MS = 5000;
const MOST_REPORTED = 500;

/** A refusal of the server, with its code. */
export class Refused extends Error {
  constructor({ status, code, message }) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Return the header and the parts of an answer, each with its bytes. */
function unpack(buffer) {
  const headerBytes = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headerBytes)));
  let at = Math.ceil((4 + headerBytes) / 4) * 4;
  const parts = header.parts.map((part) => {
    const blob = new Blob([new Uint8Array(buffer, at, part.bytes)], { type: part.media_type });
    at += part.bytes;
    return { ...part, blob };
  });
  return { exposures: header.exposures, parts };
}

/** Return a part with its bitmap; sound keeps its bytes instead. */
async function opened(part) {
  const isPicture = part.bytes > 0 && part.media_type.startsWith("image/");
  const bitmap = isPicture ? await createImageBitmap(part.blob).catch(() => null) : null;
  return { ...part, bitmap, blob: isPicture ? null : part.blob };
}

/** Asks, and keeps account of what stands open. */
export class Door {
  constructor(config) {
    this.config = config;
    this.urgentReason = "";
    this.open = new Set();
    this.era = 0;
    this.seen = [];
    window.setInterval(() => this.report(), REPORT_MS);
  }

  /** Unveil; the answer closes its bitmaps and reports its time by `close()`. */
  async unveil(request) {
    const era = this.era;
    const body = {
      what: "page", places: [], rung: "grey160", region: null,
      from_ms: 0, step_ms: 0, count: 0, length_ms: 0,
      urgent: this.urgentReason !== "", urgent_reason: this.urgentReason, queue: queueOf(this.config),
      ...request,
    };
    const answer = await post(this.config, this.config.urls.unveil, body);
    if (!answer.ok) {
      throw new Refused(await refusalOf(answer));
    }
    const { exposures, parts } = unpack(await answer.arrayBuffer());
    const shown = this.#shown(exposures, await Promise.all(parts.map(opened)), body.places);
    if (era !== this.era) {
      shown.close(); // hidden while it was under way
    }
    return shown;
  }

  /** Close everything that stands open. */
  closeAll() {
    this.era += 1;
    [...this.open].forEach((each) => each.close());
  }

  /** Note that the pictures of an exposure stood on the screen for a time. */
  note(exposure, ms) {
    this.seen.push([exposure, Math.round(ms)]);
  }

  /** Send what was noted; what does not arrive is kept for the next time. */
  async report() {
    const seen = this.seen.splice(0, MOST_REPORTED);
    if (!seen.length) {
      return;
    }
    try {
      const answer = await post(this.config, this.config.urls.seen, { seen }, { keepalive: true });
      if (answer.status >= 500) {
        this.seen.unshift(...seen);
      }
    } catch {
      this.seen.unshift(...seen);
    }
  }

  #shown(exposures, parts, places) {
    const since = performance.now();
    const ofPlace = new Map(places.map((place, number) => [place, exposures[number]]));
    const isEach = exposures.length === places.length;
    const shown = {
      parts,
      exposures,
      isClosed: false,
      exposureOf: (place) => (isEach ? ofPlace.get(place) : exposures[0]),
      closed: new Set(),
      /* One picture of several is veiled before the others. */
      closePart: (part) => {
        const exposure = shown.exposureOf(part.place);
        part.bitmap?.close();
        part.bitmap = null;
        if (isEach && exposure && !shown.closed.has(exposure)) {
          shown.closed.add(exposure);
          this.note(exposure, performance.now() - since);
        }
      },
      close: () => {
        if (!shown.isClosed) {
          shown.isClosed = true;
          this.open.delete(shown);
          parts.forEach(shown.closePart);
          if (!isEach) {
            exposures.forEach((each) => this.note(each, performance.now() - since));
          }
        }
      },
    };
    this.open.add(shown);
    return shown;
  }
}
