// Shortcuts of one key, for those who want them: they work outside fields, and not at all where they are turned off.
//
// An element of the page says which key is its own: <a data-key="j">, <button data-key="m">, <summary data-key="a">,
// <input data-key="find"> (of the slash). A link or a button is pressed; of a summary its part opens, with the focus on what is in it; a
// field gets the focus. <a data-number="1"> has the figure. <details data-keys hidden> is the list of the keys, opened by
// "?", with <button type="button" data-shortcuts>, which turns all of them off in this browser and on again.
//
// A script may have keys of its own that work while the focus is in a part of the page: see within().
const SETTING = "shortcuts", list = document.querySelector("[data-keys]");
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
const NAMED = { "\u002f": "find" };
const off = () => localStorage.getItem(SETTING) === "off";
const reveal = (element) => element.dispatchEvent(new CustomEvent("reveal", { bubbles: true }));

const inside = [];

/**
 * Lets keys of a script's own work while the focus is inside what `place` selects, before those of elements.
 * `act` is given the key, in small letters, and what has the focus; it tells whether the key is one of its own.
 */
export function within(place, act) {
  inside.push({ place, act });
}

function press(element) {
  reveal(element);
  if (!element.checkVisibility()) return false;
  if (element.matches("summary")) {
    const part = element.parentElement;
    part.open = true;
    (part.querySelector("[data-first]") ?? part.querySelector("textarea, input, button:not(summary *)") ?? element).focus();
  } else if (element.matches(TYPING)) element.focus();
  else if (element.dataset.number) {
    element.focus();
    element.scrollIntoView({ block: "nearest" });
  } else element.click();
  return true;
}

function tell() {
  const button = list.querySelector("[data-shortcuts]");
  button.textContent = off() ? "Turn the shortcuts on" : "Turn all shortcuts off";
  for (const each of document.querySelectorAll("kbd[data-shortcut]")) each.hidden = off();
}

/** Does what the key of an element is for; tells whether there was one. */
function elsewhere(key) {
  if (key !== "?") {
    const name = key >= "1" && key <= "9" ? "number" : "key";
    return [...document.querySelectorAll(`[data-${name}="${CSS.escape(key)}"]`)].some(press);
  }
  list.open = true;
  list.querySelector("summary").focus();
  list.scrollIntoView({ block: "nearest" });
  return true;
}

if (list) {
  list.hidden = false;
  tell();
  list.querySelector("[data-shortcuts]").addEventListener("click", () => {
    if (off()) localStorage.removeItem(SETTING);
    else localStorage.setItem(SETTING, "off");
    tell();
  });
  document.addEventListener("keydown", (event) => {
    if (off() || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.key.length !== 1 || event.target.closest?.(TYPING)) return;
    const key = NAMED[event.key] ?? event.key.toLowerCase();
    const own = ({ place, act }) => event.target.closest?.(place) && act(key, event.target);
    if (inside.some(own) || (!event.repeat && elsewhere(key))) event.preventDefault();
  });
}
