// A button that ticks every box of a group, or none once all are ticked. Nothing is ticked until somebody presses it.
for (const group of document.querySelectorAll("[data-tick-all]")) {
  const boxes = [...group.querySelectorAll("input[type=checkbox]")];
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  const say = () => { button.textContent = boxes.every((box) => box.checked) ? "Choose none" : group.dataset.tickAll; };
  button.addEventListener("click", () => {
    const ticked = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = ticked;
    say();
  });
  group.addEventListener("change", say);
  say();
  group.before(button);
}
