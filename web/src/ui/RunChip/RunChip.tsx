import type { ReactNode } from "react";
import { Link } from "react-aria-components/Link";
import { ThreadLine } from "../ThreadLine/ThreadLine.tsx";
import type { Thread } from "../thread.ts";

export interface RunChipProps {
  /** Null for work that draws no curve: its place stays empty. */
  thread: Thread | null;
  /** The name of the run. */
  name: string;
  /** Where the whole chip leads. */
  href?: string;
  /** 16 px of thread, for narrow table heads. */
  narrow?: boolean;
  /** Instead of the name: the name with a mark, or a router link. */
  children?: ReactNode;
}

const CHIP = "inline-flex min-h-6 max-w-full min-w-0 items-center gap-2 text-text";

/** A run, the same on every page: its thread, then its name. The whole is the link. */
export function RunChip({ thread, name, href, narrow = false, children }: RunChipProps) {
  const inside = (
    <>
      {thread ? (
        <ThreadLine thread={thread} width={narrow ? 16 : 28} />
      ) : (
        <span className={narrow ? "w-4 shrink-0" : "w-7 shrink-0"} />
      )}
      <span className="min-w-0 truncate" title={name}>
        {children ?? name}
      </span>
    </>
  );
  if (href === undefined) return <span className={CHIP}>{inside}</span>;
  return (
    <Link href={href} className={`${CHIP} rounded-mark`}>
      {inside}
    </Link>
  );
}
