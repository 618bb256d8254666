// Judges many codes on one page: sets the chosen rows, counts them, marks what is not kept yet, and moves by keys.
// Nothing is sent before "Keep findings", where the rules judge every row.
import { within } from "./keys.js";

const form = document.getElementById("form-findings"), count = document.getElementById("count");
const NAMES = { met: "y", "not met": "n", "not judged": "o" };

function partsOf(row) {
  const said = Object.fromEntries([...row.querySelectorAll("[type=radio]")].map((each) => [each.value, each]));
  return { row, code: row.id.slice("findings-".length), said, reason: row.querySelector("textarea"), chosen: row.querySelector("[name=row]") };
}

const rows = [...form.querySelectorAll("tr[id]")].map(partsOf);
const judgement = ({ said }) => Object.keys(said).find((each) => said[each].checked) ?? "";
const typed = (parts) => `${judgement(parts)}\n${parts.reason.value}`;
// What the page was sent with: the browser may have put back since what was not kept (kept.js).
const asSent = ({ said, reason }) => `${Object.keys(said).find((each) => said[each].defaultChecked) ?? ""}\n${reason.defaultValue}`;
const onRecord = new Map(rows.map((parts) => [parts, parts.row.matches(".app-unkept") ? null : asSent(parts)]));
const judged = (parts) => ["met", "not met"].includes(judgement(parts));

function tell() {
  const unkept = rows.filter((parts) => typed(parts) !== onRecord.get(parts)), open = rows.find((parts) => !judged(parts));
  rows.forEach((parts) => parts.row.classList.toggle("app-unkept", unkept.includes(parts)));
  const chosen = rows.filter((parts) => parts.chosen.checked).map((parts) => parts.code);
  count.textContent = `${rows.filter(judged).length} of ${rows.length} judged. ${unkept.length ? `${unkept.length} not kept yet. ` : ""}${chosen.length ? `Chosen: ${chosen.join(", ")}. ` : ""}`;
  if (open) count.append(Object.assign(document.createElement("a"), { href: `#${open.row.id}`, textContent: `Next open: ${open.code}` }));
}

function set(parts, word, reason) {
  parts.said[word].checked = true;
  if (reason) parts.reason.value = reason;
  parts.reason.dispatchEvent(new Event("input", { bubbles: true }));
}

form.addEventListener("click", (event) => {
  const word = event.target.closest("button[name=act]")?.value, chosen = rows.filter((parts) => parts.chosen.checked);
  if (!(word in NAMES) || !chosen.length) return;
  event.preventDefault();
  chosen.forEach((parts) => set(parts, word, form.elements.bulk.value));
  tell();
});
form.addEventListener("input", tell);
form.addEventListener("change", tell);

for (const table of form.querySelectorAll("table")) {
  const of = rows.filter((parts) => table.contains(parts.row)), head = table.querySelector(".app-tick-cell");
  const all = Object.assign(document.createElement("input"), { type: "checkbox" });
  all.setAttribute("aria-label", `Choose all ${of.length} codes of ${table.parentElement.querySelector("h3").textContent}`);
  all.addEventListener("change", () => { of.forEach((parts) => { parts.chosen.checked = all.checked; }); tell(); });
  head.replaceChildren(all);
}

// Keys of one letter work in a row that has the focus, outside its text; from elsewhere j and k lead to a row.
within("body", (key, focus) => {
  const place = rows.findIndex(({ row }) => row.contains(focus)), parts = rows[place];
  if (key === "j" || key === "k") {
    const next = parts ? rows[place + (key === "j" ? 1 : -1)] : (rows.find((each) => !judged(each)) ?? rows[0]);
    next?.chosen.focus();
    return true;
  }
  const word = Object.keys(NAMES).find((each) => NAMES[each] === key);
  if (!parts || !(word || key === "x" || key === "e")) return false;
  if (word) set(parts, word), tell();
  else if (key === "x") parts.chosen.click();
  else parts.row.querySelector("td a")?.focus();
  return true;
});
tell();
