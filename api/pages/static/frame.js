// Makes the components of the frame work: the summary of faults takes the focus, tabs are tabs, boxes depend on others.
import { initAll } from "./vendor/govuk-frontend.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
