import { FileText } from "lucide-react";
import { useState } from "react";
import type { FieldProblem } from "../../../data/recipes.ts";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { FileDrop } from "../../../ui/FileDrop/FileDrop.tsx";
import { TextArea } from "../../../ui/TextArea/TextArea.tsx";

/** What is wrong with a text. */
export interface YamlRefusal {
  message: string;
  hint: string;
  errors: readonly FieldProblem[];
}

export interface FromYamlProps {
  /** Checks the text and opens it; answers what is wrong, or null. */
  onOpen: (text: string, name: string) => Promise<YamlRefusal | null>;
}

/** Begin with a recipe that stands in a file: dropped, or pasted. */
export function FromYaml({ onOpen }: FromYamlProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [name, setName] = useState("recipe.yaml");
  const [isBusy, setIsBusy] = useState(false);
  const [refusal, setRefusal] = useState<YamlRefusal | null>(null);
  const open = async (given: string, file: string) => {
    setIsBusy(true);
    setRefusal(await onOpen(given, file));
    setIsBusy(false);
  };
  const take = async ([file]: File[]) => {
    if (!file) return;
    const given = await file.text();
    setText(given);
    setName(file.name);
    await open(given, file.name);
  };
  return (
    <div className="grid gap-3">
      <FileDrop
        label={t("Drop a recipe")}
        help={t("YAML or JSON")}
        accept=".yaml,.yml,.json"
        onFiles={(files) => void take(files)}
      />
      <TextArea
        label={t("Or paste it")}
        mono
        rows={4}
        value={text}
        onChange={(next) => {
          setText(next);
          setRefusal(null);
        }}
        placeholder="task: pretrain"
        onSubmit={() => void open(text, name)}
        error={refusal ? <Reasons refusal={refusal} /> : undefined}
      />
      <Button
        icon={FileText}
        className="justify-self-start"
        isDisabled={text.trim() === ""}
        why={t("Drop a file or paste a recipe first.")}
        isPending={isBusy}
        onPress={() => void open(text, name)}
      >
        {t("Open as recipe")}
      </Button>
    </div>
  );
}

function Reasons({ refusal }: { refusal: YamlRefusal }) {
  if (refusal.errors.length === 0) return `${refusal.message} ${refusal.hint}`;
  return refusal.errors.map((each) => (
    <span key={`${each.field} ${each.message}`} className="block">
      <code>{each.field}</code>: {each.message}. {each.fix}
    </span>
  ));
}
