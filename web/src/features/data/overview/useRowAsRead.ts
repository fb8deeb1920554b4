import { useQuery } from "@tanstack/react-query";
import { type DatasetDetail, readRows, renderedQuery, tokenizersQuery } from "../../../data/datasets.ts";
import { referenceOf } from "../facts/names.ts";
import { exactPieces } from "../facts/pieces.ts";
import type { RowAsReadProps, Show } from "./RowAsRead.tsx";

type Search = Record<string, string>;
type OnSearch = (changes: Record<string, string | undefined>) => void;

/** The tokenizer of the address, else the newest one. */
export function useTokenizers(search: Search): {
  tokenizers: string[];
  tokenizer: string;
  isPending: boolean;
} {
  const { data, isPending } = useQuery(tokenizersQuery);
  const items = [...(data?.items ?? [])].sort((a, b) => b.created.localeCompare(a.created));
  const tokenizers = items.map(referenceOf);
  const asked = search.tokenizer ?? "";
  return { tokenizers, tokenizer: tokenizers.includes(asked) ? asked : (tokenizers[0] ?? ""), isPending };
}

/** The row of the address (`at`: its place from 0), its neighbours, and its tokens. */
export function useRowAsRead(
  dataset: DatasetDetail,
  reference: string,
  search: Search,
  onSearch: OnSearch,
): RowAsReadProps {
  const { tokenizers, tokenizer, isPending } = useTokenizers(search);
  const at = Math.min(Math.max(0, Number(search.at ?? 0) || 0), Math.max(0, dataset.rows - 1));
  const place = useQuery({
    queryKey: ["dataset", reference, "row at", at],
    queryFn: async () => (await readRows(reference, {}, at > 0 ? String(at) : "", 1)).items[0] ?? null,
    enabled: dataset.rows > 0 && search.row === undefined,
  });
  const asked = search.row === undefined ? undefined : Number(search.row);
  const row = asked ?? (typeof place.data?._row === "number" ? place.data._row : null);
  const template = search.template ?? "auto";
  const rendered = useQuery(renderedQuery(reference, row, tokenizer, template));
  const step = (next: number) => onSearch({ at: next > 0 ? String(next) : undefined, row: undefined });
  return {
    row,
    rendered: rendered.data ? { ...rendered.data, tokens: exactPieces(rendered.data.tokens) } : null,
    isLoading: isPending || (asked === undefined && place.isPending) || rendered.isFetching,
    error: rendered.error,
    show: (search.show as Show) ?? "text",
    onShow: (show) => onSearch({ show: show === "text" ? undefined : show }),
    tokenizers: isPending ? [tokenizer] : tokenizers,
    tokenizer,
    onTokenizer: (next) => onSearch({ tokenizer: next }),
    template,
    onTemplate: (next) => onSearch({ template: next === "auto" ? undefined : next }),
    onBefore: at > 0 ? () => step(at - 1) : undefined,
    onAfter: at < dataset.rows - 1 ? () => step(at + 1) : undefined,
  };
}
