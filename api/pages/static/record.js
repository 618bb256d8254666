// Sends a record once there is a line: what was written waits in this browser until then (kept.js), and is one record
// however often it is sent.
const form = document.getElementById("form-record"), says = document.getElementById("line");
let waits = false;

function tell() {
  const notes = [...form.querySelectorAll("textarea")].filter((each) => each.value.trim()).length;
  const many = notes === 1 ? "1 note is" : `${notes} notes are`;
  says.textContent = navigator.onLine ? "" : `No connection. ${many} in this browser${waits ? ", and will be sent when there is one again" : ""}.`;
}

async function send() {
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" } });
    if (answer.redirected) location.assign(answer.url);
    else form.submit(); // it was refused, and nothing is recorded: the page says why
  } catch {
    waits = true;
    says.textContent = "No connection. The record waits in this browser and is sent when there is one again; leave this page open.";
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
form.addEventListener("input", tell);
for (const change of ["online", "offline"]) addEventListener(change, () => {
  tell();
  if (change === "online" && waits) { waits = false; send(); }
});
tell();
