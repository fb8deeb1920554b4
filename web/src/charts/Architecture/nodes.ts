// A model's tree as the diagram reads it: what stands on the residual stream, and what each part has of the whole.

export interface ModuleNode {
  name: string;
  path: string;
  /** Name of the last of several that are alike; empty for one alone. */
  last: string;
  kind: string;
  role: string;
  /** How many stand in a row. Its numbers are those of all, its children those of one. */
  times: number;
  is_shared: boolean;
  input_shape?: number[] | null;
  output_shape?: number[] | null;
  parameters: number;
  trained: number;
  weight_bytes: number;
  activation_bytes: number;
  training_bytes: number;
  flops: number;
  children: ModuleNode[];
}

export interface ModelFacts {
  family: string;
  layers?: number | null;
  hidden_size?: number | null;
  heads?: number | null;
  kv_heads?: number | null;
  head_size?: number | null;
  feed_forward?: number | null;
  vocabulary?: number | null;
  max_sequence_length?: number | null;
  is_tied: boolean;
}

export interface ArchitectureData {
  batch: number;
  sequence: number;
  facts: ModelFacts;
  /** What a step of training costs in forward passes. */
  training_passes: number;
  /** Why shapes and arithmetic are missing; empty where they are not. */
  note: string;
  root: ModuleNode;
}

export const MEASURES = ["parameters", "memory", "flops"] as const;
export type Measure = (typeof MEASURES)[number];

/** What a part has of a measure, for all its times. Memory: weights, what training keeps of them, and what its layers give. */
export function amount(node: ModuleNode, measure: Measure): number {
  if (measure === "memory") return node.weight_bytes + node.training_bytes + node.activation_bytes;
  return node[measure];
}

const SPINE = new Set(["block", "embedding", "norm", "head", "adapter"]);

/** What stands on the residual stream, first to last: wrappers are opened until blocks, tables, norms and the head are found. */
export function spineOf(root: ModuleNode): ModuleNode[] {
  return root.children.flatMap((child) =>
    SPINE.has(child.role) || child.children.length === 0 || !hasSpine(child) ? [child] : spineOf(child),
  );
}

function hasSpine(node: ModuleNode): boolean {
  return node.children.some((child) => SPINE.has(child.role) || hasSpine(child));
}

/** "layers.0 to layers.11" in short. */
export function nameOf(node: ModuleNode): string {
  if (node.times === 1 || !node.last) return node.name;
  const [stem, first] = [node.name.replace(/\.?\d+$/, ""), node.name.match(/\d+$/)?.[0] ?? ""];
  return `${stem} ${first}–${node.last.match(/\d+$/)?.[0] ?? ""}`;
}

export function shapeOf(shape: readonly number[] | null | undefined): string {
  return shape?.length ? shape.join("×") : "";
}

/** "8×256×384 → 8×256×1024"; one of them where the other is not known. */
export function shapesOf(node: ModuleNode): string {
  return [shapeOf(node.input_shape), shapeOf(node.output_shape)].filter(Boolean).join(" → ");
}

export interface FlatNode {
  node: ModuleNode;
  depth: number;
}

/** Every part in the order of the model, for a table. */
export function flatten(node: ModuleNode, depth = 0): FlatNode[] {
  return [{ node, depth }, ...node.children.flatMap((child) => flatten(child, depth + 1))];
}
