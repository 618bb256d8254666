// Shows what is being made or checked as soon as it is there: asks for the page again, ever more seldom, and puts what
// has come in the place of what waited. What is typed stays, and so does what plays. Without it a link does the same.
const FIRST = 1_000, SELDOMEST = 15_000, LONGEST = 30 * 60_000, PATIENCE = 30_000;
const status = Object.assign(document.createElement("p"), { role: "status", className: "govuk-visually-hidden" });
const pause = (most) => new Promise((resolve) => setTimeout(resolve, most));
const seen = () => new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
const player = (place) => place.querySelector("video, audio");
const plays = (place) => player(place) && !player(place).paused;
const same = (one, other) => one && other && one.getAttribute("src") === other.getAttribute("src");
const changed = ({ checked, defaultChecked, value, defaultValue }) => checked !== defaultChecked || value !== defaultValue;
const typed = () => document.querySelector(".refused, .files li") // what was sent and refused, files on their way
  || [...document.querySelectorAll("textarea, input:not([type=hidden])")].some(changed);
function put(place, next) {
  const focused = place.contains(document.activeElement), [old, fresh] = [player(place), player(next)];
  const parts = [...next.childNodes];
  if (same(old, fresh)) { // moved, it would stop
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    for (const each of [...place.childNodes]) if (each !== old) each.remove();
    old.before(...parts.slice(0, parts.indexOf(fresh)));
    old.after(...parts.slice(parts.indexOf(fresh) + 1));
  } else place.replaceChildren(...parts);
  if (!focused || place.contains(document.activeElement)) return;
  place.tabIndex = -1;
  place.focus();
}
function say(place) { // once for each thing, not at every step that it gets on
  const said = place.querySelector("[data-says]"), text = (said ? said.dataset.says || said.textContent : place.dataset.there) ?? "";
  if (status.textContent !== text) status.textContent = text;
}
document.querySelector("main").append(status);
for (let next = FIRST, until = Date.now() + LONGEST, waits; Date.now() < until; next = Math.min(next * 1.5, SELDOMEST)) {
  waits = document.querySelector("[data-again]");
  if (!waits) break;
  await pause(next);
  if (document.hidden) await seen();
  const asked = { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) };
  const answer = await fetch(waits.dataset.again, asked).catch(() => ({ status: 0 }));
  if (!answer.ok && (!answer.status || answer.status === 429 || answer.status >= 500)) continue;
  if (!answer.ok || answer.redirected) break; // signed out, or it is not theirs any more: the link says so
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const place = waits.closest("[id]"), fresh = page.getElementById(place.id);
  if (!fresh && !typed()) location.assign(waits.dataset.again);
  else if (!fresh) {
    delete waits.dataset.again;
    waits.querySelector("a").before(`${waits.dataset.gone} `);
  }
  else if (!fresh.isEqualNode(place) && !(plays(place) && !same(player(place), player(fresh)))) {
    put(place, fresh);
    for (const each of document.querySelectorAll("[data-with]")) { // what comes with it
      const other = page.getElementById(each.id);
      if (other && !other.isEqualNode(each)) put(each, other);
    }
    say(place);
  }
}
