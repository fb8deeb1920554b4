import { HomePage } from "../../features/home/HomePage.tsx";
import { prepareHome } from "../../features/home/useHome.ts";
import type { Prepare } from "../prepare.ts";
import { useGo } from "../useGo.ts";

export const prepare: Prepare = prepareHome;

export function Page() {
  return <HomePage onGo={useGo()} />;
}
