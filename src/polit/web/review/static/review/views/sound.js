/* A video's sound, when asked and only then: short pieces of WAV, played at normal speed.

   Each piece is counted by the server before it is sent. There is no <audio>: nothing can autoplay. */

const PIECE_MS = 10_000;
const agreedSessions = new Set();

export class Sound {
  constructor(context, exposure, place, onProblem) {
    this.context = context;
    this.exposure = exposure;
    this.place = place;
    this.onProblem = onProblem;
    this.isOn = false;
    this.run = 0;
  }

  sessionKey() {
    return this.context.config.session?.id ?? "";
  }

  /* Whether it was agreed to once in this session. */
  isAgreed() {
    return agreedSessions.has(this.sessionKey());
  }

  agree() {
    agreedSessions.add(this.sessionKey());
  }

  /* Plays from an instant until stopped. */
  async play(fromMs) {
    this.stop();
    const { run } = this;
    this.audio ??= new AudioContext();
    await this.audio.resume().catch(() => {});
    let ms = fromMs;
    let at = null;
    while (run === this.run && this.isOn) {
      const piece = await this.fetchPiece(ms);
      if (!piece || run !== this.run || !this.isOn) {
        return;
      }
      at = Math.max(at ?? 0, this.audio.currentTime + 0.05);
      this.schedule(piece, at);
      at += piece.duration;
      ms += piece.duration * 1000;
      if (piece.duration * 1000 < PIECE_MS - 50) {
        return;
      }
      await this.waitUntil(at - 2, run);
    }
  }

  async fetchPiece(ms) {
    const request = {
      what: "sound", places: [this.place], rung: "grey160", from_ms: Math.round(ms), length_ms: PIECE_MS,
    };
    const handle = await this.exposure.ask(request);
    if (!handle) {
      return null;
    }
    const blob = handle.parts?.[0]?.blob;
    this.handle = handle;
    try {
      return await this.audio.decodeAudioData(await blob.arrayBuffer());
    } catch {
      this.exposure.release(handle);
      this.onProblem("No sound came.");
      return null;
    }
  }

  schedule(buffer, at) {
    const source = this.audio.createBufferSource();
    source.buffer = buffer;
    source.connect(this.audio.destination);
    source.start(at);
    this.sources = [...(this.sources ?? []).slice(-2), source];
  }

  async waitUntil(instant, run) {
    while (run === this.run && this.audio && this.audio.currentTime < instant) {
      await new Promise((resolve) => window.setTimeout(resolve, 200));
    }
  }

  stop() {
    this.run += 1;
    for (const source of this.sources ?? []) {
      source.stop();
      source.disconnect();
    }
    this.sources = [];
    if (this.handle) {
      this.exposure.release(this.handle);
      this.handle = null;
    }
  }

  /* Off, and the device is let go: what was hidden is silent too. */
  end() {
    this.isOn = false;
    this.stop();
    this.audio?.close().catch(() => {});
    this.audio = null;
  }
}
