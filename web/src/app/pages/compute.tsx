import { ComputePage } from "../../features/compute/ComputePage.tsx";

export function Page() {
  return <ComputePage />;
}
