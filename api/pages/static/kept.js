// Keeps what somebody types in a form marked with `data-keep` in their browser, until it is sent: a session that ends
// while they write, a reload or a dead battery loses nothing. Loaded on every page.
//
// It is kept per person and form: by `data-person` of the page, which names nobody, the address that the form is sent
// to and what `data-keep` says, if one page has several forms for one address. Nobody else who signs in here is shown
// it. It goes when a page shows that it was recorded (`?after=`), when its person signs out, and after two weeks.
// Only text is kept, and what is chosen in a form that asks for that with `data-keep-choices`; files, hidden fields and
// passwords never are.
const LONGEST = 14 * 24 * 3_600_000;
const TYPED = "textarea, input:is([type=text], [type=search], [type=number], [type=date], [type=time], :not([type]))";
const CHOSEN = "select, input:is([type=radio], [type=checkbox])";
const LEAVES = '[action*="sign-out"]'; // here, or everywhere
const { person } = document.body.dataset;
const after = Number(new URLSearchParams(location.search).get("after"));

/** Returns the name under which this browser keeps something of whoever is signed in; all of it goes at sign-out. */
export const own = (name) => `portfolio ${person} ${name}`;
const nameOf = (form) => own(`typed ${new URL(form.action).pathname} ${form.dataset.keep}`);
const kindOf = (form) => (form.matches("[data-keep-choices]") ? `${TYPED}, ${CHOSEN}` : TYPED);
const fieldsOf = (form) => [...form.elements].filter((each) => each.name && each.matches(kindOf(form)));
const isBox = (each) => each.type === "radio" || each.type === "checkbox";
const valueOf = (each) => (isBox(each) ? each.checked : each.value);

/** Returns what the page was sent with for a field. */
function sentWith(each) {
  if (isBox(each)) return each.defaultChecked;
  if (each.matches("select")) return ([...each.options].find((option) => option.defaultSelected) ?? each.options[0])?.value;
  return each.defaultValue;
}
const isKept = (name) => /^portfolio \S* typed /.test(name);

function read(name) {
  try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
}

function write(name, entry) {
  try { localStorage.setItem(name, JSON.stringify(entry)); } catch { /* full, or not allowed: the form works without */ }
}

function names() {
  try { return Object.keys(localStorage); } catch { return []; }
}

/** Forgets what is kept of a form, for a script that has sent it itself. */
export function forget(form) {
  localStorage.removeItem(nameOf(form));
}

/** Keeps what stands in a form now, and what was kept of it before: a refused form is shown again filled in. */
export function keep(form) {
  const kept = new Map(read(nameOf(form))?.typed);
  const changed = fieldsOf(form).map((each, place) => [`${each.name} ${place}`, valueOf(each), sentWith(each)]);
  const typed = changed.filter(([field, value, before]) => value !== before || (kept.has(field) && value)).map(([field, value]) => [field, value]);
  if (typed.length) write(nameOf(form), { typed, at: Date.now() });
  else forget(form);
}

/** Puts what is kept of a form into those of its fields that nobody has touched, and says so. */
export function restore(form) {
  const entry = read(nameOf(form)), typed = new Map(entry?.typed);
  let back = false;
  if (entry?.sent !== undefined) write(nameOf(form), { ...entry, sent: undefined }); // shown again: it was not recorded
  fieldsOf(form).forEach((each, place) => {
    const value = typed.get(`${each.name} ${place}`);
    if (value === undefined || valueOf(each) !== sentWith(each) || valueOf(each) === value) return;
    each[isBox(each) ? "checked" : "value"] = value;
    back = true;
    each.dispatchEvent(new Event("input", { bubbles: true }));
  });
  if (!back) return;
  const did = form.matches("[data-keep-choices]") ? "wrote and chose" : "wrote";
  const words = { textContent: `What you ${did} here before is back. It was not sent.`, className: "govuk-hint" };
  const says = Object.assign(document.createElement("p"), words);
  says.setAttribute("role", "status");
  form.prepend(says);
  keep(form); // not sent any more
}

for (const name of names().filter(isKept)) {
  const entry = read(name), sent = entry?.sent;
  const recorded = person && name.startsWith(own("")) && sent !== undefined && after > sent;
  if (!entry || recorded || Date.now() - entry.at > LONGEST) localStorage.removeItem(name);
  else if (!person && sent !== undefined) write(name, { ...entry, sent: undefined }); // it was sent by nobody
}
if (person) {
  document.addEventListener("input", ({ target }) => target.form?.matches("[data-keep]") && keep(target.form));
  document.addEventListener("submit", ({ target }) => {
    if (target.matches(LEAVES)) names().filter((each) => each.startsWith(own(""))).forEach((each) => localStorage.removeItem(each));
    const entry = target.matches("[data-keep]") && read(nameOf(target));
    if (entry) write(nameOf(target), { ...entry, sent: after });
  });
  document.querySelectorAll("form[data-keep]").forEach(restore);
}
