// Looks at a page or a picture more closely: larger, smaller, whole, turned; its pages by key. The tools are a toolbar,
// one stop of the keyboard; keys without Ctrl or Alt work only while the stage has the focus.
//   <div role="toolbar"> … <button type="button" data-tool="larger|smaller|fit|turn" hidden> … <output data-zoom></div>
//   <div class="app-stage" tabindex="0"><svg data-kind=…><g data-sheet>…</g></svg></div>
import { within } from "./keys.js";

const tools = document.querySelector("[role=toolbar]");
const LEVELS = [25, 33, 50, 67, 80, 100, 125, 150, 200, 300, 400];
let zoom = 100;
const stages = () => [...document.querySelectorAll(".app-stage")]; // of two versions beside each other both
const shownIn = (stage) => stage.querySelector("svg[data-kind], img.app-page");

function resize(next) {
  const factor = next / zoom;
  zoom = next;
  for (const stage of stages()) {
    const page = shownIn(stage), { clientWidth: wide, clientHeight: high } = stage;
    if (!page) continue;
    const [left, top] = [stage.scrollLeft + wide / 2, stage.scrollTop + high / 2];
    page.style.width = `${zoom}%`;
    page.style.maxWidth = "none";
    stage.scrollTo(left * factor - wide / 2, top * factor - high / 2);
  }
  tell();
}

function tell() {
  const output = tools.querySelector("[data-zoom]");
  if (output) output.textContent = `${Math.round(zoom)} %`;
  document.dispatchEvent(new Event("resized"));
}

function fit() { // all of the page at once, or as wide as there is room
  const [stage] = stages(), page = stage && shownIn(stage);
  if (!page) return;
  page.style.width = "100%";
  const { width, height } = page.getBoundingClientRect(), room = Math.min(innerHeight * 0.9, stage.clientHeight || innerHeight);
  const whole = Math.min(100, (room / height) * 100);
  resize(Math.abs(zoom - whole) < 1 || !width ? 100 : whole);
}

function turn() {
  for (const page of stages().map(shownIn)) {
    const sheet = page?.querySelector("[data-sheet]");
    if (!sheet) continue;
    const turned = (Number(page.dataset.turn ?? 0) + 90) % 360, { width, height } = page.viewBox.baseVal;
    const [wide, high] = turned % 180 ? [width, height] : [height, width]; // of the page itself, which is not turned
    page.dataset.turn = turned;
    page.setAttribute("viewBox", `0 0 ${height} ${width}`);
    const shift = { 0: "", 90: `translate(${high} 0) `, 180: `translate(${wide} ${high}) `, 270: `translate(0 ${wide}) ` }[turned];
    sheet.setAttribute("transform", `${shift}rotate(${turned})`);
  }
  tell();
}

function along({ target }) { // what is looked at of one version is looked at of the other
  const other = target.matches?.(".app-stage") && stages().find((each) => each !== target);
  if (!other) return;
  const share = (at, whole, seen) => (whole > seen ? at / (whole - seen) : 0);
  const left = share(target.scrollLeft, target.scrollWidth, target.clientWidth) * (other.scrollWidth - other.clientWidth);
  const top = share(target.scrollTop, target.scrollHeight, target.clientHeight) * (other.scrollHeight - other.clientHeight);
  if (Math.abs(left - other.scrollLeft) > 1 || Math.abs(top - other.scrollTop) > 1) other.scrollTo(left, top);
}
document.addEventListener("scroll", along, true);

const ACTS = {
  larger: () => resize(LEVELS.find((each) => each > zoom + 1) ?? LEVELS.at(-1)),
  smaller: () => resize(LEVELS.findLast((each) => each < zoom - 1) ?? LEVELS[0]),
  fit, turn,
};

