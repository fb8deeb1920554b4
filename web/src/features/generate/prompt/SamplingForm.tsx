import { useTranslation } from "../../../i18n/i18n.ts";
import { Disclosure } from "../../../ui/Disclosure/Disclosure.tsx";
import { NumberField } from "../../../ui/NumberField/NumberField.tsx";
import { Segmented } from "../../../ui/Segmented/Segmented.tsx";
import { TextArea } from "../../../ui/TextArea/TextArea.tsx";
import { DEFAULTS, type Settings } from "./settings.ts";

export interface SamplingFormProps {
  settings: Settings;
  onChange: (change: Partial<Settings>) => void;
}

type NumberName = Exclude<keyof Settings, "kind" | "stop">;

/** How the next token is chosen, in the words of the recipe. */
export function SamplingForm({ settings, onChange }: SamplingFormProps) {
  const { t } = useTranslation();
  const about = {
    greedy: t("Always the most likely token: the same text every time."),
    random: t("Draws by chance, after temperature, top-k, top-p and min-p."),
    beam: t("Keeps the best few continuations and writes the best one."),
  };
  const field = (name: NumberName, label: string, help: string, limits: Limits) => {
    const usual = DEFAULTS[name];
    const isChanged = settings[name] !== usual;
    const change = {
      was: usual === null ? t("none") : String(usual),
      onReset: () => onChange({ [name]: usual }),
    };
    return (
      <NumberField
        key={name}
        name={name}
        label={label}
        help={help}
        value={settings[name]}
        onChange={(value) => onChange({ [name]: value })}
        emptyMeans={usual === null ? t("no limit") : String(usual)}
        {...limits}
        {...(isChanged ? { change } : {})}
      />
    );
  };
  return (
    <div className="grid gap-4">
      <div>
        <Segmented
          label={t("How tokens are chosen")}
          options={[
            { id: "greedy", label: t("Greedy") },
            { id: "random", label: t("By chance") },
            { id: "beam", label: t("Beam") },
          ]}
          value={settings.kind}
          onChange={(kind) => onChange({ kind })}
        />
        <p className="mt-1 text-caption text-muted">{about[settings.kind]}</p>
      </div>
      {field("max_new_tokens", t("Longest answer"), t("1 to 65,536; it may end before."), {
        minimum: 1,
        maximum: 65_536,
        integer: true,
        unit: t("tokens"),
      })}
      {settings.kind === "random" && (
        <>
          {field(
            "temperature",
            t("Temperature"),
            t("Above 0, at most 5. Below 1 sharpens, above 1 flattens."),
            {
              minimum: 0.01,
              maximum: 5,
              step: 0.1,
            },
          )}
          {field("top_p", t("Top-p"), t("Keeps the likeliest tokens that together reach this share."), {
            minimum: 0.01,
            maximum: 1,
            step: 0.05,
          })}
          {field("top_k", t("Top-k"), t("Keeps only so many of the likeliest tokens."), {
            minimum: 1,
            maximum: 1_000_000,
            integer: true,
          })}
          {field("seed", t("Seed"), t("Same seed, same text."), {
            minimum: 0,
            maximum: Number.MAX_SAFE_INTEGER,
            integer: true,
          })}
        </>
      )}
      {settings.kind === "beam" && (
        <>
          {field("num_beams", t("Beams"), t("Continuations kept at each step, 2 to 64."), {
            minimum: 2,
            maximum: 64,
            integer: true,
          })}
          {field("length_penalty", t("Length penalty"), t("Above 0 favours longer text, −5 to 5."), {
            minimum: -5,
            maximum: 5,
            step: 0.1,
          })}
        </>
      )}
      <Disclosure title={t("More")} className="-mx-4">
        <div className="grid gap-4">
          {settings.kind === "random" &&
            field("min_p", t("Min-p"), t("Keeps tokens at least this share as likely as the likeliest."), {
              minimum: 0,
              maximum: 1,
              step: 0.05,
            })}
          {field(
            "repetition_penalty",
            t("Repetition penalty"),
            t("Above 1 makes what stands already less likely."),
            {
              minimum: 0.01,
              maximum: 10,
              step: 0.05,
            },
          )}
          <TextArea
            label={t("Texts that end the answer")}
            help={t("One a line; they are not part of it.")}
            mono
            rows={2}
            value={settings.stop}
            onChange={(stop) => onChange({ stop })}
          />
        </div>
      </Disclosure>
    </div>
  );
}

interface Limits {
  minimum: number;
  maximum: number;
  integer?: boolean;
  step?: number;
  unit?: string;
}
