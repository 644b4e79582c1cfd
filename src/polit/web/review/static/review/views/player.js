/* A video as re-encoded frames on a canvas: silent, never by itself, grey first, frame by frame. */

import { button, choice, make, timeText } from "./dom.js";
import { Exposure, RUNG_WORDS, failureText } from "./exposure.js";
import { followSize } from "./lens.js";
import { fetchFigures } from "./members.js";
import { Panel, backOf, placeOf } from "./panel.js";
import { Reel } from "./reel.js";
import { drawWhole, fetchTiles } from "./safetiles.js";
import { Sound } from "./sound.js";

const STEPS = [["40", "25 frames a second"], ["200", "5 frames a second"], ["500", "2 frames a second"], ["2000", "a frame each 2 s"]];
const SPEEDS = [["0.5", "0.5 ×"], ["1", "1 ×"], ["2", "2 ×"]];
const SEEK_MS = 5_000;
const ANNOUNCE_MS = 10_000;

class Player {
  constructor(context, items) {
    const [item] = items.length > 0 ? items : [context.current()];
    this.context = context;
    this.place = placeOf(item);
    this.position = Math.max(0, item?.from_ms ?? 0);
    this.lengthMs = null;
    this.speed = 1;
    this.isPlaying = false;
    this.isUnveiled = false;
    this.panel = new Panel(context, "player", `Player: item ${this.place}`, { back: backOf(items) });
    this.exposure = new Exposure(context, (text) => this.panel.say(text));
    this.reel = new Reel(this.exposure, this.place, 200);
    this.sound = new Sound(context, this.exposure, this.place, (text) => this.panel.say(text));
    this.build();
    this.addKeys();
    this.panel.hiders.push(() => this.veil());
    this.panel.closers.push(() => this.tile?.close());
    this.load();
  }

  build() {
    const redraw = () => this.draw();
    this.canvas = make("canvas", { class: "viewer-picture", "data-veiled": true, role: "img", "aria-label": "Frame of the video" });
    this.panel.closers.push(followSize(this.canvas, redraw));
    this.playing = button("Play", () => this.toggle(), { "aria-pressed": "false" });
    this.panel.firstFocus = this.playing;
    this.seek = make("input", { type: "range", min: 0, max: 1, step: 1, value: 0, id: "viewer-seek", class: "viewer-seek" });
    this.seek.addEventListener("input", () => this.goTo(Number(this.seek.value)));
    this.clock = make("span", { class: "viewer-clock" }, timeText(0));
    const speed = choice("Speed", SPEEDS, (value) => this.setSpeed(Number(value)));
    const step = choice("Fineness", STEPS, (value) => this.setStep(Number(value)));
    speed.select.value = "1";
    step.select.value = "200";
    [this.speedChoice, this.stepChoice] = [speed.select, step.select];
    this.colour = button("Colour", () => this.setRung(this.reel.rung === "full" ? "full_grey" : "full"), { "aria-pressed": "false" });
    this.soundPress = button("Sound", () => this.toggleSound(), { "aria-pressed": "false" });
    this.panel.bar.append(
      this.playing, button("Back a frame", () => this.stepBy(-1)), button("On a frame", () => this.stepBy(1)),
      speed.frame, step.frame, this.colour, this.soundPress, button("Veil", () => this.veil()),
    );
    const seekField = make("div", { class: "viewer-bar" }, make("label", { for: "viewer-seek" }, "Position"), this.seek, this.clock);
    this.question = this.soundQuestion();
    this.panel.body.append(this.question, make("div", { class: "viewer-stage" }, this.canvas), seekField);
  }

  soundQuestion() {
    const yes = button("Turn sound on", () => {
      this.sound.agree();
      question.hidden = true;
      this.soundPress.focus();
      this.startSound();
    });
    const no = button("Stay silent", () => {
      question.hidden = true;
      this.soundPress.focus();
    });
    const words = "Sound is recorded in your exposure record, second by second. It is asked once in a session.";
    const question = make("div", { class: "govuk-inset-text viewer-question", role: "group", "aria-label": "Turn sound on?", hidden: true },
      make("p", { class: "govuk-body" }, words), yes, no);
    return question;
  }

