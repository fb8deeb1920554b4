import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  type DatasetItem,
  type TokenizerItem,
  tokenizersQuery,
  trainTokenizer,
} from "../../../data/datasets.ts";
import { tellError } from "../../../data/problem.ts";
import { schemaQuery } from "../../../data/recipes.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { EmptyState } from "../../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../../ui/ErrorState/ErrorState.tsx";
import { formatCount } from "../../../ui/format.ts";
import { Link } from "../../../ui/Link/Link.tsx";
import { LoadingState } from "../../../ui/LoadingState/LoadingState.tsx";
import { Cell } from "../../../ui/Page/Cell.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { toast } from "../../../ui/Toast/toast.ts";
import { referenceOf } from "../facts/names.ts";
import { exactPieces } from "../facts/pieces.ts";
import { kindsOf } from "../facts/schema.ts";
import type { Made } from "../importing/useImportRun.ts";
import { MakingRun } from "../state/MakingRun.tsx";
import { useDraft } from "../state/useDraft.ts";
import { useHidden, useRemoval } from "../state/useRemoval.ts";
import { LabPanel } from "./lab/LabPanel.tsx";
import { TokenizerList } from "./TokenizerList.tsx";
import { type TokenizerDraft, TrainTokenizer } from "./TrainTokenizer.tsx";
import { type Show, TryTokenizer } from "./TryTokenizer.tsx";
import { useTryTokenizer } from "./useTryTokenizer.ts";

interface TabProps {
  search: Record<string, string>;
  onSearch: (changes: Record<string, string | undefined>) => void;
  datasets: readonly DatasetItem[];
}

function Trying({ items, search, onSearch }: TabProps & { items: readonly TokenizerItem[] }) {
  const [text, setText] = useDraft("try-tokenizer", "");
  const references = items.map(referenceOf);
  const tokenizer =
    search.tokenizer && references.includes(search.tokenizer) ? search.tokenizer : (references[0] ?? "");
  const template = search.template ?? "";
  const preview = useTryTokenizer(tokenizer, text, template);
  return (
    <TryTokenizer
      tokenizers={references}
      tokenizer={tokenizer}
      onTokenizer={(next) => onSearch({ tokenizer: next })}
      text={text}
      onText={setText}
      template={template}
      onTemplate={(next) => onSearch({ template: next || undefined })}
      show={(search.show as Show) ?? "text"}
      onShow={(show) => onSearch({ show: show === "text" ? undefined : show })}
      preview={preview.data ? { ...preview.data, tokens: exactPieces(preview.data.tokens) } : null}
      error={preview.error}
    />
  );
}

/** How large it became, which is less than was asked for where the text gives no more. */
function useSizeOf() {
  const { t } = useTranslation();
  return ({ tokens = 0, wanted = 0 }: Made) =>
    tokens < wanted
      ? t("{{tokens}} tokens. {{wanted}} were asked for; the text gives no more.", {
          tokens: formatCount(tokens),
          wanted: formatCount(wanted),
        })
      : t("{{tokens}} tokens", { tokens: formatCount(tokens) });
}

/** Tokenizers: list, try, train. */
export function TokenizersTab(props: TabProps) {
  const { search, onSearch, datasets } = props;
  const { t } = useTranslation();
  const query = useQuery(tokenizersQuery);
  const schema = useQuery(schemaQuery);
  const hidden = useHidden();
  const remove = useRemoval("tokenizer");
  const sizeOf = useSizeOf();
  const [run, setRun] = useState<{ name: string; id: string } | null>(null);
  const [made, setMade] = useState("");
  const items = (query.data?.items ?? []).filter((each) => !hidden.has(`tokenizer ${referenceOf(each)}`));
  const kinds = kindsOf(schema.data, "TokenizerSpec", "model");
  const taken = new Map([...items].reverse().map((each) => [each.name, each.version]));
  const start = async (draft: TokenizerDraft) => {
    const { id } = await trainTokenizer({ ...draft });
    setRun({ name: draft.tokenizer, id });
  };
  const chosen = items.map(referenceOf).find((each) => each === search.tokenizer);
  const status = query.isPending ? "loading" : query.error ? "error" : items.length === 0 ? "empty" : "ready";
  return (
    <>
      <Cell span={8}>
        <Panel
          title={t("Tokenizers")}
          count={items.length > 0 ? items.length : undefined}
          flush
          status={status}
          loading={<LoadingState text={t("Reading the tokenizers")} />}
          error={<ErrorState {...tellError(query.error)} onRetry={() => void query.refetch()} />}
          empty={
            <EmptyState
              title={t("No tokenizers yet")}
              text={t("Train one beside, on the words that your model will read.")}
            />
          }
        >
          <TokenizerList
            items={items}
            chosen={search.tokenizer ?? (items[0] ? referenceOf(items[0]) : "")}
            onChoose={(tokenizer) => onSearch({ tokenizer })}
            onRemove={remove}
          />
        </Panel>
        {items.length > 0 && (
          <Panel title={t("Try it")}>
            <Trying {...props} items={items} />
          </Panel>
        )}
        {items[0] && (
          <LabPanel
            {...props}
            tokenizer={chosen ?? referenceOf(items[0])}
            tokenizers={items.map(referenceOf)}
            datasets={[...new Set(datasets.map(({ name }) => name))]}
          />
        )}
      </Cell>
      <Cell span={4} full>
        <Panel
          title={t("Train a tokenizer")}
          status={schema.isPending ? "loading" : schema.error ? "error" : "ready"}
          loading={<LoadingState text={t("Reading what can be set")} />}
          error={<ErrorState {...tellError(schema.error)} onRetry={() => void schema.refetch()} />}
        >
          {kinds.length > 0 && (
            <TrainTokenizer
              kinds={kinds}
              datasets={[...new Set(datasets.map(({ name }) => name))]}
              taken={taken}
              onStart={start}
              {...(search.learn ? { learn: search.learn } : {})}
            />
          )}
          {run && (
            <div className="mt-4 border-t border-line pt-4">
              <MakingRun
                key={run.id}
                name={run.name}
                run={run.id}
                href={() => undefined}
                words={sizeOf}
                onMade={({ name, version }) => {
                  setMade(run.id);
                  onSearch({ tokenizer: `${name}@${version}` });
                  toast({ message: t("{{name}} is trained.", { name }), tone: "success" });
                }}
              />
              {made === run.id && search.learn && (
                <Link
                  look="inline"
                  href={`/recipes/edit?dataset=${encodeURIComponent(search.learn)}`}
                  className="mt-2 inline-block min-h-6"
                >
                  {t("Train on {{name}}", { name: search.learn })}
                </Link>
              )}
            </div>
          )}
        </Panel>
      </Cell>
    </>
  );
}
