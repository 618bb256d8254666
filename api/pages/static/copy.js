// A button that copies an example: <div data-copy><pre>…</pre></div>. Without script it is marked and copied as any text.
for (const place of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button govuk-button--secondary";
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(place.querySelector("pre").textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied: mark it and copy it by hand";
    }
  });
  place.append(button);
}
