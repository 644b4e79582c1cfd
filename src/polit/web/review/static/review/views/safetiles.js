/* Safe tiles for a view's few places, and the members of a stack: what a page may show unasked. */

const BATCH = 64;
const LARGEST_TILE_BYTES = 65_536;

/* u32 count, then per tile u32 place and u32 length, then the bytes one after the other. */
export function readTiles(buffer) {
  const tiles = new Map();
  if (buffer.byteLength < 4) {
    return tiles;
  }
  const view = new DataView(buffer);
  const announced = view.getUint32(0, true);
  const count = Math.min(announced, BATCH, Math.floor((buffer.byteLength - 4) / 8));
  let at = 4 + announced * 8;
  for (let index = 0; index < count; index += 1) {
    const place = view.getUint32(4 + index * 8, true);
    const length = view.getUint32(8 + index * 8, true);
    if (length > LARGEST_TILE_BYTES || at + length > buffer.byteLength) {
      break;
    }
    if (length > 0) {
      tiles.set(place, new Uint8Array(buffer, at, length));
    }
    at += length;
  }
  return tiles;
}

/* u32 header length, header JSON, padding to 4, then the arrays. Throws RangeError when cut short. */
export function readOrder(buffer) {
  const view = new DataView(buffer);
  const length = view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const { count } = header;
  let at = Math.ceil((4 + length) / 4) * 4;
  const take = (Kind) => {
    const array = new Kind(buffer, at, count);
    at += array.byteLength;
    return array;
  };
  const places = take(Uint32Array);
  const stack = take(Uint32Array);
  return { header, places, stack, states: take(Uint8Array), grades: take(Uint8Array), marks: take(Uint8Array) };
}

export async function fetchAnswer(address, query = {}) {
  const url = new URL(address, window.location.href);
  for (const [name, value] of Object.entries(query)) {
    if (value !== "" && value !== null && value !== undefined) {
      url.searchParams.set(name, value);
    }
  }
  const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "*/*" } });
  if (!answer.ok) {
    throw new Error(`the server answered ${answer.status}`);
  }
  return answer;
}

export async function fetchJson(address, query = {}) {
  return (await fetchAnswer(address, query)).json();
}

/* The address of one item's facts: the config holds a pattern that ends in a place. */
export function itemAddress(config, place) {
  return config.urls.item.replace(/0\/?$/, (end) => `${place}${end.slice(1)}`);
}

/* Bitmaps of safe tiles by place; a place without one is missing. Whoever asked closes them. */
export async function fetchTiles(config, places) {
  const bitmaps = new Map();
  for (let start = 0; start < places.length; start += BATCH) {
    const asked = places.slice(start, start + BATCH);
    const answer = await fetchAnswer(config.urls.tiles, { places: asked.join(",") });
    const tiles = readTiles(await answer.arrayBuffer());
    await Promise.all(
      [...tiles].map(async ([place, bytes]) => {
        try {
          bitmaps.set(place, await createImageBitmap(new Blob([bytes])));
        } catch {
          /* A tile that cannot be decoded is none. */
        }
      }),
    );
  }
  return bitmaps;
}

/* Draws a bitmap into a canvas, whole and centred; a small one as clear squares, never smoothed. */
export function drawWhole(canvas, bitmap, { isSmooth = true } = {}) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!bitmap || bitmap.width === 0) {
    return;
  }
  const scale = Math.min(canvas.width / bitmap.width, canvas.height / bitmap.height);
  const width = bitmap.width * scale;
  const height = bitmap.height * scale;
  context.imageSmoothingEnabled = isSmooth;
  context.drawImage(bitmap, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
}

export function blank(canvas) {
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}
