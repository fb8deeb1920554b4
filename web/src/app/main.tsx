import { StrictMode, startTransition } from "react";
import { createRoot } from "react-dom/client";
import { startI18n } from "../i18n/i18n.ts";
import { App } from "./App.tsx";
import { followSystem, storedLanguage } from "./preferences.ts";
import { createQueries } from "./queries.ts";
import { createStudioRouter } from "./router.tsx";

const page = document.documentElement;
page.style.setProperty("--gutter", `${window.innerWidth - page.clientWidth}px`);
followSystem();
const client = createQueries();
const router = createStudioRouter(client);
// The frame that stands in the HTML stays until the page is known: it is drawn once, not first without its data.
await Promise.all([startI18n(storedLanguage()), router.load()]);
const root = document.getElementById("root");
if (root) {
  // In a transition, so that the drawing is cut into pieces between which a slow machine can answer.
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <App client={client} router={router} />
      </StrictMode>,
    ),
  );
}
