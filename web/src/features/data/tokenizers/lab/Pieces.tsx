/** A text in its pieces, each a little box; spaces are dots, so that they can be seen. */
export function Pieces({ pieces }: { pieces: readonly string[] }) {
  return (
    <span className="leading-6 wrap-anywhere">
      {pieces.map((piece, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces repeat, and their order never changes
          key={index}
          className="mr-0.5 inline rounded-mark bg-sunken px-1 font-mono text-caption shadow-[inset_0_0_0_1px_var(--line)]"
        >
          {piece.replaceAll(" ", "·").replaceAll("\n", "↵")}
        </span>
      ))}
    </span>
  );
}
