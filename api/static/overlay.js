// The overlay: transparent, plays what is sung, shows the words and a simple mouth.
// /overlay?stream=live                    the show of this server
// /overlay?score=/static/x.json&voice=x   one song
// Also: offset_ms, lyrics=0, mouth=0, font, color, token. A page around it may post {score: {...}, voice: "..."}.
import { SingerStream } from "/client.js";

const wish = new URLSearchParams(location.search);
const words = document.getElementById("lyrics");
const mouth = document.getElementById("mouth");
const state = { viseme: "sil", weight: 0, lyric: "", sung: [], position: null, received: 0, ended: null, peak: 0 };
window.singer = state;

words.hidden = wish.get("lyrics") === "0";
mouth.toggleAttribute("hidden", wish.get("mouth") === "0");
for (const name of ["font", "color"]) {
  if (wish.has(name)) document.documentElement.style.setProperty(`--${name}`, wish.get(name));
}

let line = [];
let lastSample = 0;

function showWords(mark) {
  if (!mark.text) return;
  if (mark.sample - lastSample > 2.5 * stream.rate || line.length > 30) line = [];
  lastSample = mark.sample;
  const glue = mark.word_start && /[a-z0-9]$/i.test(line.at(-1) ?? "") ? " " : "";
  line.push(glue + mark.text);
  state.lyric = mark.text;
  state.sung.push({ text: mark.text, sample: mark.sample });
  if (state.sung.length > 200) state.sung.shift();
  words.replaceChildren(
    ...line.map((text, place) => {
      const span = document.createElement("span");
      span.textContent = text;
      span.className = place === line.length - 1 ? "sung" : "";
      return span;
    }),
  );
}

let shown = { open: 0, form: 0 };
let target = { open: 0, form: 0 };

function showMouth() {
  const step = 0.35; // of the way in a frame: about 60 ms in all
  for (const name of ["open", "form"]) shown[name] += step * (target[name] - shown[name]);
  const width = 30 + 14 * shown.form;
  const height = 4 + 30 * shown.open;
  document.getElementById("lips").setAttribute("rx", width + 6);
  document.getElementById("lips").setAttribute("ry", height + 5);
  document.getElementById("inside").setAttribute("rx", width);
  document.getElementById("inside").setAttribute("ry", Math.max(height - 3, 1));
  Object.assign(state, { position: stream.position, received: stream.received, open: shown.open });
  requestAnimationFrame(showMouth);
}

function take(mark) {
  if (mark.kind === "lyric") showWords(mark);
  if (mark.kind === "viseme") {
    state.viseme = mark.viseme;
    state.weight = mark.weight;
    target = { open: mark.live2d.ParamMouthOpenY ?? 0, form: mark.live2d.ParamMouthForm ?? 0 };
  }
}

// What was to come is not heard: the mouth closes, the words go.
function hide() {
  stream.stop();
  target = { open: 0, form: 0 };
  line = [];
  words.replaceChildren();
}

const socket = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
const isLive = wish.get("stream") === "live";
const context = new AudioContext();
const analyser = context.createAnalyser();
analyser.connect(context.destination);
const heard = new Float32Array(analyser.fftSize);
setInterval(() => {
  analyser.getFloatTimeDomainData(heard);
  state.peak = heard.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}, 50);

const stream = new SingerStream({
  url: `${socket}${isLive ? "/v1/live/audio" : "/v1/stream"}`,
  token: wish.get("token") ?? undefined,
  context,
  output: analyser,
  offsetMs: Number(wish.get("offset_ms") ?? 0),
  onMark: take,
  onMessage: (message) => (state.last = message),
  onEnd: (message) => {
    state.ended = message;
    if (message.type !== "end") hide();
    if (isLive && message.type === "closed") setTimeout(() => location.reload(), 2000);
  },
});

const opened = stream.open();

async function sing(score, voice) {
  await opened;
  state.ended = null;
  stream.send({ type: "sing", id: "overlay", score, voice, marks: ["viseme", "lyric"] });
}

addEventListener("message", ({ origin, data }) => {
  if (origin === location.origin && data?.score) sing(data.score, data.voice);
});

await opened;
state.ready = true;
if (wish.has("score")) sing(await (await fetch(wish.get("score"))).json(), wish.get("voice") ?? undefined);
showMouth();
