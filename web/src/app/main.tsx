import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startI18n } from "../i18n/i18n.ts";
import { App } from "./App.tsx";
import { storedLanguage } from "./preferences.ts";

const page = document.documentElement;
page.style.setProperty("--gutter", `${window.innerWidth - page.clientWidth}px`);
await startI18n(storedLanguage());
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
