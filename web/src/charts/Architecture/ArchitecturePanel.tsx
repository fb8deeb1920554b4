import { Network } from "lucide-react";
import { useTranslation } from "../../i18n/i18n.ts";
import { Button } from "../../ui/Button/Button.tsx";
import { EmptyState } from "../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../ui/ErrorState/ErrorState.tsx";
import { LoadingState } from "../../ui/LoadingState/LoadingState.tsx";
import { Panel } from "../../ui/Panel/Panel.tsx";
import { Architecture } from "./Architecture.tsx";
import type { ArchitectureData } from "./nodes.ts";

export interface ArchitecturePanelProps {
  /** The model, once it was asked for. */
  architecture: ArchitectureData | null;
  /** Whether someone asked for it: building the modules takes seconds, so it is not done unasked. */
  isAsked: boolean;
  onAsk: () => void;
  /** What the server said instead: what happened and what to do. */
  refused?: { what: string; todo: string } | undefined;
  onRetry?: () => void;
}

/** What the model is made of, drawn when it is asked for. */
export function ArchitecturePanel(props: ArchitecturePanelProps) {
  const { architecture, isAsked, refused } = props;
  const { t } = useTranslation();
  const status = !isAsked ? "empty" : refused ? "error" : architecture ? "ready" : "loading";
  return (
    <Panel
      title={t("Architecture")}
      status={status}
      empty={
        <EmptyState
          title={t("What the model is made of")}
          text={t("Its blocks with parameters, shapes, memory and arithmetic, built without its weights.")}
          action={
            <Button icon={Network} onPress={props.onAsk}>
              {t("Draw the model")}
            </Button>
          }
        />
      }
      loading={<LoadingState text={t("Building the model's modules")} height={280} />}
      error={
        <ErrorState
          what={refused?.what ?? ""}
          todo={refused?.todo ?? ""}
          {...(props.onRetry ? { onRetry: props.onRetry } : {})}
        />
      }
    >
      {architecture && <Architecture architecture={architecture} />}
    </Panel>
  );
}
