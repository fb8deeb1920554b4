// The machine, its price, and settings of this browser.

import { queryOptions } from "@tanstack/react-query";
import { api, data, type Schemas } from "./client.ts";

export type Machine = Schemas["Machine"];
export type Price = Schemas["Price"];

export const machineQuery = queryOptions({
  queryKey: ["machine"],
  queryFn: () => data(api.GET("/api/machine")),
  staleTime: 60_000,
});

export type MachineUse = Schemas["MachineUse"];

/** What is in use now; asked for again while the page is seen. */
export const machineUseQuery = queryOptions({
  queryKey: ["machine", "use"],
  queryFn: () => data(api.GET("/api/machine/use")),
  refetchInterval: 5_000,
});

export const priceQuery = queryOptions({
  queryKey: ["price"],
  queryFn: () => data(api.GET("/api/cost")),
});

export function setPrice(price: Price): Promise<Price> {
  return data(api.PUT("/api/cost", { body: price }));
}
