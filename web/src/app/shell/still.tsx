// The frame as HTML, written into index.html by the build: it is painted, and its links work, before any script has run.

import { RouterProvider as AriaRouter } from "react-aria-components";
import { renderToStaticMarkup } from "react-dom/server";
import { Frame } from "./Frame.tsx";

/** No place is marked as the current one; addresses are relative to the server's `<base href>`. */
export function still(): string {
  return renderToStaticMarkup(
    <AriaRouter navigate={() => undefined} useHref={(href) => `.${href}`}>
      <Frame path="" onSearch={() => undefined} />
    </AriaRouter>,
  );
}
