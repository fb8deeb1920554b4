export interface RowCheckboxProps {
  label: string;
  isChecked: boolean;
  /** Some of what it stands for is chosen. */
  isPartly?: boolean;
  /** Rows are chosen with Space on the row itself, so their boxes are not in the tab order. */
  tabIndex?: number;
  onChange: (checked: boolean) => void;
}

/** The box of a row: 16 px in a target of 24 px. */
export function RowCheckbox({ label, isChecked, isPartly = false, tabIndex, onChange }: RowCheckboxProps) {
  return (
    <label className="inline-flex size-6 cursor-pointer items-center justify-center align-middle">
      <input
        type="checkbox"
        aria-label={label}
        checked={isChecked}
        tabIndex={tabIndex}
        ref={(box) => {
          if (box) box.indeterminate = isPartly;
        }}
        onClick={(event) => event.stopPropagation()}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4 cursor-pointer accent-(--accent-solid)"
      />
    </label>
  );
}
