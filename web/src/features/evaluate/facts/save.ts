/** Saves rows as a file of JSON lines. */
export function saveJsonLines(rows: readonly unknown[], name: string): void {
  const text = rows.map((row) => JSON.stringify(row)).join("\n");
  const address = URL.createObjectURL(new Blob([`${text}\n`], { type: "application/x-ndjson" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