for (const button of document.querySelectorAll("[data-press]")) { // stands here for one that is further away: the key's
  const own = document.querySelector(`[data-key="${button.dataset.press}"]`), begins = own?.textContent;
  if (!own) continue;
  const follow = () => {
    button.hidden = own.hidden;
    button.setAttribute("aria-pressed", own.textContent !== begins);
  };
  new MutationObserver(follow).observe(own, { childList: true, attributes: true });
  button.addEventListener("click", () => {
    own.dispatchEvent(new CustomEvent("reveal", { bubbles: true }));
    own.click();
  });
  follow();
}

function draw(image) { // a page that says no size is as large as its picture
  const { naturalWidth: width, naturalHeight: height, src: href, alt } = image, NS = "http://www.w3.org/2000/svg";
  const [svg, sheet, page] = ["svg", "g", "image"].map((name) => document.createElementNS(NS, name));
  const set = (element, of) => Object.entries(of).forEach(([name, value]) => element.setAttribute(name, value));
  set(svg, { class: "app-page", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": alt, "data-kind": "page shown" });
  set(page, { href, width, height, role: "img", "aria-label": alt });
  Object.assign(svg.dataset, { ...image.dataset });
  sheet.dataset.sheet = "";
  sheet.append(page);
  svg.append(sheet);
  image.replaceWith(svg);
}

function drawPages() {
  for (const image of document.querySelectorAll(".app-stage img[data-page]")) image.decode().then(() => image.isConnected && draw(image), () => {});
}
drawPages();
new MutationObserver(drawPages).observe(document.querySelector("main"), { childList: true, subtree: true }); // it may come later

const KEYS = { "+": "larger", "=": "larger", "-": "smaller", "−": "smaller", 0: "fit" };
const go = (where) => document.querySelector(`.app-tools a[rel=${where}]`)?.click();

function stop(of) { // the toolbar is one stop: this is it now
  const stops = [...tools.querySelectorAll("button:not([hidden]), a[href], input")];
  for (const each of stops) each.tabIndex = each === of ? 0 : -1;
  return stops;
}

if (tools) {
  for (const each of tools.querySelectorAll("[data-tool]")) each.hidden = false;
  stop(tools.querySelector("a[href], button:not([hidden])"));
  tell();
  tools.addEventListener("focusin", ({ target }) => stop(target));
  tools.addEventListener("click", ({ target }) => ACTS[target.closest("[data-tool]")?.dataset.tool]?.());
  tools.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.target.matches("input")) return;
    const stops = stop(event.target), next = stops[(stops.indexOf(event.target) + step + stops.length) % stops.length];
    event.preventDefault();
    next.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.closest?.(".app-stage") || event.ctrlKey || event.altKey || event.metaKey) return;
    const page = { PageUp: "prev", PageDown: "next" }[event.key];
    if (!page) return;
    event.preventDefault();
    go(page);
  });
  within(".app-stage", (key) => {
    ACTS[KEYS[key]]?.();
    return key in KEYS;
  });
}
addEventListener("resize", () => document.dispatchEvent(new Event("resized")));

// What is led to shows itself: its tab is chosen, its part opened.
function reveal(element) {
  for (let part = element.matches("summary") ? element.closest("details").parentElement : element; part; part = part.parentElement) {
    if (part.matches("details")) part.open = true;
    if (part.matches(".govuk-tabs__panel")) document.querySelector(`.govuk-tabs__tab[href="#${part.id}"]`)?.click();
  }
}
document.addEventListener("reveal", ({ target }) => reveal(target));
document.addEventListener("click", ({ target }) => {
  const to = target.closest('a[href^="#"]'), there = to && document.getElementById(to.getAttribute("href").slice(1));
  if (there && !to.matches(".govuk-tabs__tab")) reveal(there);
}, true); // before the summary of faults leads to a field, which takes the focus only if it is shown
const led = document.getElementById(location.hash.slice(1));
if (led && !led.matches(".govuk-tabs__panel")) {
  reveal(led);
  led.scrollIntoView({ block: "nearest" });
}