  addKeys() {
    const { keys } = this.panel;
    keys.set(" ", () => this.toggle());
    keys.set("Enter", () => this.toggle());
    keys.set(",", () => this.stepBy(-1));
    keys.set(".", () => this.stepBy(1));
    keys.set("ArrowLeft", () => this.goTo(this.position - SEEK_MS));
    keys.set("ArrowRight", () => this.goTo(this.position + SEEK_MS));
    keys.set("Home", () => this.goTo(0));
    keys.set("g", () => this.setRung(this.reel.rung === "full" ? "full_grey" : "full"));
    keys.set("m", () => this.toggleSound());
    keys.set("v", () => (this.isUnveiled ? this.veil() : this.show()));
    keys.set("s", () => {
      const next = SPEEDS[(SPEEDS.findIndex(([value]) => Number(value) === this.speed) + 1) % SPEEDS.length][0];
      this.speedChoice.value = next;
      this.setSpeed(Number(next));
    });
    this.panel.addDecisions(() => ({ places: [this.place], rung: this.bestRung ?? "tile" }));
  }

  async load() {
    this.panel.say("Veiled and silent. Play unveils frames in grey.");
    this.showPosition();
    const [tiles, figures] = await Promise.all([
      fetchTiles(this.context.config, [this.place]).catch(() => new Map()),
      fetchFigures(this.context.config, [this.place]).catch(() => new Map()),
    ]);
    if (this.panel.isClosed) {
      tiles.forEach((bitmap) => bitmap.close());
      return;
    }
    this.tile = tiles.get(this.place) ?? null;
    const length = figures.get(this.place)?.duration_ms;
    this.lengthMs = Number.isFinite(length) && length > 0 ? length : null;
    this.draw();
    this.showPosition();
  }

  end() {
    return Math.min(this.reel.endMs, this.lengthMs ?? Infinity);
  }

  toggle() {
    if (this.isPlaying) {
      this.pause();
      this.panel.say(`Paused at ${timeText(this.position)}.`);
    } else {
      this.play();
    }
  }

  play() {
    if (this.position >= this.end()) {
      this.position = 0;
    }
    this.isPlaying = true;
    this.playing.textContent = "Pause";
    this.playing.setAttribute("aria-pressed", "true");
    this.last = performance.now();
    this.announcedAt = this.position;
    this.panel.say(`Playing, ${RUNG_WORDS[this.reel.rung]}.`);
    if (this.sound.isOn) {
      this.startSound();
    }
    this.schedule();
  }

  pause() {
    this.isPlaying = false;
    window.cancelAnimationFrame(this.tick);
    this.playing.textContent = "Play";
    this.playing.setAttribute("aria-pressed", "false");
    this.sound.stop();
  }

  schedule() {
    this.tick = window.requestAnimationFrame((now) => this.advance(now));
  }

  advance(now) {
    if (!this.isPlaying) {
      return;
    }
    const passed = Math.min(250, Math.max(0, now - this.last));
    this.last = now;
    if (this.reel.isHere(this.position)) {
      this.isUnveiled = true;
      this.note();
      this.position += passed * this.speed;
      this.draw();
      this.wantAhead();
    } else if (!this.reel.isBusy()) {
      this.fetchHere();
    }
    if (this.position >= this.end()) {
      this.position = Math.max(0, this.end() - 1);
      this.pause();
      this.panel.say(`The end, ${timeText(this.end())}.`);
    }
    this.showPosition();
    if (this.isPlaying) {
      this.schedule();
    }
  }

  /* Half a piece ahead: what plays was asked for, and nothing further is. */
  wantAhead() {
    const soon = this.position + this.reel.pieceMs() / 2;
    if (soon < this.end() && !this.reel.isBusy() && !this.reel.isHere(soon)) {
      this.reel.want(soon);
    }
  }

  async fetchHere() {
    const isHere = await this.reel.want(this.position);
    if (!isHere && this.isPlaying && !this.reel.isBusy() && !this.reel.isHere(this.position)) {
      this.pause();
      const why = failureText(this.reel.failed ?? []);
      if (why) {
        this.panel.say(why);
      }
    }
    return isHere;
  }

