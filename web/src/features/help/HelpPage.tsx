import { useState } from "react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { CodeBlock } from "../../ui/CodeBlock/CodeBlock.tsx";
import { Kbd } from "../../ui/Kbd/Kbd.tsx";
import { KeyValue } from "../../ui/KeyValue/KeyValue.tsx";
import { Link } from "../../ui/Link/Link.tsx";
import { Cell } from "../../ui/Page/Cell.tsx";
import { Page } from "../../ui/Page/Page.tsx";
import { PageHeader } from "../../ui/PageHeader/PageHeader.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";

export interface HelpPageProps {
  /** Names of pages with the keys that lead there. */
  places: readonly { name: string; href: string; keys: string }[];
  language: string;
  languages: readonly string[];
  onLanguage: (language: string) => void;
}

const COMMANDS = `tokenloom data import FILE --name mine
tokenloom train cpu/minute-pretrain data.dataset=mine
tokenloom runs list
tokenloom runs watch RUN
tokenloom evaluate RUN --data mine
tokenloom export RUN --format hf --out DIR`;

const PYTHON = `import tokenloom

with tokenloom.init(project="mine", name="by hand") as run:
    for step in range(100):
        run.log({"train/loss": 1 / (step + 1)}, step=step)`;

/** Where to find what: keys, the same work from the terminal and from Python, notifications, language. */
export function HelpPage({ places, language, languages, onLanguage }: HelpPageProps) {
  const { t } = useTranslation();
  return (
    <Page>
      <PageHeader
        title={t("Help")}
        sub={[t("The studio shows what the command line and Python can do; nothing is only here.")]}
      />
      <Cell span={5} full>
        <Panel title={t("Keys")}>
          <KeyValue
            name={t("Keys")}
            rows={[
              { label: t("Search or run a command"), value: <Kbd keys="Ctrl K" /> },
              { label: t("Keys of the page"), value: <Kbd keys="?" /> },
              ...places.map((place) => ({ label: place.name, value: <Kbd keys={place.keys} /> })),
            ]}
          />
        </Panel>
      </Cell>
      <Cell span={7}>
        <div className="grid content-start gap-4">
          <Panel title={t("The same from the terminal")} flush>
            <CodeBlock code={COMMANDS} language="shell" name={t("Commands")} />
          </Panel>
          <Panel title={t("Track any script")} flush footer={t("Its run stands among the others, live.")}>
            <CodeBlock code={PYTHON} language="python" name={t("Python")} />
          </Panel>
          <Panel title={t("Notifications")}>
            <Notifications />
          </Panel>
          <Panel title={t("More")}>
            <div className="grid gap-2">
              <Link href="/compute">{t("What this machine has and lacks")}</Link>
              <Link href="/api/docs" target="_blank">
                {t("Every route of the API")}
              </Link>
              <span className="flex flex-wrap items-center gap-2">
                {t("Language")}
                {languages.map((each) => (
                  <Button
                    key={each}
                    size="small"
                    look={each === language ? "secondary" : "ghost"}
                    onPress={() => onLanguage(each)}
                  >
                    {each}
                  </Button>
                ))}
              </span>
            </div>
          </Panel>
        </div>
      </Cell>
    </Page>
  );
}

function Notifications() {
  const { t } = useTranslation();
  const isThere = "Notification" in globalThis;
  const [permission, setPermission] = useState(isThere ? Notification.permission : "denied");
  if (permission === "granted")
    return <p>{t("This browser tells when a run has ended while you look elsewhere.")}</p>;
  if (permission === "denied")
    return <p>{t("This browser refuses notifications from here; its site settings allow them.")}</p>;
  return (
    <Button onPress={() => void Notification.requestPermission().then(setPermission)}>
      {t("Tell me when a run has ended")}
    </Button>
  );
}
