import { ChevronRight, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { Collection } from "react-aria-components/Collection";
import { Tree as AriaTree, TreeItem, TreeItemContent } from "react-aria-components/Tree";
import { Icon } from "../Icon/Icon.tsx";

export interface TreeNode {
  id: string;
  label: string;
  icon?: LucideIcon;
  children?: readonly TreeNode[];
  /** At the right: a size, a count, a state. */
  meta?: ReactNode;
}

export interface TreeProps {
  /** What the tree shows, for screen readers. */
  label: string;
  nodes: readonly TreeNode[];
  /** Id of the chosen node. */
  value?: string | null;
  onChange?: (id: string) => void;
  /** Ids that are open at first. */
  defaultExpanded?: readonly string[];
  /** Labels are exact names: modules, files. */
  mono?: boolean;
  /** Said when there are no nodes. */
  emptyText?: string;
  className?: string;
}

/** Things within things: modules of a model, files of a data set, versions and their parents. */
export function Tree(props: TreeProps) {
  const { label, nodes, value, onChange, defaultExpanded = [], mono = false, className = "" } = props;
  return (
    <AriaTree
      aria-label={label}
      items={nodes}
      defaultExpandedKeys={defaultExpanded}
      selectionMode={onChange ? "single" : "none"}
      selectionBehavior="replace"
      selectedKeys={value ? [value] : []}
      onSelectionChange={(keys) => {
        const [first] = keys === "all" ? [] : keys;
        if (first !== undefined) onChange?.(String(first));
      }}
      renderEmptyState={() => <p className="px-2 py-1.5 text-muted">{props.emptyText}</p>}
      className={`min-w-0 outline-none ${className}`}
    >
      {(node) => <Node node={node} mono={mono} />}
    </AriaTree>
  );
}

function Node({ node, mono }: { node: TreeNode; mono: boolean }) {
  return (
    <TreeItem
      id={node.id}
      textValue={node.label}
      className="group flex min-h-7 cursor-default items-center gap-1.5 rounded-control pr-2 pl-[calc((var(--tree-item-level)-1)*16px)] outline-focus -outline-offset-2 data-[focus-visible]:outline-2 data-[hovered]:bg-hover data-[selected]:bg-accent-wash max-sm:min-h-11"
    >
      <TreeItemContent>
        {({ hasChildItems }) => (
          <div className="flex min-w-0 flex-1 items-center gap-1.5">
            {hasChildItems ? (
              <Button
                slot="chevron"
                className="inline-grid size-6 shrink-0 place-items-center rounded-mark text-muted"
              >
                <Icon
                  of={ChevronRight}
                  size={12}
                  className="transition-transform duration-(--motion-fast) group-data-[expanded]:rotate-90"
                />
              </Button>
            ) : (
              <span className="w-6 shrink-0" />
            )}
            {node.icon && <Icon of={node.icon} muted />}
            <span className={`min-w-0 flex-1 truncate ${mono ? "font-mono text-caption" : ""}`}>
              {node.label}
            </span>
            {node.meta && <span className="shrink-0 text-caption text-muted tabular-nums">{node.meta}</span>}
          </div>
        )}
      </TreeItemContent>
      <Collection items={node.children ?? []}>{(child) => <Node node={child} mono={mono} />}</Collection>
    </TreeItem>
  );
}
