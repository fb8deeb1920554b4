// The queue of messages: anyone may put one in, the one region shows them. It knows no component, so it costs nothing to import.

export type ToastTone = "success" | "info" | "warning" | "danger";

export interface ToastAction {
  label: string;
  onPress: () => void;
  /** Counts down on the button: "Undo, 8 s". */
  countdown?: boolean;
}

export interface ToastOptions {
  message: string;
  tone?: ToastTone;
  action?: ToastAction;
  /** How long it stays; 0 is until it is closed. Default 6, with an action 10, danger until closed. */
  seconds?: number;
}

export interface QueuedToast extends ToastOptions {
  id: number;
  tone: ToastTone;
  seconds: number;
}

/** No more than these at once; the oldest leaves. */
const MOST = 4;
const listeners = new Set<() => void>();
let queue: readonly QueuedToast[] = [];
let last = 0;

function publish(next: readonly QueuedToast[]) {
  queue = next;
  for (const listener of listeners) listener();
}

function staySeconds({ seconds, tone, action }: ToastOptions): number {
  return seconds ?? (tone === "danger" ? 0 : action ? 10 : 6);
}

/** Shows a message; gives back the id to take it away with. The same words do not stand there twice. */
export function toast(options: ToastOptions): number {
  last += 1;
  const fresh = { ...options, id: last, tone: options.tone ?? "info", seconds: staySeconds(options) };
  publish([...queue.filter((each) => each.message !== options.message), fresh].slice(-MOST));
  return last;
}

/** What was done can be undone while this counts down. */
export function undoToast(message: string, label: string, onUndo: () => void, seconds = 10): number {
  return toast({ message, seconds, action: { label, onPress: onUndo, countdown: true } });
}

export function closeToast(id: number): void {
  publish(queue.filter((each) => each.id !== id));
}

export function clearToasts(): void {
  publish([]);
}

export function subscribeToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function queuedToasts(): readonly QueuedToast[] {
  return queue;
}
