// Moves the code of a sign-in link into the form. It stands behind the # of the link, which browsers send to nobody.
// Who came by it is shown its button alone, not the other ways in above it.
"use strict";

function take() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code) {
    document.getElementById("code").value = code;
    document.getElementById("other-ways").hidden = true;
    history.replaceState(null, "", location.pathname);
  }
}

addEventListener("hashchange", take);
take();
