// The words of what is shown: finds them on its pages, marks lines of a page for those who do not see it, and quotes
// words of a text.
//
//   <svg data-kind="pdf rectangle" data-words="…part=words&page=3" data-page="3" data-pages="4" data-at="…?page="> asks
//   there for the words of any page; <div data-lines hidden> holds the lines of the page to choose from.
//   <fieldset data-quote="id of the text"> holds fields named `<something>.exact`, `.prefix`, `.suffix` and
//   <button type="button" data-take hidden>; its text is a <pre>, or <textarea readonly data-text="…"> to be fetched.
const NS = "http://www.w3.org/2000/svg", AROUND = 40;
const stage = () => document.querySelector("svg[data-words]");
const tools = document.querySelector("[data-find]");
const pages = new Map();
let onward = false; // the same is looked for again: behind this page
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
const fold = (text) => text.normalize("NFKC").toLowerCase();

async function wordsOf(page) { // null where there are none; what is being made is asked for again
  for (let tries = 0; !pages.has(page) && tries < 20; tries += 1) {
    const address = new URL(stage().dataset.words, location);
    address.searchParams.set("page", page);
    const answer = await fetch(address);
    if (answer.status !== 503) pages.set(page, answer.ok ? (await answer.json()).words : null);
    else await pause(Number(answer.headers.get("Retry-After")) || 1);
  }
  return pages.get(page) ?? null;
}

function places(words, wanted) { // each run of words in which what is wanted stands
  const found = [], sought = fold(wanted).split(/\s+/).filter(Boolean);
  for (let at = 0; sought.length && at + sought.length <= words.length; at += 1) {
    const run = words.slice(at, at + sought.length), last = sought.length - 1;
    const fits = run.every((each, index) => {
      const text = fold(each.text);
      if (!last) return text.includes(sought[0]);
      if (index === 0) return text.endsWith(sought[0]);
      return index === last ? text.startsWith(sought[index]) : text === sought[index];
    });
    if (fits) found.push(run);
  }
  return found;
}

function around(run) { // the box of words, in parts of the page
  const [left, top] = [Math.min(...run.map(({ x }) => x)), Math.min(...run.map(({ y }) => y))];
  const right = Math.max(...run.map(({ x, width }) => x + width)), bottom = Math.max(...run.map(({ y, height }) => y + height));
  return { left, top, right, bottom };
}

