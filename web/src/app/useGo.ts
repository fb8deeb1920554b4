import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";
import { withBase } from "./address.ts";

/** Go to an address of the studio after something was done: `go("/runs/" + id)`. */
export function useGo(): (href: string) => void {
  const router = useRouter();
  return useCallback((href: string) => router.history.push(withBase(href)), [router]);
}
