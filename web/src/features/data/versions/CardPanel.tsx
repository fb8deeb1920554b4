import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { CodeBlock } from "../../../ui/CodeBlock/CodeBlock.tsx";
import { Disclosure } from "../../../ui/Disclosure/Disclosure.tsx";
import { Icon } from "../../../ui/Icon/Icon.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { TextArea } from "../../../ui/TextArea/TextArea.tsx";
import { useDraft } from "../state/useDraft.ts";

export interface CardPanelProps {
  /** Names the draft that this browser keeps. */
  id: string;
  words: string;
  markdown: string;
  /** Address of the card as a file. */
  file: string;
  onSave: (words: string) => Promise<void>;
}

/** What the owner says of a version, and the whole card as it would be published. */
export function CardPanel({ id, words, markdown, file, onSave }: CardPanelProps) {
  const { t } = useTranslation();
  const [draft, setDraft, clear] = useDraft(`card.${id}`, words);
  const [isBusy, setIsBusy] = useState(false);
  const save = async () => {
    setIsBusy(true);
    try {
      await onSave(draft);
      clear();
      setDraft(draft);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Panel
      title={t("Card")}
      count={words ? undefined : t("not described yet")}
      tools={
        <a
          href={file}
          download
          className="inline-flex h-6 items-center gap-1.5 rounded-control border border-line bg-surface px-2 text-caption font-medium text-text shadow-panel hover:bg-hover"
        >
          <Icon of={Download} muted />
          {t("Download the card")}
        </a>
      }
    >
      <div className="grid gap-3">
        <TextArea
          label={t("What others should know of it")}
          help={t("Where it comes from, who may use it, what it is good for. Markdown.")}
          value={draft}
          onChange={setDraft}
          rows={4}
        />
        <Button
          className="justify-self-start"
          isDisabled={isBusy || draft === words}
          why={t("Nothing was changed.")}
          onPress={() => void save()}
        >
          {t("Keep these words")}
        </Button>
        <Disclosure title={t("The whole card")} level={3}>
          <CodeBlock code={markdown} name={t("The card as Markdown")} />
        </Disclosure>
      </div>
    </Panel>
  );
}
