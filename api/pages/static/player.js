// Notes at the time of a recording: begins one where the player is, ends it there, and fills both times into a form.
//
//   <audio|video data-player> and <svg id="bar" data-seconds="102" viewBox="0 0 1000 …"><g data-sheet>…</g></svg>, on
//   which 1000 units are the whole length; <a data-at="12.5"> on the page leads to a time of it. A form takes part by
//   <fieldset data-times="bar" data-then="text"> with fields named `<something>.start` and `.end`,
//   <button type="button" data-note hidden>Note here</button> and <p role="status" data-says></p>.
// Times are written m:ss, with a decimal where there is one. Asks for what it shows each time: it may come later.
import { within } from "./keys.js";

const NS = "http://www.w3.org/2000/svg", LENGTH = 1000, NUDGE = 0.5, FIRST = 5, GRIP = 10, REACH = 24;
const player = () => document.querySelector("[data-player]");
const playerOf = (part) => part.closest("[data-version]")?.querySelector("[data-player]") ?? player(); // of two versions each has its own
const make = (name, attributes) => {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};
const near = (seconds) => Math.round(seconds * 10) / 10;
function clock(seconds) {
  const tenths = Math.round(seconds * 10), rest = (tenths % 600) / 10;
  return `${Math.floor(tenths / 600)}:${rest < 10 ? "0" : ""}${rest}`;
}
function read(text) { // as the form reads it: 1:05, 1:05.5 or seconds
  const parts = text.trim().split(":"), [minutes, seconds] = parts.length > 1 ? parts : ["0", parts[0]];
  return parts.length > 2 || !seconds || !minutes ? NaN : Number(minutes) * 60 + Number(seconds);
}

class Note { // one span of time for one fieldset
  constructor(fields) {
    this.fields = fields;
    this.button = fields.querySelector("[data-note]");
    this.says = fields.querySelector("[data-says]");
    this.running = false;
    this.button.hidden = !player();
    this.button.addEventListener("click", () => this.here());
    fields.addEventListener("input", () => this.quiet || this.show());
    fields.addEventListener("keydown", (event) => this.key(event));
    this.show();
  }

  get bar() { return document.getElementById(this.fields.dataset.times); }
  get seconds() { return Number(this.bar?.dataset.seconds) || player()?.duration || 0; }
  field(name) { return this.fields.querySelector(`[name$=".${name}"]`); }
  get span() { return ["start", "end"].map((name) => read(this.field(name).value)); }

  here() { // begins a note where the player is; ends it there the second time
    const now = near(player().currentTime);
    if (this.running && now > this.span[0]) return this.finish(now);
    this.set(now, Math.min(now + FIRST, this.seconds));
    this.running = true;
    this.button.textContent = "End the note here";
  }

  finish(now) {
    this.set(this.span[0], now);
    this.stop();
    document.getElementById(this.fields.dataset.then)?.focus();
  }

  stop() {
    this.running = false;
    this.button.textContent = "Note here";
  }

  set(start, end) {
    const first = Math.min(Math.max(near(start), 0), Math.max(0, this.seconds - 0.1));
    this.field("start").value = clock(first);
    this.field("end").value = clock(Math.min(Math.max(near(end), first + 0.1), this.seconds));
    this.quiet = true;
    this.field("start").dispatchEvent(new Event("input", { bubbles: true }));
    this.quiet = false;
    this.show();
  }

  nudge(by) {
    const [start, end] = this.span;
    if (Number.isFinite(start + end)) this.set(start, end + by);
  }

  drop() {
    this.stop();
    this.field("start").value = this.field("end").value = "";
    this.show();
    this.button.focus();
  }

  key(event) {
    if (event.key === "Escape" && this.group?.isConnected) this.drop();
  }