function show(runs) {
  const sheet = stage().querySelector("[data-sheet]"), page = sheet.querySelector("image");
  for (const old of sheet.querySelectorAll(".app-found")) old.remove();
  const [wide, high] = [Number(page.getAttribute("width")), Number(page.getAttribute("height"))];
  for (const run of runs) {
    const { left, top, right, bottom } = around(run), rect = document.createElementNS(NS, "rect");
    rect.setAttribute("class", "app-found");
    for (const [key, value] of [["x", left * wide], ["y", top * high], ["width", (right - left) * wide], ["height", (bottom - top) * high]]) rect.setAttribute(key, value);
    page.after(rect);
  }
  sheet.querySelector(".app-found")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

async function find(wanted) {
  const says = tools.querySelector("[data-says]"), here = Number(stage()?.dataset.page), last = Number(stage()?.dataset.pages) || here;
  if (!stage() || !wanted.trim()) return;
  says.textContent = "Looking for it …";
  for (let step = 0; step < last; step += 1) {
    const page = ((here - 1 + step + (onward ? 1 : 0)) % last) + 1, words = await wordsOf(page);
    const runs = words ? places(words, wanted) : [];
    if (runs.length && page !== here) {
      location.assign(`${stage().dataset.at}${page}#find=${encodeURIComponent(wanted)}`); // which is not sent
      return;
    }
    if (runs.length) {
      show(runs);
      says.textContent = `${runs.length === 1 ? "Once" : `${runs.length} times`} on this page${last > 1 ? "; find again for the next page" : ""}.`;
      onward = last > 1;
      return;
    }
  }
  show([]);
  onward = false;
  says.textContent = `“${wanted}” does not stand in its text.`;
}

if (tools) {
  const field = tools.querySelector("input");
  let wanted = new URLSearchParams(location.hash.slice(1)).get("find");
  const offer = () => {
    tools.hidden = !stage();
    if (!wanted || !stage()) return;
    field.value = wanted;
    wanted = "";
    find(field.value);
  };
  offer();
  new MutationObserver(offer).observe(document.querySelector("main"), { childList: true, subtree: true });
  tools.addEventListener("submit", (event) => {
    event.preventDefault();
    find(field.value);
  });
  field.addEventListener("input", () => { onward = false; });
}

// --- lines of a page, to be chosen without seeing it ---

function linesOf(words) { // words beside each other, as they follow each other
  const lines = [];
  for (const word of words) {
    const line = lines.at(-1), before = line?.at(-1);
    const beside = before && Math.abs(word.y + word.height / 2 - before.y - before.height / 2) < Math.max(word.height, before.height) / 2;
    if (beside && word.x >= before.x) line.push(word);
    else lines.push([word]);
  }
  return lines;
}

async function offerLines(box) {
  const list = box.querySelector("ol"), words = await wordsOf(Number(stage().dataset.page));
  if (list.childElementCount) return;
  if (!words?.length) list.replaceWith(Object.assign(document.createElement("p"), { textContent: "This page has no text that can be read." }));
  for (const line of linesOf(words ?? [])) {
    const [item, label, tick] = ["li", "label", "input"].map((name) => document.createElement(name));
    tick.type = "checkbox";
    tick.line = line;
    label.append(tick, ` ${line.map(({ text }) => text).join(" ")}`);
    item.append(label);
    list.append(item);
  }
}

function quoteLines(box, runs) { // before what else the remark says, once however they are chosen
  const field = document.getElementById(box.dataset.lines), before = box.quoted ?? "";
  const said = runs.map((line) => line.map(({ text }) => text).join(" ")).join(" ");
  box.quoted = said && `Page ${stage().dataset.page}, as shown: “${said}”\n`;
  field.value = box.quoted + (field.value.startsWith(before) ? field.value.slice(before.length) : field.value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function chosenLines(box) {
  const runs = [...box.querySelectorAll(":checked")].map(({ line }) => line), fields = document.querySelector("fieldset[data-place]");
  if (box.dataset.lines) quoteLines(box, runs);
  if (box.dataset.lines || !runs.length || !fields) return;
  const { left, top, right, bottom } = around(runs.flat()), page = stage().querySelector("image");
  const [wide, high] = [Number(page.getAttribute("width")), Number(page.getAttribute("height"))];
  const near = (value) => String(Math.floor(value * 10) / 10), field = (name) => fields.querySelector(`[name$=".${name}"]`);
  field("page").value = stage().dataset.page;
  for (const [name, value] of [["x", left * wide], ["y", top * high], ["width", (right - left) * wide], ["height", (bottom - top) * high]]) field(name).value = near(value);
  field("x").dispatchEvent(new Event("input", { bubbles: true }));
}

for (const box of document.querySelectorAll("details[data-lines]")) {
  box.hidden = false;
  box.addEventListener("toggle", () => box.open && stage() && offerLines(box));
  box.addEventListener("change", () => chosenLines(box));
}

// --- words of a text ---

async function load(text) {
  const answer = await fetch(text.dataset.text), encoding = answer.headers.get("Content-Type")?.split("charset=")[1] ?? "utf-8";
  if (answer.ok) text.value = new TextDecoder(encoding).decode(await answer.arrayBuffer());
}

function chosen(text) { // before, the words, behind; as they stand in the text
  if (text.matches("textarea")) return [text.value.slice(0, text.selectionStart), text.value.slice(text.selectionStart, text.selectionEnd), text.value.slice(text.selectionEnd)];
  const selection = getSelection();
  if (!selection.rangeCount || !text.contains(selection.anchorNode) || !text.contains(selection.focusNode)) return ["", "", ""];
  const range = selection.getRangeAt(0), before = range.cloneRange(), whole = text.textContent;
  before.selectNodeContents(text);
  before.setEnd(range.startContainer, range.startOffset);
  const at = before.toString().length, exact = range.toString();
  return [whole.slice(0, at), exact, whole.slice(at + exact.length)];
}

for (const fields of document.querySelectorAll("fieldset[data-quote]")) {
  const text = document.getElementById(fields.dataset.quote), button = fields.querySelector("[data-take]");
  const says = fields.querySelector("[data-says]");
  if (!text) continue;
  if (text.dataset.text) {
    text.closest("[hidden]")?.removeAttribute("hidden");
    load(text);
  }
  for (const each of text.matches("textarea") ? document.querySelectorAll("[data-quoted]") : []) {
    each.hidden = false;
    each.addEventListener("click", () => {
      const { before, quoted, behind } = each.dataset, at = text.value.indexOf(before + quoted + behind) + before.length;
      if (at >= before.length) text.setSelectionRange(at, at + quoted.length);
      text.focus();
    });
  }
  button.hidden = false;
  button.addEventListener("click", () => {
    const [before, exact, behind] = chosen(text), field = (name) => fields.querySelector(`[name$=".${name}"]`);
    if (!exact.trim()) {
      says.textContent = "Choose words in the text first.";
      return;
    }
    const whole = before + exact + behind, once = whole.indexOf(exact) === whole.lastIndexOf(exact);
    field("exact").value = exact;
    if (field("prefix")) field("prefix").value = once ? "" : before.slice(-AROUND);
    if (field("suffix")) field("suffix").value = once ? "" : behind.slice(0, AROUND);
    field("exact").dispatchEvent(new Event("input", { bubbles: true }));
    says.textContent = `Quoted: “${exact.length > 80 ? `${exact.slice(0, 80)}…` : exact}”`;
    document.getElementById(fields.dataset.then)?.focus();
  });
}
