import { useEffect, useRef } from "react";
import type { LiveRun } from "../../data/live/stream.ts";
import { FINAL_STATES, TRAINING_TASKS, useWorkspace } from "../../data/live/workspace.ts";
import { useTranslation } from "../../i18n/i18n.ts";

/** The tab tells how far a run is, and a notification when one has ended while nobody looked. */
export function useTab(): void {
  const { t } = useTranslation();
  const { runs } = useWorkspace();
  const states = useRef(new Map<string, string>());
  const training = runs.find((run) => TRAINING_TASKS.has(run.task) && run.state === "running");
  const share = training?.total_steps ? (training.step ?? 0) / training.total_steps : null;

  useEffect(() => {
    const percent = share === null ? "" : `${Math.floor(share * 100)} % · `;
    const update = () => {
      const heading = document.querySelector("main h1")?.textContent;
      document.title = `${percent}${heading ? `${heading} · ` : ""}Tokenloom`;
    };
    update();
    const observer = new MutationObserver(update);
    const main = document.getElementById("main");
    if (main) observer.observe(main, { childList: true, subtree: true, characterData: true });
    drawIcon(share);
    return () => observer.disconnect();
  }, [share]);

  useEffect(() => {
    for (const run of runs) {
      const before = states.current.get(run.id);
      states.current.set(run.id, run.state);
      if (before && before !== run.state && FINAL_STATES.has(run.state) && TRAINING_TASKS.has(run.task)) {
        notify(run, t("{{name}} is {{state}}", { name: run.name, state: run.state }), run.reason);
      }
    }
  }, [runs, t]);
}

function notify(run: LiveRun, title: string, body: string): void {
  if (!document.hidden || !("Notification" in globalThis) || Notification.permission !== "granted") return;
  new Notification(title, { body, tag: run.id });
}

let plain: string | null = null;

/** A ring around the icon that closes with the run. */
function drawIcon(share: number | null): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (!link) return;
  plain ??= link.href;
  if (share === null) {
    link.href = plain;
    return;
  }
  const length = (Math.min(1, share) * 50.27).toFixed(1);
  const style = getComputedStyle(document.documentElement);
  const [done, todo] = ["--accent-line", "--warp"].map((name) => style.getPropertyValue(name).trim());
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" fill="none" stroke-width="4"><circle cx="10" cy="10" r="8" stroke="${todo}"/><circle cx="10" cy="10" r="8" stroke="${done}" stroke-dasharray="${length} 60" transform="rotate(-90 10 10)"/></svg>`;
  link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
