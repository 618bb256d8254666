// Sends files in parts as soon as they are chosen, shows how far each is, and goes on after a line that broke: without
// it the form sends them all at once. Which file is under way is kept in this browser, so that choosing it again goes on.
import { own } from "./kept.js";

const PARALLEL = 3, LONGEST_WAIT = 30_000, LOOK_AGAIN = 1_000, QUARTERS = [25, 50, 75, 100];
const form = document.querySelector("form[data-offer]"), rows = document.getElementById("files");
const { api, offer, enrolment, largest, types, list, next, title } = form.dataset;
const input = form.elements.files, taken = JSON.parse(form.dataset.taken), refused = JSON.parse(form.dataset.refused), jobs = [];
const element = (name, more = {}) => Object.assign(document.createElement(name), more);
const aloud = element("p", { className: "govuk-visually-hidden" }); // says what changes, and every quarter
const hex = (buffer) => [...new Uint8Array(buffer)].map((each) => each.toString(16).padStart(2, "0")).join("");
const base64 = (digits) => btoa(digits.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16))));
const digest = async (blob) => crypto.subtle ? hex(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer())) : "";
const megabytes = (bytes) => bytes < 1e6 ? `${bytes && Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
let working = null, leaving = false, wake = () => {}, shows = 0;
class Refusal extends Error {} // trying again would not help
const again = (seconds) => Object.assign(new Error(), { seconds: Number(seconds) });
const wait = (most) => new Promise((resolve) => { wake = resolve; setTimeout(resolve, most); }); // or until something happens
async function call(path, body, key) {
  const headers = { Accept: "application/json", ...(body && { "Content-Type": "application/json", "Idempotency-Key": key }) };
  const post = body && { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(path, { signal: AbortSignal.timeout(120_000), headers, ...post });
  if (answer.ok) return answer.json();
  if (answer.status >= 500 || [408, 429].includes(answer.status)) throw again(answer.headers.get("Retry-After"));
  const { title: sentence, detail, fields } = await answer.json();
  if (answer.status === 401) throw new Refusal("You are signed out: sign in again in another tab, and press Try now here.");
  throw new Refusal([...new Set([detail || sentence, ...Object.values(fields ?? {})])].join(" "));
}
class Job {
  sent = new Map(); open = new Set(); digests = []; quarter = 0;
  constructor(file) {
    this.file = file;
    this.place = own(["upload", offer, enrolment, file.name, file.size, file.lastModified].join(" "));
    this.kept = JSON.parse(localStorage.getItem(this.place));
    this.row = element("div", { className: "app-file" });
    this.tag = element("strong", { className: "govuk-tag" });
    this.says = element("p");
    this.bar = element("progress", { max: file.size || 1, value: 0, ariaLabel: `How much of ${file.name} is sent` });
    this.pause = element("button", { type: "button", className: "govuk-button govuk-button--secondary", onclick: () => this.press() });
    this.out = element("button", { type: "button", className: "govuk-button govuk-button--secondary", textContent: "Take out", onclick: () => this.remove() });
    const text = element("div"), acts = element("div", { className: "app-acts" });
    acts.append(this.pause, this.out);
    text.append(element("strong", { textContent: file.name }), ` · ${megabytes(file.size)} `, element("br"), this.tag, this.says, this.bar, acts);
    this.row.append(element("span", { className: "app-kind", textContent: "file", ariaHidden: "true" }), text);
    rows.append(this.row);
    this.fault = this.refusal();
    if (this.fault) this.state("Not taken", "red", this.fault);
    else this.state("Waiting", "grey", this.kept ? "It was begun before and goes on from there." : "");
  }
  refusal() { // before the first byte is sent
    const { name, size, type } = this.file;
    const ending = name.toLowerCase().match(/\.[^.]*$/)?.[0];
    this.type = Object.values(taken).includes(type) ? type : taken[ending];
    const [, why] = refused.find(([endings]) => endings.includes(ending)) ?? [];
    if (why) return `A file that ends in ${ending} is ${why}.`;
    if (!size) return "The file is empty: choose another one.";
    if (size > Number(largest)) return `It has ${megabytes(size)}; at most ${megabytes(Number(largest))} are taken.`;
    return this.type ? "" : `Files of this type are not taken. We take ${types}.`;
  }
  state(word, colour, text = "") { // what it is now, also aloud
    [this.tag.textContent, this.tag.className] = [word, `govuk-tag govuk-tag--${colour}`];
    this.says.textContent = text;
    this.pause.textContent = this.paused ? "Go on" : this.running ? "Pause" : "Try now";
    this.pause.hidden = Boolean(this.fault) || (!this.running && !this.stopped);
    this.bar.hidden = !this.running;
    this.out.hidden = this.running && !this.paused;
    aloud.textContent = `${this.file.name}: ${word}. ${text}`;
  }
  press() {
    if (this.stopped) { this.stopped = false; sendAll(); return; }
    this.paused = !this.paused;
    this.state(this.paused ? "Paused by you" : "Sending", this.paused ? "yellow" : "blue");
    this.open.forEach((each) => each.abort());
    wake();
  }
  remove() { // what has arrived of it stays a draft, which the page lists
    this.removed = true;
    this.open.forEach((each) => each.abort());
    wake();
    jobs.splice(jobs.indexOf(this), 1);
    this.row.remove();
    aloud.textContent = `${this.file.name} is taken out.`;
    if (this.kept?.id) show();
  }
  stop(refusal) {
    if (!this.kept?.id) this.keep(null);
    [this.running, this.paused, this.stopped] = [false, false, true];
    this.state("Not taken", "red", refusal.message);
  }
  keep(more) { // by the file, so that choosing it again finds it; null forgets it
    this.kept = more && { ...this.kept, ...more };
    if (more) localStorage.setItem(this.place, JSON.stringify(this.kept));
    else localStorage.removeItem(this.place);
  }
  get arrived() { return [...this.sent.values()].reduce((sum, each) => sum + each, 0); }
  async persist(step) { // until it is done or refused, however often the line breaks
    for (let tries = 0, most = 0; ; ) {
      while (this.paused && !this.removed) await wait(LONGEST_WAIT);
      if (this.removed) throw new Refusal("taken out");
      try { return await step(); } catch (fault) {
        if (fault instanceof Refusal) throw fault;
        [tries, most] = this.arrived > most ? [0, this.arrived] : [tries + 1, most];
        const pause = Math.max((fault.seconds || 0) * 1000, Math.min(LONGEST_WAIT, 250 * 2 ** tries) * (0.5 + Math.random() / 2));
        const sent = `${megabytes(this.arrived)} of ${megabytes(this.file.size)} sent.`;
        if (!this.paused && tries > 1 && this.tag.textContent !== "Waits for a connection") {
          this.state("Waits for a connection", "yellow", `${sent} It goes on by itself when the line is back. If you close this page, choose the same file again: it goes on where it stopped.`);
        }
        if (!this.paused && !this.removed) await wait(pause);
      }
    }
  }
  count(number, bytes) {
    this.sent.set(number, bytes);
    if (this.paused || this.removed) return;
    const now = performance.now(), [then, before] = this.from ??= [now, this.arrived];
    const left = (this.file.size - this.arrived) * (now - then) / (this.arrived - before) / 1000;
    const time = left > 90 ? `${Math.ceil(left / 60)} minutes` : `${Math.ceil(left)} seconds`;
    const told = now - then > 1000 && left > 0 && left < Infinity ? `, about ${time} left` : "";
    if (bytes && this.tag.textContent !== "Sending") this.state("Sending", "blue");
    this.bar.value = this.arrived;
    this.says.textContent = `${megabytes(this.arrived)} of ${megabytes(this.file.size)} sent${told}`;
    const quarter = QUARTERS.findLast((each) => this.arrived * 100 >= each * this.file.size) ?? 0;
    if (quarter > this.quarter) aloud.textContent = `${this.file.name}: ${this.quarter = quarter} per cent sent${told}.`;
  }
  put({ number, url, headers }, blob, said) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("PUT", url);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      if (said && new URL(url, location).origin === location.origin) request.setRequestHeader("Content-Digest", `sha-256=:${base64(said)}:`);
      request.upload.onprogress = ({ loaded }) => this.count(number, loaded);
      request.onloadend = () => { // an address that ran out is tried again too: with a new one
        const arrived = this.open.delete(request) && request.status >= 200 && request.status < 300;
        this.count(number, arrived ? blob.size : 0);
        return arrived ? resolve() : reject(again(request.getResponseHeader("Retry-After")));
      };
      this.open.add(request);
      request.send(blob);
    });
  }
  async send() {
    const { part_size: size, held, parts } = await call(`${this.item}/upload?version=${this.kept.version}`);
    const piece = (number) => this.file.slice((number - 1) * size, number * size);
    const known = async (number) => this.digests[number - 1] ??= await digest(piece(number));
    for (const { number, size: bytes, sha256 } of held) {
      if (sha256 && (await known(number) || sha256) !== sha256) {
        this.keep(null);
        throw new Refusal("This is not the file of which the first parts were sent. Press Try now to send all of it.");
      }
      this.sent.set(number, bytes);
    }
    if (!parts.length) return Promise.all(Array.from({ length: Math.ceil(this.file.size / size) }, (_, n) => known(n + 1)));
    const faults = [];
    await Promise.all(Array.from({ length: PARALLEL }, async () => {
      for (let part, said; (part = parts.shift()) && (said = await known(part.number), !faults.length && !this.paused && !this.removed); ) {
        await this.put(part, piece(part.number), said).catch((fault) => faults.push(fault));
      }
    }));
    if (faults.length || this.paused || this.removed) throw faults[0] ?? again(0);
    return this.send();
  }
  get item() { return `${api}/${this.kept.id}`; }
  async shown() { return (await this.persist(() => call(this.item))).versions.find((each) => each.number === this.kept.version); }
  async step(name, path, body) { // once, however often it is sent
    const key = `${this.kept.key}-${name}-${await digest(new Blob([JSON.stringify(body)]))}`;
    return this.persist(async () => { const receipt = await call(path, body, key); shows = receipt.position; return receipt; });
  }
  async run() {
    this.running = true;
    this.state("Sending", "blue");
    const { name: filename, size, lastModified } = this.file, last_modified = new Date(lastModified).toISOString();
    const { stage } = (this.kept?.id && await this.shown().catch(() => null)) || {};
    if (this.kept?.id && !["offered", "received", "sealed"].includes(stage)) this.keep(null);
    const called = title || filename.replace(/(?<=.)\.[^.]*$/, "").trim().slice(0, 200) || filename;
    const body = { title: called, filename, media_type: this.type, size, last_modified };
    this.kept ??= { key: hex(crypto.getRandomValues(new Uint8Array(16))), body: { ...body, ...(enrolment && { enrolment_id: enrolment }) } };
    this.keep({}); // before it is sent, so that it is sent once
    if (!this.kept.id) {
      const { id, version_number } = await this.step("offer", offer, this.kept.body);
      this.keep({ id, version: version_number, body: null });
    }
    const { version } = this.kept;
    if (!stage || stage === "offered") {
      await this.persist(() => this.send());
      const digests = this.digests.every(Boolean) ? this.digests : [];
      await this.step("complete", `${this.item}/upload`, { version, digests });
    }
    for (let shown; (shown = await this.shown()).stage !== "sealed"; await wait(LOOK_AGAIN)) {
      if (shown.stage !== "received") throw new Refusal(shown.why ?? "");
      if (this.tag.textContent !== "Being checked") this.state("Being checked", "blue", shown.why);
    }
    this.running = false;
    this.state("Arrived", "green");
    this.done = true;
    this.keep(null);
    if (!next) await show(this);
  }
}
async function show(job) { // the list as the server has it, with what arrived in the place of what was sent
  const answer = await fetch(`${list}${list.includes("?") ? "&" : "?"}after=${shows}`).catch(() => ({ ok: false }));
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const fresh of page.querySelectorAll("#files > [id]")) {
    const old = document.getElementById(fresh.id);
    if (!old) rows.append(fresh);
    else if (job?.kept === null && !old.isEqualNode(fresh)) old.replaceWith(fresh);
  }
  for (const id of ["count", "acts"]) document.getElementById(id)?.replaceWith(page.getElementById(id));
  if (job) { jobs.splice(jobs.indexOf(job), 1); job.row.remove(); }
}
async function choose(files) {
  for (const file of files) if (input.multiple || !jobs.length) jobs.push(new Job(file));
  input.value = "";
  sendAll();
}
function sendAll() {
  working ??= sendEach().finally(() => { working = null; });
}
async function sendEach() {
  for (let job; (job = jobs.find(({ done, fault, stopped }) => !done && !fault && !stopped)); ) {
    await job.run().catch((refusal) => job.removed || job.stop(refusal));
    if (!job.done || !next) continue;
    leaving = true;
    location.assign(`${next}&after=${shows}`);
  }
}
const camera = element("input", { type: "file", id: "camera", className: "govuk-file-upload", accept: "image/*,video/*,audio/*", onchange: () => choose([...camera.files]) });
const label = element("label", { className: "govuk-label", htmlFor: "camera", textContent: "Or take one now" });
camera.setAttribute("capture", "environment");
aloud.setAttribute("role", "status");
input.parentElement.append(label, camera);
form.append(aloud);
input.onchange = () => choose([...input.files]);
form.ondragover = (event) => event.preventDefault();
form.ondrop = (event) => { event.preventDefault(); choose([...event.dataTransfer.files]); };
form.onsubmit = (event) => { if (jobs.length) { event.preventDefault(); sendAll(); } };
form.querySelector("button:not([type])").hidden = true; // what is chosen is on its way at once
if (input.files.length) choose([...input.files]); // before this was there
addEventListener("online", () => wake());
addEventListener("beforeunload", (event) => { if (working && !leaving) event.preventDefault(); });
