import type { ReactNode } from "react";
import { Sidebar } from "./Sidebar.tsx";
import { TopBar } from "./TopBar.tsx";

export interface FrameProps {
  path: string;
  onSearch: () => void;
  children?: ReactNode;
}

/** Navigation and bar around a page: also what stands in the HTML before any script has run. */
export function Frame({ path, onSearch, children }: FrameProps) {
  return (
    <div className="grid min-h-dvh grid-cols-[var(--sidebar)_minmax(0,1fr)] max-md:grid-cols-[var(--rail)_minmax(0,1fr)] max-sm:block">
      <Sidebar path={path} />
      <div className="flex min-w-0 flex-col border-l border-line max-sm:border-l-0">
        <TopBar path={path} onSearch={onSearch} />
        <main id="main" tabIndex={-1} className="outline-none">
          {children}
        </main>
      </div>
    </div>
  );
}
