import { Trash2 } from "lucide-react";
import type { TokenizerItem } from "../../../data/datasets.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { type Column, DataTable } from "../../../ui/DataTable/DataTable.tsx";
import { formatCount, NONE } from "../../../ui/format.ts";
import { Num } from "../../../ui/Num/Num.tsx";
import { Tag } from "../../../ui/Tag/Tag.tsx";
import { Time } from "../../../ui/Time/Time.tsx";
import { referenceOf, secondsOf } from "../facts/names.ts";

export interface TokenizerListProps {
  items: readonly TokenizerItem[];
  /** Reference of the one that is tried. */
  chosen: string;
  onChoose: (reference: string) => void;
  onRemove: (reference: string) => void;
}

interface Meta {
  spec?: { kind?: string; template?: string; digits?: string };
  trained_on?: { texts?: number; characters?: number };
}

const metaOf = (item: TokenizerItem) => item.meta as Meta;

function describe(item: TokenizerItem): string {
  const { kind, template } = metaOf(item).spec ?? {};
  const shown = template?.includes("{") ? "Jinja" : template;
  return [kind, shown].filter(Boolean).join(", ") || NONE;
}

/** Tokenizers with their size and what they were made from. A row is tried beside. */
export function TokenizerList({ items, chosen, onChoose, onRemove }: TokenizerListProps) {
  const { t } = useTranslation();
  const columns: Column<TokenizerItem>[] = [
    {
      id: "name",
      header: t("Tokenizer"),
      cell: (item) => (
        <span className="inline-flex items-center gap-2 font-medium">
          {item.name} <Tag mono>{`v${item.version}`}</Tag>
          {referenceOf(item) === chosen && <Tag tone="accent">{t("tried")}</Tag>}
        </span>
      ),
    },
    {
      id: "size",
      header: t("Tokens"),
      align: "right",
      cell: ({ vocab_size }) => <Num value={vocab_size} as="count" />,
    },
    { id: "kind", header: t("Kind, template"), muted: true, cell: describe },
    {
      id: "texts",
      header: t("Made from"),
      align: "right",
      muted: true,
      cell: (item) => {
        const texts = metaOf(item).trained_on?.texts;
        return texts === undefined ? NONE : t("{{texts}} texts", { texts: formatCount(texts) });
      },
    },
    {
      id: "created",
      header: t("Trained"),
      align: "right",
      muted: true,
      cell: ({ created }) => <Time at={secondsOf(created)} />,
    },
    {
      id: "tools",
      header: <span className="sr-only">{t("Actions")}</span>,
      align: "right",
      cell: (item) => (
        <Button look="ghost" size="small" icon={Trash2} iconOnly onPress={() => onRemove(referenceOf(item))}>
          {t("Delete {{name}}", { name: referenceOf(item) })}
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      name={t("Tokenizers")}
      columns={columns}
      rows={items}
      rowKey={({ id }) => id}
      onRowAction={(item) => onChoose(referenceOf(item))}
    />
  );
}
