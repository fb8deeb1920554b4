// The one client of the studio. The server's `<base href>` says where the API is, below any prefix.

import { createApi } from "../api/client.ts";
import { fetchOnce } from "./early.ts";

export { ApiError, data, type Problem, type Schemas } from "../api/client.ts";

/** Address of the server without a slash at the end. */
export function baseUrl(): string {
  return new URL(".", document.baseURI).href.replace(/\/$/, "");
}

export const api = createApi({
  baseUrl: typeof document === "undefined" ? "" : baseUrl(),
  fetch: fetchOnce,
});