  note() {
    this.bestRung = this.bestRung === "full" ? "full" : this.reel.rung;
  }

  /* Shows the frame at the position, without playing. */
  async show() {
    const isHere = await this.fetchHere();
    if (isHere) {
      this.isUnveiled = true;
      this.note();
      this.draw();
      this.panel.say(`Frame at ${timeText(this.position)}, ${RUNG_WORDS[this.reel.rung]}.`);
    } else if (this.reel.failed?.length > 0) {
      this.panel.say(failureText(this.reel.failed));
    }
    this.showPosition();
  }

  /* Moving asks for pictures only once some were unveiled. */
  goTo(ms) {
    this.position = Math.max(0, Math.min(ms, Math.max(0, Math.min(this.end(), 86_400_000) - 1)));
    this.showPosition();
    if (this.isPlaying && this.sound.isOn) {
      this.startSound();
    }
    if (this.isUnveiled && !this.isPlaying) {
      this.show();
    }
    this.panel.say(`At ${timeText(this.position)}.`);
  }

  stepBy(frames) {
    this.pause();
    this.isUnveiled = true;
    const at = Math.floor(this.position / this.reel.stepMs) + frames;
    this.goTo(at * this.reel.stepMs);
  }

  setSpeed(speed) {
    this.speed = speed;
    this.panel.say(`Speed ${speed} ×.${this.sound.isOn && speed !== 1 ? " Sound plays at 1 × only." : ""}`);
    if (this.isPlaying && this.sound.isOn) {
      this.startSound();
    }
  }

  setStep(stepMs) {
    this.reel.clear({ stepMs });
    this.again();
  }

  setRung(rung) {
    this.reel.clear({ rung });
    this.colour.setAttribute("aria-pressed", String(rung === "full"));
    this.panel.say(`Frames in ${rung === "full" ? "colour" : "grey"}.`);
    this.again();
  }

  again() {
    if (this.isUnveiled && !this.isPlaying) {
      this.show();
    }
    this.draw();
  }

  toggleSound() {
    if (this.sound.isOn) {
      this.sound.end();
      this.soundPress.setAttribute("aria-pressed", "false");
      this.panel.say("Sound is off.");
    } else if (this.sound.isAgreed()) {
      this.startSound();
    } else {
      this.question.hidden = false;
      this.question.querySelector("button").focus();
    }
  }

  startSound() {
    this.sound.isOn = true;
    this.soundPress.setAttribute("aria-pressed", "true");
    this.sound.stop();
    if (this.isPlaying && this.speed === 1) {
      this.sound.play(this.position);
    } else {
      this.panel.say("Sound is on; it plays at 1 ×.");
    }
  }

  showPosition() {
    const max = Number.isFinite(this.end()) ? this.end() : Math.max(60_000, this.position * 2);
    this.seek.max = String(Math.max(1, Math.round(max)));
    this.seek.value = String(Math.round(this.position));
    const of = Number.isFinite(this.end()) ? ` of ${timeText(this.end())}` : "";
    this.clock.textContent = `${timeText(this.position)}${of}`;
    this.seek.setAttribute("aria-valuetext", this.clock.textContent);
    if (this.isPlaying && Math.abs(this.position - this.announcedAt) >= ANNOUNCE_MS) {
      this.announcedAt = this.position;
      this.panel.say(`${timeText(this.position)}.`);
    }
  }

  draw() {
    const frame = this.isUnveiled ? this.reel.frameAt(this.position) : null;
    if (frame?.bitmap) {
      drawWhole(this.canvas, frame.bitmap);
    } else if (!this.isPlaying) {
      drawWhole(this.canvas, this.tile ?? null, { isSmooth: false });
    }
  }

  veil() {
    this.pause();
    this.sound.end();
    this.soundPress.setAttribute("aria-pressed", "false");
    this.reel.clear();
    this.exposure.veil();
    this.isUnveiled = false;
    this.draw();
    this.panel.say("Veiled and silent.");
  }
}

export function open(context, items) {
  const player = new Player(context, items);
  return player.panel.asView(() => [player.place]);
}
