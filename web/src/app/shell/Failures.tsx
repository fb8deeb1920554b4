import type { ErrorComponentProps } from "@tanstack/react-router";
import { ApiError } from "../../data/client.ts";
import { useTranslation } from "../../i18n/i18n.ts";
import { EmptyState } from "../../ui/EmptyState/EmptyState.tsx";
import { ErrorState } from "../../ui/ErrorState/ErrorState.tsx";
import { Link } from "../../ui/Link/Link.tsx";
import { Page } from "../../ui/Page/Page.tsx";
import { PageHeader } from "../../ui/PageHeader/PageHeader.tsx";

/** An address that nothing stands behind. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <Page>
      <PageHeader title={t("There is no such page")} />
      <EmptyState
        title={t("Nothing stands at this address")}
        text={t("It may have been deleted, or the link has a mistake.")}
        action={<Link href="/">{t("Go to the start")}</Link>}
      />
    </Page>
  );
}

/** A page that broke. What was saved is safe: the studio only shows it. */
export function PageError({ error: thrown, reset }: ErrorComponentProps) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { t } = useTranslation();
  const problem = error instanceof ApiError ? error.problem : null;
  return (
    <Page>
      <PageHeader title={t("This page could not be shown")} />
      <ErrorState
        what={problem?.detail ?? t("The page made a mistake.")}
        why={problem ? undefined : error.message}
        todo={problem?.hint ?? t("Try again. Runs go on, and nothing that was saved is lost.")}
        report={`${error.name}: ${error.message}\n${error.stack ?? ""}`}
        onRetry={reset}
      />
    </Page>
  );
}
