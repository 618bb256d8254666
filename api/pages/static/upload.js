// Sends files in parts, shows how far they are, and goes on after a line that broke: without it the form still works.
// What is typed beside a file is kept in this tab until it is handed in; which file is under way, also after a reload.
const PARALLEL = 3, LONGEST_WAIT = 30_000, LOOK_AGAIN = 1_000, BEGINNING = 1 << 17;
const form = document.querySelector("form[data-offer]"), { api, offer, enrolment, largest, types, item } = form.dataset;
const input = form.elements.file, day = form.elements.produced_on, taken = JSON.parse(form.dataset.taken);
const typed = `portfolio typed ${offer} ${enrolment}`, jobs = [];
const element = (name, more = {}) => Object.assign(document.createElement(name), more);
const list = element("ul", { className: "files" }), aloud = element("p", { role: "status", className: "hint" });
const hex = (buffer) => [...new Uint8Array(buffer)].map((each) => each.toString(16).padStart(2, "0")).join("");
const base64 = (digits) => btoa(digits.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16))));
const digest = async (blob) => crypto.subtle ? hex(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer())) : "";
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
let working = null, wake = () => {}, shows = 0;
class Refusal extends Error {} // trying again would not help
const again = (seconds) => Object.assign(new Error(), { seconds: Number(seconds) });
const wait = (most) => new Promise((resolve) => { wake = resolve; setTimeout(resolve, most); }); // or until something happens
async function call(path, body, key) {
  const headers = { Accept: "application/json", ...(body && { "Content-Type": "application/json", "Idempotency-Key": key }) };
  const post = body && { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(path, { signal: AbortSignal.timeout(120_000), headers, ...post });
  if (answer.ok) return answer.json();
  if (answer.status >= 500 || [408, 429].includes(answer.status)) throw again(answer.headers.get("Retry-After"));
  const { title, detail, fields } = await answer.json();
  if (answer.status === 401) throw new Refusal("You are signed out: sign in again in another tab, and press Upload here.");
  throw new Refusal([...new Set([title, detail, ...Object.values(fields ?? {})])].join(" "));
}
class Job {
  sent = new Map(); open = new Set(); digests = [];
  constructor(file) {
    this.file = file;
    this.place = ["portfolio upload", offer, enrolment, file.name, file.size, file.lastModified].join(" ");
    this.kept = JSON.parse(localStorage.getItem(this.place));
    list.append(this.row = element("li"));
    this.says = element("span");
    this.bar = element("progress", { max: file.size || 1, value: 0, ariaLabel: file.name });
    this.button = element("button", { type: "button", className: "quiet small", textContent: "Remove", onclick: () => this.press() });
    this.row.append(this.says, this.bar, this.button);
    this.fault = this.refusal();
    this.say(this.fault || (this.kept ? "was begun before and goes on from there" : megabytes(file.size)));
  }
  refusal() { // before anything is sent
    const { name, size, type } = this.file;
    this.type = Object.values(taken).includes(type) ? type : taken[/\.[^.]*$/.exec(name.toLowerCase())?.[0]];
    if (!size) return "the file is empty: choose another one.";
    if (size > Number(largest)) return `the file has ${megabytes(size)}; at most ${megabytes(largest)} are taken.`;
    return this.type ? "" : `files of this type are not taken. We take ${types}.`;
  }
  say(text, loud = true) {
    this.says.textContent = `${this.file.name}: ${text} `;
    if (loud) aloud.textContent = this.says.textContent;
  }
  press() {
    if (!this.running) { jobs.splice(jobs.indexOf(this), 1); this.row.remove(); input.required = !jobs.length; return; }
    this.button.textContent = (this.paused = !this.paused) ? "Go on" : "Pause";
    this.open.forEach((each) => each.abort(), wake());
  }
  stop(refusal) { // pressing Upload tries it again
    if (!this.kept?.id) this.keep(null);
    [this.running, this.paused, this.button.textContent] = [false, false, "Remove"];
    this.say(refusal.message);
  }
  keep(more) { // by the file, so that choosing it again finds it; null forgets it
    this.kept = more && { ...this.kept, ...more };
    if (more) localStorage.setItem(this.place, JSON.stringify(this.kept));
    else localStorage.removeItem(this.place);
  }
  get arrived() { return [...this.sent.values()].reduce((sum, each) => sum + each, 0); }
  async persist(step) { // until it is done or refused, however often the line breaks
    for (let tries = 0, most = 0; ; ) {
      for (; this.paused; await wait(LONGEST_WAIT)) this.say("paused");
      try { return await step(); } catch (fault) {
        if (fault instanceof Refusal) throw fault;
        [tries, most] = this.arrived > most ? [0, this.arrived] : [tries + 1, most];
        const pause = Math.max((fault.seconds || 0) * 1000, Math.min(LONGEST_WAIT, 250 * 2 ** tries) * (0.5 + Math.random() / 2));
        if (!this.paused && tries) this.say(`the line broke; it is tried again in ${Math.ceil(pause / 1000)} s`);
        if (!this.paused) await wait(pause);
      }
    }
  }
  count(number, bytes) {
    this.sent.set(number, bytes);
    const now = performance.now(), [then, before] = this.from ??= [now, this.arrived];
    const left = (this.file.size - this.arrived) * (now - then) / (this.arrived - before) / 1000;
    const time = left > 90 ? `${Math.ceil(left / 60)} minutes` : `${Math.ceil(left)} s`;
    const told = now - then > 1000 && left > 0 ? `, about ${time} left` : "";
    this.say(`${megabytes(this.bar.value = this.arrived)} of ${megabytes(this.file.size)}${told}`, false);
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
        throw new Refusal("This is not the file of which the first parts were sent. Press Upload again to send all of it.");
      }
      this.sent.set(number, bytes);
    }
    if (!parts.length) return Promise.all(Array.from({ length: Math.ceil(this.file.size / size) }, (_, n) => known(n + 1)));
    const faults = [];
    await Promise.all(Array.from({ length: PARALLEL }, async () => {
      for (let part, said; (part = parts.shift()) && (said = await known(part.number), !faults.length && !this.paused); ) {
        await this.put(part, piece(part.number), said).catch((fault) => faults.push(fault));
      }
    }));
    if (faults.length || this.paused) throw faults[0] ?? again(0);
    return this.send();
  }
  get item() { return `${api}/${this.kept.id}`; }
  async shown() { return (await this.persist(() => call(this.item))).versions.find((each) => each.number === this.kept.version); }
  async step(name, path, body) { // once, however often it is sent
    const key = `${this.kept.key}-${name}-${await digest(new Blob([JSON.stringify(body)]))}`;
    return this.persist(async () => { const receipt = await call(path, body, key); shows = receipt.position; return receipt; });
  }
  async run(title, codes, declaration) {
    [this.running, this.button.textContent] = [true, "Pause"];
    const { name: filename, size, lastModified } = this.file, last_modified = new Date(lastModified).toISOString();
    const { stage } = (this.kept?.id && await this.shown().catch(() => null)) || {};
    if (this.kept?.id && !["offered", "received", "sealed"].includes(stage)) this.keep(null);
    const body = { title, filename, media_type: this.type, size, produced_on: day.value, last_modified };
    this.kept ??= { key: hex(crypto.getRandomValues(new Uint8Array(16))), body: { ...body, ...(enrolment && { enrolment_id: enrolment }) } };
    this.keep({}); // before it is sent, so that it is sent once
    if (!this.kept.id) {
      const { id, version_number } = await this.step("offer", offer, this.kept.body);
      this.keep({ id, version: version_number, body: null });
    }
    const { version } = this.kept;
    if (!stage || stage === "offered") {
      this.say("has arrived", await this.persist(() => this.send()));
      const digests = this.digests.every(Boolean) ? this.digests : [];
      await this.step("complete", `${this.item}/upload`, { version, digests });
    }
    for (let shown; (shown = await this.shown()).stage !== "sealed"; await wait(LOOK_AGAIN)) {
      if (shown.stage !== "received") throw new Refusal(shown.why ?? "");
      this.say(`is being checked. ${shown.why}`);
    }
    if (codes.length) await this.step("claims", `${this.item}/claims`, { version, codes });
    if (declaration) await this.step("submission", `${this.item}/submission`, { version, declaration });
    this.say(declaration ? "is handed in" : "is kept as a draft");
    [this.done, this.button.hidden] = [this.kept.id, true];
    this.keep(null);
  }
}
async function choose(files) {
  for (const file of files) if (input.multiple || !jobs.length) jobs.push(new Job(file));
  [input.value, input.required] = ["", !jobs.length];
  if (!files.length || (day.value && !suggestion.textContent)) return;
  const head = await files[0].slice(0, BEGINNING).text(), last = new Date(files[0].lastModified).toLocaleDateString("sv");
  const made = head.match(/(\d{4}):(\d\d):(\d\d) \d\d:\d\d:\d\d/) ?? head.match(/[/]CreationDate ?\(D:(\d{4})(\d\d)(\d\d)/);
  day.value = [made?.slice(1).join("-") ?? last, day.max].sort()[0];
  suggestion.textContent = "Suggested from the file: put it right if the work was produced on another day.";
}
async function sendAll() {
  const all = new FormData(form), codes = all.getAll("codes"), detail = all.get("declaration.ai_detail").trim();
  const ai = detail ? { ai_use: "assisted", ai_detail: detail } : { ai_use: "none" }, wording = all.get("declaration.wording");
  for (const job of jobs.filter(({ done, fault }) => !done && !fault)) {
    const title = jobs.length > 1 ? `${all.get("title")}: ${job.file.name}`.slice(0, form.elements.title.maxLength) : all.get("title");
    await job.run(title, codes, wording && { wording, ...ai }).catch((refusal) => job.stop(refusal));
  }
  working = null;
  if (!jobs.every(({ done }) => done)) return;
  sessionStorage.removeItem(typed);
  location.assign(`${jobs.length > 1 ? location.pathname : item.replace(/[0-9a-f-]{36}$/, jobs[0].done)}?after=${shows}`);
}
const suggestion = element("p", { className: "hint", role: "status" }), label = element("label", { textContent: "Or take one now " });
const camera = element("input", { type: "file", accept: "image/*,video/*,audio/*", onchange: () => choose([...camera.files]) });
camera.setAttribute("capture", "environment");
for (const [before, ...more] of [[day, suggestion], [input, label, list, aloud]]) before.after(...more);
label.append(camera);
input.multiple = Boolean(enrolment);
input.onchange = () => choose([...input.files]);
form.ondragover = (event) => event.preventDefault();
form.ondrop = (event) => { event.preventDefault(); choose([...event.dataTransfer.files]); };
form.onsubmit = (event) => { if (jobs.length) { event.preventDefault(); working ??= sendAll(); } };
day.oninput = () => { suggestion.textContent = ""; }; // what somebody typed stays
form.oninput = () => sessionStorage.setItem(typed, JSON.stringify([...new FormData(form)].filter(([name]) => !"file key".includes(name))));
for (const [name, value] of JSON.parse(sessionStorage.getItem(typed)) ?? []) {
  for (const field of form.querySelectorAll(`[name="${name}"]`)) {
    if (field.type === "checkbox") field.checked ||= field.value === value;
    else field.value ||= value;
  }
}
addEventListener("online", () => wake());
addEventListener("beforeunload", (event) => { if (working) event.preventDefault(); });