  show() {
    const [start, end] = this.span;
    if (!this.bar || !(end > start)) {
      this.group?.remove();
      return;
    }
    if (!this.group?.isConnected) this.build();
    const units = LENGTH / this.seconds, [x, wide] = [start * units, (end - start) * units];
    const high = this.bar.viewBox.baseVal.height, pixel = LENGTH / (this.bar.getBoundingClientRect().width || LENGTH);
    this.box.setAttribute("x", x);
    this.box.setAttribute("width", wide);
    for (const { of, seen, hit } of this.grips) {
      for (const [shape, side] of [[seen, GRIP * pixel], [hit, REACH * pixel]]) {
        shape.setAttribute("x", x + of * wide - side / 2);
        shape.setAttribute("width", side);
        shape.setAttribute("y", high / 2 - side / 2);
        shape.setAttribute("height", side);
      }
    }
    const words = `from ${clock(start)} to ${clock(end)}`;
    this.group.setAttribute("aria-label", `Note: ${words}`);
    if (this.says.textContent !== words) this.says.textContent = words;
  }

  build() {
    this.group = make("g", {
      class: "app-mark app-mark--new", tabindex: "0", role: "application", "aria-roledescription": "time being noted",
    });
    this.box = make("rect", { y: 0, height: this.bar.viewBox.baseVal.height });
    this.grips = [0, 1].map((of) => ({ of, seen: make("rect", { class: "app-grip" }), hit: make("rect", { class: "app-grip-hit" }) }));
    this.group.append(this.box, ...this.grips.flatMap(({ seen, hit }) => [seen, hit]));
    for (const { of, hit } of this.grips) hit.addEventListener("pointerdown", (event) => this.drag(event, of));
    this.group.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -NUDGE, ArrowRight: NUDGE }[event.key];
      const [start, end] = this.span;
      if (event.key === "Escape") this.drop();
      else if (event.key === "Enter") document.getElementById(this.fields.dataset.then)?.focus();
      else if (step) this.set(event.shiftKey ? start : start + step, end + step);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.bar.querySelector("[data-sheet]").append(this.group);
  }

  drag(event, of) {
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    const move = (next) => {
      const to = timeAt(this.bar, next), [start, end] = this.span;
      if (of) this.set(start, Math.max(to, start + 0.1));
      else this.set(Math.min(to, end - 0.1), end);
    };
    const bar = this.bar;
    bar.setPointerCapture(event.pointerId);
    bar.addEventListener("pointermove", move);
    for (const end of ["pointerup", "pointercancel"]) {
      bar.addEventListener(end, () => bar.removeEventListener("pointermove", move), { once: true });
    }
  }
}

function timeAt(bar, { clientX }) {
  const { left, width } = bar.getBoundingClientRect();
  return Math.min(Math.max((clientX - left) / width, 0), 1) * (Number(bar.dataset.seconds) || player()?.duration || 0);
}

const notes = [...document.querySelectorAll("fieldset[data-times]")].map((fields) => new Note(fields));
const bars = () => [...document.querySelectorAll("svg[data-seconds]")];

function line(bar) { // where the player is
  let drawn = bar.querySelector("[data-now]");
  if (!drawn) {
    drawn = make("path", { "data-now": "", class: "app-now" });
    bar.querySelector("[data-sheet]").append(drawn);
  }
  const x = (playerOf(bar).currentTime / Number(bar.dataset.seconds)) * LENGTH;
  drawn.setAttribute("d", `M${x} 0V${bar.viewBox.baseVal.height}`);
}

document.addEventListener("timeupdate", () => bars().forEach(line), true);
document.addEventListener("seeked", () => bars().forEach(line), true);
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-at]"), bar = event.target.closest("svg[data-seconds]");
  if (!player() || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link) playerOf(link).currentTime = Number(link.dataset.at);
  else if (bar && !event.target.closest(".app-mark--new")) playerOf(bar).currentTime = timeAt(bar, event);
  if (link && !link.closest("svg")) { // of a mark on the bar, the link goes on to its remark
    event.preventDefault();
    playerOf(link).focus();
  }
});
within("[data-player], svg, [data-note]", (key) => {
  const by = { "[": -NUDGE, "]": NUDGE }[key];
  if (by) notes[0]?.nudge(by);
  return Boolean(by);
});
new MutationObserver(() => {
  for (const each of notes) {
    each.button.hidden = !player();
    if (!each.group?.isConnected) each.show();
  }
}).observe(document.querySelector("main"), { childList: true, subtree: true });
