export const BAR =
  "flex gap-3 overflow-x-auto border-b border-line [scrollbar-width:none] [&::-webkit-scrollbar]:hidden";

export const TAB =
  "-mb-px inline-flex h-10 shrink-0 cursor-pointer items-center gap-1.5 border-b-2 px-1 border-transparent whitespace-nowrap text-muted outline-focus transition-colors duration-(--motion-fast) -outline-offset-2 hover:text-text hover:no-underline data-[disabled]:cursor-not-allowed data-[disabled]:opacity-60 max-sm:h-11";

export const COUNT = "text-xs font-normal text-muted tabular-nums";
