/* How a picture is laid onto a canvas: zoom, turn, place and levels. Purely local: it asks nobody.

   Coordinates: picture pixels are those of the bitmap; canvas pixels those of the drawing buffer. */

const LEAST_SCALE = 0.02;
const MOST_SCALE = 32;

export const NEUTRAL = Object.freeze({ brightness: 0, contrast: 0, gamma: 1 });

export class Lens {
  constructor() {
    this.fit();
    this.turn = 0;
  }

  /* The whole picture, centred: what every picture begins with. */
  fit() {
    this.zoom = 1;
    this.isActual = false;
    this.centreX = 0.5;
    this.centreY = 0.5;
  }

  /* Args: times the present zoom. The point of the picture in the middle stays there. */
  zoomBy(factor) {
    this.zoom = Math.min(MOST_SCALE, Math.max(LEAST_SCALE, this.zoom * factor));
  }

  rotate() {
    this.turn = (this.turn + 90) % 360;
  }

  isSideways() {
    return this.turn % 180 !== 0;
  }

  /* Canvas pixels for one pixel of the bitmap. */
  scale(canvas, bitmap) {
    return this.zoom * this.fitScale(canvas, bitmap);
  }

  fitScale(canvas, bitmap) {
    const [width, height] = this.isSideways()
      ? [bitmap.height, bitmap.width]
      : [bitmap.width, bitmap.height];
    return Math.min(canvas.width / width, canvas.height / height);
  }

  /* One pixel of the bitmap on one of the screen. */
  showActual(canvas, bitmap) {
    this.zoom = 1 / this.fitScale(canvas, bitmap);
  }

  /* Args: canvas pixels to the right and down, as the picture is seen. */
  panBy(right, down, canvas, bitmap) {
    const scale = this.scale(canvas, bitmap);
    const angle = (-this.turn * Math.PI) / 180;
    const x = right * Math.cos(angle) - down * Math.sin(angle);
    const y = right * Math.sin(angle) + down * Math.cos(angle);
    this.centreX = Math.min(1, Math.max(0, this.centreX - x / (bitmap.width * scale)));
    this.centreY = Math.min(1, Math.max(0, this.centreY - y / (bitmap.height * scale)));
  }

  /* The part of the picture that the canvas shows: left, top, width, height as shares of it. */
  visible(canvas, bitmap) {
    const scale = this.scale(canvas, bitmap);
    const [wide, high] = this.isSideways()
      ? [canvas.height, canvas.width]
      : [canvas.width, canvas.height];
    const halfWidth = wide / (2 * scale * bitmap.width);
    const halfHeight = high / (2 * scale * bitmap.height);
    const left = Math.max(0, this.centreX - halfWidth);
    const top = Math.max(0, this.centreY - halfHeight);
    const right = Math.min(1, this.centreX + halfWidth);
    const bottom = Math.min(1, this.centreY + halfHeight);
    return [left, top, Math.max(0, right - left), Math.max(0, bottom - top)];
  }

  /* Args: pieces, each {bitmap, share: [left, top, width, height]}, the whole picture first. */
  draw(canvas, pieces, levels = NEUTRAL) {
    const context = canvas.getContext("2d", { willReadFrequently: false });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const whole = pieces[0]?.bitmap;
    if (!whole || whole.width === 0) {
      return;
    }
    const scale = this.scale(canvas, whole);
    const [width, height] = [whole.width * scale, whole.height * scale];
    context.translate(canvas.width / 2, canvas.height / 2);
    context.rotate((this.turn * Math.PI) / 180);
    context.translate(-this.centreX * width, -this.centreY * height);
    context.imageSmoothingEnabled = scale < 3;
    context.imageSmoothingQuality = "high";
    for (const { bitmap, share } of pieces) {
      const [left, top, wide, high] = share ?? [0, 0, 1, 1];
      context.drawImage(bitmap, left * width, top * height, wide * width, high * height);
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    applyLevels(canvas, context, levels);
  }
}

export function isNeutral(levels) {
  return Object.keys(NEUTRAL).every((name) => levels[name] === NEUTRAL[name]);
}

/* Brightness and contrast are -100 to 100, gamma 0.2 to 5; each of 256 values has its new one. */
export function levelTable({ brightness, contrast, gamma }) {
  const table = new Uint8ClampedArray(256);
  const slope = contrast >= 0 ? 1 + contrast / 25 : 1 + contrast / 100;
  for (let value = 0; value < 256; value += 1) {
    const bent = 255 * (value / 255) ** (1 / gamma);
    table[value] = (bent - 127.5) * slope + 127.5 + brightness * 1.275;
  }
  return table;
}

function applyLevels(canvas, context, levels) {
  if (isNeutral(levels)) {
    return;
  }
  const table = levelTable(levels);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const { data } = image;
  for (let at = 0; at < data.length; at += 4) {
    data[at] = table[data[at]];
    data[at + 1] = table[data[at + 1]];
    data[at + 2] = table[data[at + 2]];
  }
  context.putImageData(image, 0, 0);
}

/* Keeps a canvas's buffer as large as it stands on the screen. Returns what stops that. */
export function followSize(canvas, redraw) {
  const measure = () => {
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round(canvas.clientHeight * ratio));
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      redraw();
    }
  };
  const observer = new ResizeObserver(measure);
  observer.observe(canvas);
  return () => observer.disconnect();
}

/* Drag, wheel and pinch-free touch move a lens; keys are the view's. */
export function addPointer(canvas, lens, bitmapOf, redraw) {
  let last = null;
  canvas.addEventListener("pointerdown", (event) => {
    last = [event.clientX, event.clientY];
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    const bitmap = bitmapOf();
    if (!last || !bitmap) {
      return;
    }
    const ratio = canvas.width / Math.max(1, canvas.clientWidth);
    lens.panBy((event.clientX - last[0]) * ratio, (event.clientY - last[1]) * ratio, canvas, bitmap);
    last = [event.clientX, event.clientY];
    redraw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      last = null;
    });
  }
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      lens.zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2);
      redraw();
    },
    { passive: false },
  );
}

/* The keys that move a lens, and what the help says of them. */
export function addLensKeys(keys, lens, canvas, bitmapOf, redraw) {
  const moved = (act) => () => {
    const bitmap = bitmapOf();
    if (bitmap) {
      act(bitmap);
      redraw();
    }
  };
  const pan = (right, down) => moved((bitmap) => lens.panBy(right, down, canvas, bitmap));
  keys.set("+", moved(() => lens.zoomBy(1.25)));
  keys.set("=", moved(() => lens.zoomBy(1.25)));
  keys.set("-", moved(() => lens.zoomBy(0.8)));
  keys.set("f", moved(() => lens.fit()));
  keys.set("a", moved((bitmap) => lens.showActual(canvas, bitmap)));
  keys.set("r", moved(() => lens.rotate()));
  keys.set("ArrowLeft", pan(60, 0));
  keys.set("ArrowRight", pan(-60, 0));
  keys.set("ArrowUp", pan(0, 60));
  keys.set("ArrowDown", pan(0, -60));
}
