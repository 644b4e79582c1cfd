/* A batch over fifty: its count and nine of its safe tiles are looked at before it is decided. */

import { ask } from "./dialogs.js";

export const MOST_UNSEEN = 50;
const SHOWN = 9;
const SIDE = 96;

/** Return nine indexes spread evenly over a batch, the first and the last among them. */
export function spread(indexes) {
  const count = Math.min(SHOWN, indexes.length);
  const step = count > 1 ? (indexes.length - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, number) => indexes[Math.round(number * step)]);
}

/** Ask whether a batch is meant; returns whether it is. */
export async function confirmBatch({ order, tiles }, indexes, words) {
  const places = spread(indexes).map((index) => order.places[index]);
  const bitmaps = await tiles.few(places);
  const answer = await ask("review-batch", {
    prepare: (dialog) => {
      dialog.querySelector("[data-part='count']").textContent = indexes.length.toLocaleString("en-GB");
      dialog.querySelector("[data-part='words']").textContent = words;
      const frame = dialog.querySelector("[data-part='tiles']");
      frame.replaceChildren(...bitmaps.map(drawn));
    },
  });
  bitmaps.forEach((bitmap) => bitmap?.close());
  return answer !== null;
}

function drawn(bitmap) {
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE;
  if (bitmap) {
    const scale = Math.min(SIDE / bitmap.width, SIDE / bitmap.height);
    const [width, height] = [bitmap.width * scale, bitmap.height * scale];
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(bitmap, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
  }
  return canvas;
}
