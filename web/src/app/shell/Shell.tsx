import { Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { RouterProvider as AriaRouter } from "react-aria-components";
import { usePageStream } from "../../data/live/page.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { Page } from "../../ui/Page/Page.tsx";
import { withBase } from "../address.ts";
import { Connection } from "./Connection.tsx";
import { Frame } from "./Frame.tsx";
import { useFocusOnRoute } from "./useFocusOnRoute.ts";
import { useKeyboard } from "./useKeyboard.ts";
import { useTab } from "./useTab.ts";

const Palette = lazy(() => import("./Palette.tsx"));
const KeyMap = lazy(() => import("./KeyMap.tsx"));
const ToastRegion = lazy(() =>
  import("../../ui/Toast/ToastRegion.tsx").then((module) => ({ default: module.ToastRegion })),
);

/** What stands around every page: navigation, command bar, messages, keyboard, and the page's one stream. */
export function Shell() {
  const { t } = useTranslation();
  const router = useRouter();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [open, setOpen] = useState<"palette" | "keys" | null>(null);
  const [wasOpened, setWasOpened] = useState(false);
  usePageStream();
  useTab();
  useFocusOnRoute(path);
  useKeyboard({ onPalette: () => setOpen("palette"), onKeys: () => setOpen("keys") });
  useEffect(() => {
    if (open) setWasOpened(true);
  }, [open]);
  return (
    <AriaRouter navigate={(href) => router.history.push(withBase(href))} useHref={withBase}>
      <button
        type="button"
        onClick={() => document.getElementById("main")?.focus()}
        className="sr-only rounded-control bg-raised px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        {t("Skip to the page")}
      </button>
      <Frame path={path} onSearch={() => setOpen("palette")}>
        <Connection />
        <Suspense fallback={<Waiting />}>
          <Outlet />
        </Suspense>
      </Frame>
      <Suspense>
        <ToastRegion />
        {(open || wasOpened) && (
          <>
            <Palette
              isOpen={open === "palette"}
              onClose={() => setOpen(null)}
              onKeys={() => setOpen("keys")}
            />
            <KeyMap isOpen={open === "keys"} onClose={() => setOpen(null)} />
          </>
        )}
      </Suspense>
    </AriaRouter>
  );
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <Page>
      <LoadingState text={t("Opening the page")} />
    </Page>
  );
}
