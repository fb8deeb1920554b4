import type { ReactNode } from "react";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import { FieldFrame } from "../FieldFrame/FieldFrame.tsx";
import { type FieldProps, splitField } from "../FieldFrame/field.ts";

export interface RadioCard {
  id: string;
  title: string;
  /** One fact right of the title: "≈ 15 min". */
  note?: string | undefined;
  description?: ReactNode;
  isDisabled?: boolean;
  /** Which fact disables it and what would enable it; takes the place of the description. */
  why?: string | undefined;
}

export interface RadioCardsProps extends Omit<FieldProps, "unit"> {
  cards: readonly RadioCard[];
  value: string | null;
  onChange: (value: string) => void;
  /** Side by side at most; one below the other on phones. */
  columns?: 1 | 2 | 3 | 4;
}

const COLUMNS = {
  1: "",
  2: "sm:grid-cols-2",
  3: "sm:grid-cols-3",
  4: "sm:grid-cols-2 lg:grid-cols-4",
};

/** One of two to four ways that differ enough to deserve a sentence each. */
export function RadioCards(props: RadioCardsProps) {
  const { frame, own } = splitField(props);
  const { cards, value, onChange, columns = 3 } = own;
  return (
    <FieldFrame {...frame} isGroup>
      {({ labelId, describedBy, isInvalid }) => (
        <RadioGroup
          aria-labelledby={labelId}
          {...(describedBy ? { "aria-describedby": describedBy } : {})}
          {...(frame.name ? { name: frame.name } : {})}
          value={value}
          onChange={onChange}
          isDisabled={frame.isDisabled ?? false}
          isInvalid={isInvalid}
          className={`grid grid-cols-1 gap-3 ${COLUMNS[columns]}`}
        >
          {cards.map((card) => (
            <Card key={card.id} card={card} />
          ))}
        </RadioGroup>
      )}
    </FieldFrame>
  );
}

function Card({ card }: { card: RadioCard }) {
  const line = card.isDisabled ? (card.why ?? card.description) : card.description;
  return (
    <Radio
      value={card.id}
      isDisabled={card.isDisabled ?? false}
      className="block min-w-0 cursor-pointer rounded-panel border border-line bg-surface px-4 py-3 shadow-panel outline-offset-2 outline-focus transition-colors duration-(--motion-fast) data-[disabled]:bg-sunken data-[disabled]:text-muted data-[focus-visible]:outline-2 data-[hovered]:border-line-strong data-[selected]:border-accent-line data-[selected]:inset-ring data-[selected]:inset-ring-accent-line"
    >
      <span className="flex items-baseline gap-2">
        <span className="min-w-0 font-semibold">{card.title}</span>
        {card.note && (
          <span className="ml-auto shrink-0 text-caption text-muted tabular-nums">{card.note}</span>
        )}
      </span>
      {line && <span className="mt-0.5 block text-caption leading-[18px] text-muted">{line}</span>}
    </Radio>
  );
}
