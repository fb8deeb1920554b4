import { HomePage } from "../../features/home/HomePage.tsx";
import { useGo } from "../useGo.ts";

export function Page() {
  return <HomePage onGo={useGo()} />;
}
