// First the frame that stands in the HTML is painted, then the studio starts: its scripts are on their way meanwhile.

import "../ui/styles.css";
import "../charts/LineChart/plot/plot.css"; // here, so that the first chart does not wait for it

const start = () => void import("./main.tsx");
// A tab in the background paints nothing and would wait for ever.
if (document.hidden) start();
else requestAnimationFrame(() => setTimeout(start));
