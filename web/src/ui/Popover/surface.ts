/** The raised sheet that menus, lists and popovers share; it fades, nothing more. */
export const SURFACE =
  "rounded-panel border border-line bg-raised text-text shadow-pop outline-none transition-opacity duration-(--motion-base) data-[entering]:opacity-0 data-[exiting]:opacity-0";

/** A row that can be chosen: 32 px, 44 px where a finger is meant. */
export const ROW =
  "flex min-h-8 cursor-pointer items-center gap-2 rounded-control px-2 py-1 text-sm outline-none max-sm:min-h-11 data-[focused]:bg-hover data-[disabled]:cursor-not-allowed data-[disabled]:text-muted data-[focus-visible]:outline-2 data-[focus-visible]:-outline-offset-2 data-[focus-visible]:outline-focus";

export const ROW_HEAD = "px-2 pt-2 pb-1 text-xs font-medium text-muted";
