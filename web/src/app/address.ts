// Addresses below any prefix: the server says in `<base href>` where the studio stands.

/** The prefix without a slash at the end: "" or "/studio". */
export function basePath(): string {
  return new URL(".", document.baseURI).pathname.replace(/\/$/, "");
}

/** An address within the studio as the browser needs it. Others (mailto:, files of the API) stay as they are. */
export function withBase(href: string): string {
  return href.startsWith("/") && !href.startsWith("//") ? basePath() + href : href;
}
