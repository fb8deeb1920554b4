import { useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { CodeBlock } from "../../../ui/CodeBlock/CodeBlock.tsx";
import { CopyButton } from "../../../ui/CopyButton/CopyButton.tsx";
import { Panel } from "../../../ui/Panel/Panel.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import type { Code } from "../pure/code.ts";

export interface CodePanelProps {
  yaml: Code;
  shell: Code;
  python: Code;
}

type Form = keyof CodePanelProps;

/** The same recipe as YAML, as a command and as Python; what differs from the preset is marked. */
export function CodePanel(props: CodePanelProps) {
  const { t } = useTranslation();
  const [form, setForm] = useState<Form>("yaml");
  const code = props[form];
  const names = { yaml: t("Recipe as YAML"), shell: t("Recipe as a command"), python: t("Recipe as Python") };
  return (
    <Panel
      title={t("As code")}
      tools={
        <>
          <Segmented<Form>
            label={t("Form of the code")}
            size="small"
            options={[
              { id: "yaml", label: "YAML" },
              { id: "shell", label: "CLI" },
              { id: "python", label: "Python" },
            ]}
            value={form}
            onChange={setForm}
          />
          <CopyButton text={code.text} iconOnly label={t("Copy the code")} />
        </>
      }
      flush
    >
      <div className="max-h-[max(200px,calc(100dvh-640px))] overflow-y-auto max-lg:max-h-[480px]">
        <CodeBlock name={names[form]} code={code.text} language={form} changed={code.changed} plain />
      </div>
    </Panel>
  );
}
