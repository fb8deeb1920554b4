export interface LogoProps {
  /** Edge in px. */
  size?: 16 | 20 | 32;
  /** With the word beside it. Alone it is hidden from screen readers: name the link around it. */
  word?: boolean;
}

/** Three threads of warp, two of weft, over and under. */
export function Logo({ size = 20, word = false }: LogoProps) {
  return (
    <span className="inline-flex items-center gap-2 text-md font-semibold tracking-[-0.01em] text-text">
      <svg
        aria-hidden="true"
        width={size}
        height={size}
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        strokeWidth={2.4}
        strokeLinecap="round"
        className="shrink-0 text-accent"
      >
        <path d="M5 2v3.2M5 8.8V18M10 2v9.2M10 14.8V18M15 2v3.2M15 8.8V18" />
        <path d="M2 7h6.2M11.8 7H18M2 13h1.2M6.8 13h6.4M16.8 13H18" opacity={0.62} />
      </svg>
      {word && <span>Tokenloom</span>}
    </span>
  );
}
