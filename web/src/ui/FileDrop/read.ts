// Files out of a drop, folders opened. A file of a folder keeps its path in `webkitRelativePath`, as with a chosen folder.

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isDirectory) {
    const entries = await entriesOf(entry as FileSystemDirectoryEntry);
    return (await Promise.all(entries.map(filesOf))).flat();
  }
  const file = await new Promise<File>((resolve, reject) =>
    (entry as FileSystemFileEntry).file(resolve, reject),
  );
  const path = entry.fullPath.replace(/^\//, "");
  if (path.includes("/")) Object.defineProperty(file, "webkitRelativePath", { value: path });
  return [file];
}

/** Must be called within the event: the browser forgets the items after it. */
export async function readTransfer(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...transfer.files];
  if (!entries.some((entry) => entry?.isDirectory)) return plain;
  const found = entries.filter((entry) => entry !== null);
  return (await Promise.all(found.map(filesOf))).flat();
}

/** Does the name end as `accept` wants: ".jsonl,.csv"? Everything, without it. */
export function isAccepted(file: File, accept: string | undefined): boolean {
  if (!accept) return true;
  const name = file.name.toLowerCase();
  return accept.split(",").some((ending) => name.endsWith(ending.trim().toLowerCase()));
}
