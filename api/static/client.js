// A client of the stream (docs/streaming.md): plays its audio with Web Audio, tells of marks when they are heard.
//   const stream = new SingerStream({ url: "ws://127.0.0.1:8765/v1/stream", onMark: (mark) => { ... } });
//   await stream.open();
//   stream.send({ type: "sing", id: "a", score, marks: ["viseme", "lyric"] });
// Call open() from a click: browsers let pages sound only then. OBS does not mind.

export class SingerStream {
  constructor({ url, token, context, output, delayS = 0.15, offsetMs = 0, onMark, onMessage, onEnd }) {
    Object.assign(this, { url, token, delayS, offsetMs, onMark, onMessage, onEnd });
    this.context = context ?? new AudioContext();
    this.output = output ?? this.context.destination;
    this.marks = [];
    this.sources = new Set();
    this.rate = 44100;
    this.startS = null; // when sample 0 is heard, on the context's clock
    this.received = 0;
  }

  open() {
    const protocols = this.token ? ["singer.v1", `bearer.${this.token}`] : ["singer.v1"];
    this.socket = new WebSocket(this.url, protocols);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => (typeof data === "string" ? this.#text(JSON.parse(data)) : this.#audio(data));
    this.timer = setInterval(() => this.#dispatch(), 10);
    this.context.resume();
    return new Promise((resolve, reject) => {
      this.socket.onopen = resolve;
      this.socket.onclose = (event) => {
        reject(new Error(event.reason || `closed (${event.code})`));
        this.onEnd?.({ type: "closed", code: event.code, reason: event.reason });
      };
    });
  }

  send(message) {
    this.socket.send(JSON.stringify(message));
  }

  close() {
    clearInterval(this.timer);
    this.socket.close();
    this.stop();
  }

  // Silence at once: what was scheduled is not heard.
  stop() {
    for (const source of this.sources) source.stop();
    this.sources.clear();
    this.marks = [];
    this.startS = null;
  }

  // The sample that is heard now, or null before there is one.
  get position() {
    const heardS = this.context.currentTime - (this.context.outputLatency || 0); // later by the way to the speaker
    return this.startS === null ? null : Math.min(Math.floor((heardS - this.startS) * this.rate), this.received);
  }

  #text(message) {
    if (message.type === "start") {
      this.stop();
      this.rate = message.sample_rate;
      this.encoding = message.encoding;
    } else if (message.type === "marks") {
      this.marks.push(...message.marks);
      return;
    }
    this.onMessage?.(message);
    if (message.type === "end" || message.type === "error") this.onEnd?.(message);
  }

  #audio(data) {
    const first = Number(new DataView(data).getBigUint64(0, true));
    const samples = this.#samples(data.slice(8));
    this.received = first + samples.length;
    const now = this.context.currentTime;
    // The first chunk sets the clock; a chunk that comes too late moves it, for nothing may be left out.
    const late = this.startS !== null && this.startS + first / this.rate < now;
    if (this.startS === null || late) this.startS = now + this.delayS - first / this.rate;
    const buffer = this.context.createBuffer(1, samples.length, this.rate);
    buffer.copyToChannel(samples, 0);
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.output);
    source.onended = () => this.sources.delete(source);
    source.start(this.startS + first / this.rate);
    this.sources.add(source);
  }

  #samples(bytes) {
    if (this.encoding === "f32le") return new Float32Array(bytes);
    return Float32Array.from(new Int16Array(bytes), (value) => value / 32768);
  }

  #dispatch() {
    if (this.startS === null) return;
    const heard = this.position - (this.offsetMs / 1000) * this.rate;
    while (this.marks.length && this.marks[0].sample <= heard) this.onMark?.(this.marks.shift());
  }
}
