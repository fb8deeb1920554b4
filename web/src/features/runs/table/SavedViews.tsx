import { Bookmark } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "../../../i18n/i18n.ts";
import { Button } from "../../../ui/Button/Button.tsx";
import { Popover } from "../../../ui/Popover/Popover.tsx";
import { TextField } from "../../../ui/TextField/TextField.tsx";
import { undoToast } from "../../../ui/Toast/toast.ts";
import { type SavedView, savedViews, saveViews } from "../filters.ts";

export interface SavedViewsProps {
  /** What the address says now: this is what is saved. */
  search: Record<string, string>;
  onOpen: (search: Record<string, string>) => void;
}

/** Filters, columns and order under a name. */
export function SavedViews({ search, onOpen }: SavedViewsProps) {
  const { t } = useTranslation();
  const [views, setViews] = useState(savedViews);
  const [name, setName] = useState("");
  const put = (next: SavedView[]) => {
    setViews(next);
    saveViews(next);
  };
  const remove = (view: SavedView) => {
    put(views.filter((each) => each !== view));
    undoToast(t("The view {{name}} is gone", { name: view.name }), t("Undo"), () => put(views));
  };
  return (
    <Popover
      label={t("Views")}
      trigger={
        <Button icon={Bookmark} size="small">
          {t("Views")}
        </Button>
      }
    >
      {(close) => (
        <div className="grid w-72 max-w-full gap-3">
          {views.length === 0 && (
            <p className="text-muted">{t("A view keeps filter, columns and order under a name.")}</p>
          )}
          <ul className="grid gap-1">
            {views.map((view) => (
              <li key={view.name} className="flex items-center gap-2">
                <Button
                  size="small"
                  look="ghost"
                  className="min-w-0 flex-1 justify-start"
                  onPress={() => {
                    onOpen(view.search);
                    close();
                  }}
                >
                  {view.name}
                </Button>
                <Button size="small" look="ghost" onPress={() => remove(view)}>
                  {t("Delete")}
                </Button>
              </li>
            ))}
          </ul>
          <form
            className="grid gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              if (name.trim())
                put([...views.filter((each) => each.name !== name.trim()), { name: name.trim(), search }]);
              setName("");
            }}
          >
            <TextField
              label={t("Save what is shown as")}
              value={name}
              onChange={setName}
              placeholder={t("Name of the view")}
            />
            <Button type="submit" size="small" isDisabled={!name.trim()} why={t("Give it a name first.")}>
              {t("Save view")}
            </Button>
          </form>
        </div>
      )}
    </Popover>
  );
}
