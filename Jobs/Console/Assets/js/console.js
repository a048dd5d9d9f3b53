// Loaded as a module by every page. Pages work without it: it adds the colour switch and keeps what happens now up to date.
import { startTheme } from "./theme.js";
import { startLive } from "./live.js";
import { startForms } from "./forms.js";

startTheme();
startLive();
startForms();
