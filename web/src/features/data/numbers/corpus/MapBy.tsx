import { useQuery } from "@tanstack/react-query";
import { modelOptions, modelsQuery } from "../../../../data/models.ts";
import { useTranslation } from "../../../../i18n/i18n.ts";
import { ComboBox } from "../../../../ui/ComboBox/ComboBox.tsx";

export interface MapByProps {
  /** Reference of the model that lays the rows out; empty: their words do. */
  model: string;
  onModel: (model: string) => void;
}

/** What rows are laid out by: their words, a model of the workspace, a folder or a hub id. */
export function MapBy({ model, onModel }: MapByProps) {
  const { t } = useTranslation();
  const models = useQuery(modelsQuery);
  const words = { id: "", label: t("Words"), description: t("at once, without a model") };
  return (
    <ComboBox
      label={t("Laid out by")}
      hideLabel
      className="w-64 max-sm:w-full"
      options={[
        words,
        ...modelOptions(models.data?.items ?? [], model, ({ name, reference }) => name || reference),
      ]}
      value={model}
      onChange={(next) => onModel(next?.trim() ?? "")}
      allowsCustomValue
      isLoading={models.isPending}
      placeholder={t("Words, a model, a folder or a hub id")}
    />
  );
}
