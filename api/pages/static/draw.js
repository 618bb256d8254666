// Draws a place on a page or a picture, by mouse, by touch or by keyboard, and fills it into the fields of a form.
//
// The stage is an inline SVG whose viewBox counts in the page's own units:
//   <svg id="sheet" data-kind="pdf rectangle" data-page="3" viewBox="0 0 595 842"><g data-sheet>…</g></svg>
// `data-kind` is what is drawn on it ("pdf rectangle" to a tenth of a point, "image region" in whole pixels); what is
// drawn is put into <g data-sheet>. A form takes part by a fieldset that holds the fields of one place:
//   <fieldset data-place="sheet" data-then="text">
//     … fields named `<something>.x`, `.y`, `.width`, `.height`, of a file with pages also `.page` …
//     <button type="button" data-mark hidden>Mark a place</button> <p role="status" data-says></p>
//   </fieldset>
// `data-place` is the id of the stage, `data-then` the id of the field to go on with once the place is kept. The button
// shows itself where there is something to draw on; [data-says] is told where the rectangle is. The server tells by the
// fields that are filled which kind of place it is. Whoever changes the size of the stage lets "resized" happen.
const NAMES = ["x", "y", "width", "height"], NS = "http://www.w3.org/2000/svg";
const GRIP = 10, REACH = 24; // pixels: how large a handle is drawn, and how far around it is hit
const CORNERS = [[0, 0], [0.5, 0], [1, 0], [1, 0.5], [1, 1], [0.5, 1], [0, 1], [0, 0.5]];
const ARROWS = ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"]; // as the page is turned
const make = (name, attributes = {}) => {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

class Drawing { // one rectangle for one fieldset
  constructor(fields) {
    this.fields = fields;
    this.button = fields.querySelector("[data-mark]");
    this.says = fields.querySelector("[data-says]");
    this.place = null;
    this.button.hidden = !this.stage;
    this.button.addEventListener("click", () => (this.drawn ? this.drop() : this.begin()));
    fields.addEventListener("input", () => this.readFields());
    this.readFields();
  }

  get stage() { return document.getElementById(this.fields.dataset.place); } // which may come later, or anew
  get sheet() { return this.stage.querySelector("[data-sheet]"); }
  get size() { const { width, height } = this.stage.viewBox.baseVal; return this.turned ? [height, width] : [width, height]; }
  get turned() { return this.stage.dataset.turn % 180 !== 0 && this.stage.dataset.turn !== undefined; }
  get drawn() { return this.group?.isConnected; }
  field(name) { return this.fields.querySelector(`[name$=".${name}"]`); }

  begin() { // in the middle of what is to be seen of the page
    const [width, height] = this.size, [left, top, right, bottom] = this.visible();
    const [wide, high] = [width * 0.3, height * 0.1];
    this.set({
      x: (left + right - wide) / 2, y: (top + bottom - high) / 2, width: wide, height: high,
    });
    this.before = document.activeElement;
    this.group.focus();
  }

  visible() {
    const matrix = this.sheet.getScreenCTM().inverse();
    const [page, frame] = [this.stage.getBoundingClientRect(), this.stage.parentElement.getBoundingClientRect()];
    const [x1, y1] = [Math.max(page.left, frame.left, 0), Math.max(page.top, frame.top, 0)];
    const [x2, y2] = [Math.min(page.right, frame.right, innerWidth), Math.min(page.bottom, frame.bottom, innerHeight)];
    if (x2 <= x1 || y2 <= y1) return [0, 0, ...this.size]; // it is scrolled out of sight
    const [one, other] = [new DOMPoint(x1, y1), new DOMPoint(x2, y2)].map((each) => each.matrixTransform(matrix));
    return [Math.min(one.x, other.x), Math.min(one.y, other.y), Math.max(one.x, other.x), Math.max(one.y, other.y)];
  }

  at(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.sheet.getScreenCTM().inverse());
    const [width, height] = this.size;
    return { x: clamp(x, 0, width), y: clamp(y, 0, height) };
  }

  set({ x, y, width, height }) {
    const [most, highest] = this.size, whole = this.stage.dataset.kind === "image region";
    const least = whole ? 1 : Math.max(most, highest) / 200, step = whole ? 1 : 10;
    const near = (value) => Math.round(value * step) / step, below = (value) => Math.floor(value * step) / step;
    const wide = clamp(near(width), least, most), high = clamp(near(height), least, highest);
    const left = clamp(near(x), 0, Math.max(0, below(most - wide))), top = clamp(near(y), 0, Math.max(0, below(highest - high)));
    this.place = { x: left, y: top, width: Math.min(wide, below(most - left)), height: Math.min(high, below(highest - top)) };
    this.show();
    this.fill();
  }

  fill() {
    if (this.field("page")) this.field("page").value = this.stage.dataset.page ?? "";
    for (const name of NAMES) this.field(name).value = String(this.place[name]);
    this.filled();
  }

  filled() { // for whoever keeps what is typed
    this.quiet = true;
    this.field("x").dispatchEvent(new Event("input", { bubbles: true }));
    this.quiet = false;
  }

  readFields() { // what is typed, or stands in a form that was refused, is drawn as well
    if (this.quiet || !this.stage) return;
    const page = this.field("page")?.value || this.stage.dataset.page;
    const [x, y, width, height] = NAMES.map((name) => parseFloat(this.field(name)?.value));
    const here = page === (this.stage.dataset.page ?? page);
    if (here && [x, y, width, height].every(Number.isFinite) && width > 0 && height > 0) {
      this.place = { x, y, width, height };
      this.show();
    } else if (this.drawn) this.take();
  }

  words() {
    const [width, height] = this.size, { x, y, width: wide, height: high } = this.place;
    const [left, top, across, down] = [x / width, y / height, wide / width, high / height].map((part) => Math.round(part * 1000) / 10);
    return `left ${left}, top ${top}, ${across} wide, ${down} high per cent`;
  }

  show() {
    const { x, y, width, height } = this.place;
    if (!this.drawn) this.build();
    const pixel = 1 / (this.sheet.getScreenCTM()?.a ** 2 + this.sheet.getScreenCTM()?.b ** 2 || 1) ** 0.5;
    for (const [key, value] of Object.entries(this.place)) this.box.setAttribute(key, value);
    for (const grip of this.grips) {
      const [across, down] = grip.corner, middle = [x + across * width, y + down * height];
      for (const [shape, side] of [[grip.seen, GRIP * pixel], [grip.hit, REACH * pixel]]) {
        shape.setAttribute("x", middle[0] - side / 2);
        shape.setAttribute("y", middle[1] - side / 2);
        for (const name of ["width", "height"]) shape.setAttribute(name, side);
      }
    }
    const words = this.words();
    this.group.setAttribute("aria-label", `Place being marked: ${words}`);
    if (this.says.textContent !== words) this.says.textContent = words;
    this.button.textContent = "Drop the place";
  }

  build() {
    this.group = make("g", {
      class: "app-mark app-mark--new", tabindex: "0", role: "application", "aria-roledescription": "rectangle being drawn",
    });
    this.box = make("rect");
    this.grips = CORNERS.map((corner) => ({
      corner, seen: make("rect", { class: "app-grip" }), hit: make("rect", { class: "app-grip-hit" }),
    }));
    this.group.append(this.box, ...this.grips.flatMap(({ seen, hit }) => [seen, hit]));
    this.grips.forEach((grip) => grip.hit.addEventListener("pointerdown", (event) => this.drag(event, grip.corner)));
    this.box.addEventListener("pointerdown", (event) => this.drag(event, null));
    this.group.addEventListener("keydown", (event) => this.key(event));
    this.sheet.append(this.group);
    this.onward = Object.assign(document.createElement("button"), { type: "button", className: "govuk-button app-onward", textContent: "Keep this place and go on" });
    this.onward.addEventListener("click", () => this.keep());
    this.stage.parentElement.after(this.onward);
    this.stage.classList.add("app-drawing");
    this.fields.dataset.drawing = "";
  }

  key(event) {
    const arrow = ARROWS.indexOf(event.key), shown = arrow - (event.shiftKey ? (this.turned ? 1 : 0) : Number(this.stage.dataset.turn ?? 0) / 90);
    const [across, down] = arrow < 0 ? [] : [[1, 0], [0, 1], [-1, 0], [0, -1]].at(((shown % 4) + 4) % 4);
    if (event.key === "Enter") this.keep();
    else if (event.key === "Escape") this.drop();
    else if (across !== undefined) {
      const [width, height] = this.size, part = event.ctrlKey ? 0.001 : 0.01;
      const [x, y] = [across * Math.max(width * part, this.least), down * Math.max(height * part, this.least)];
      const place = this.place;
      this.set(event.shiftKey
        ? { ...place, width: Math.min(place.width + x, width - place.x), height: Math.min(place.height + y, height - place.y) }
        : { ...place, x: place.x + x, y: place.y + y });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  get least() { return this.stage.dataset.kind === "image region" ? 1 : 0.1; }

  drag(event, corner) { // a handle moves its sides, the rectangle itself is moved whole, anywhere else begins anew
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    const from = this.at(event), { x, y, width, height } = this.place ?? { ...from, width: 0, height: 0 };
    const [right, bottom] = [x + width, y + height], target = this.stage;
    const move = (next) => {
      const to = this.at(next);
      if (corner === null) return this.set({ x: x + to.x - from.x, y: y + to.y - from.y, width, height });
      const fixed = { x: corner[0] === 0 ? right : x, y: corner[1] === 0 ? bottom : y };
      const [x1, x2] = corner[0] === 0.5 ? [x, right] : [fixed.x, to.x].sort((one, other) => one - other);
      const [y1, y2] = corner[1] === 0.5 ? [y, bottom] : [fixed.y, to.y].sort((one, other) => one - other);
      this.set({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 });
    };
    target.setPointerCapture(event.pointerId);
    const end = () => {
      target.removeEventListener("pointermove", move);
      this.group?.focus({ preventScroll: true });
    };
    target.addEventListener("pointermove", move);
    target.addEventListener("pointerup", end, { once: true });
    target.addEventListener("pointercancel", end, { once: true });
  }

  anew(event) {
    if (event.button) return;
    const from = this.at(event);
    this.place = { ...from, width: 0, height: 0 };
    this.drag(event, [1, 1]);
  }

  keep() {
    (document.getElementById(this.fields.dataset.then) ?? this.button).focus();
  }

  take() {
    this.group.remove();
    this.onward.remove();
    this.place = null;
    this.stage.classList.remove("app-drawing");
    delete this.fields.dataset.drawing;
    this.button.textContent = "Mark a place";
  }

  drop() {
    this.take();
    this.says.textContent = "The place is dropped.";
    for (const name of NAMES) this.field(name).value = "";
    this.filled();
    (this.before?.isConnected ? this.before : this.button).focus();
  }
}

const drawings = [...document.querySelectorAll("fieldset[data-place]")].map((fields) => new Drawing(fields));
const current = () => drawings.find((each) => each.drawn);
document.addEventListener("pointerdown", (event) => { // a drag over the page itself draws anew
  const drawing = current();
  if (drawing?.stage === event.target.closest("svg")) drawing.anew(event);
});
document.addEventListener("resized", () => current()?.show());
new MutationObserver(() => { // what was being prepared has come
  for (const each of drawings) {
    if (!each.drawn) {
      each.button.hidden = !each.stage;
      each.readFields();
    }
  }
}).observe(document.querySelector("main"), { childList: true, subtree: true });
