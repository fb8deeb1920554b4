import { useParams } from "@tanstack/react-router";
import { ExportPage } from "../../features/export/ExportPage.tsx";

export function Page() {
  const { export: id } = useParams({ from: "/export/$export" });
  return <ExportPage id={id} />;
}
