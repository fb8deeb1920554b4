import { Diamond, HelpCircle, Pause } from "lucide-react";
import { useState } from "react";
import { expect, fn, screen, waitFor } from "storybook/test";
import preview from "../../../.storybook/preview.tsx";
import { Button } from "../Button/Button.tsx";
import { Icon } from "../Icon/Icon.tsx";
import { type CommandGroup, CommandPalette, type CommandPaletteProps } from "./CommandPalette.tsx";

const select = fn();
const later = fn();

const GROUPS: CommandGroup[] = [
  {
    title: "This run",
    items: [
      { id: "pause", label: "Pause linen-07", icon: <Icon of={Pause} />, shortcut: "P", onSelect: select },
      {
        id: "later",
        label: "Pause after the next checkpoint",
        icon: <Icon of={Diamond} />,
        hint: "about 40 s",
        onSelect: later,
      },
    ],
  },
  { title: "Runs", items: [{ id: "satin", label: "satin-sweep", hint: "Queued", onSelect: fn() }] },
  {
    title: "Help",
    items: [
      { id: "help", label: "What a true pause releases", icon: <Icon of={HelpCircle} />, onSelect: fn() },
    ],
  },
];

const meta = preview.meta({
  title: "Parts/CommandPalette",
  component: CommandPalette,
  args: {
    isOpen: false,
    groups: GROUPS,
    query: "",
    emptyText: "Nothing has this name. Try a run, a page or a verb.",
    onOpenChange: fn(),
    onQueryChange: fn(),
  } as CommandPaletteProps,
  argTypes: { isOpen: { control: false } },
});

function Live({ startsOpen, ...args }: CommandPaletteProps & { startsOpen?: boolean }) {
  const [isOpen, setIsOpen] = useState(startsOpen ?? false);
  const [query, setQuery] = useState(args.query);
  const groups = args.groups.map((group) => ({
    ...group,
    items: group.items.filter((item) => item.label.toLowerCase().includes(query.toLowerCase())),
  }));
  return (
    <>
      <Button onPress={() => setIsOpen(true)}>Search</Button>
      <CommandPalette
        {...args}
        isOpen={isOpen}
        onOpenChange={setIsOpen}
        groups={groups}
        query={query}
        onQueryChange={setQuery}
      />
    </>
  );
}

export const Playground = meta.story({
  render: (args) => <Live {...args} />,
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(canvas.getByRole("button", { name: "Search" }));
    const bar = await screen.findByRole("combobox");
    await waitFor(() => expect(bar).toHaveFocus());
    await userEvent.keyboard("pause");
    const options = screen.getAllByRole("option");
    await expect(options).toHaveLength(3);
    await expect(options[0]).toHaveAttribute("aria-selected", "true");
    await userEvent.keyboard("{ArrowDown}");
    await expect(screen.getAllByRole("option")[1]).toHaveAttribute("aria-selected", "true");
    await userEvent.keyboard("{ArrowUp}{ArrowUp}{ArrowDown}{ArrowDown}{Enter}");
    await expect(later).toHaveBeenCalledOnce();
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    await waitFor(() => expect(canvas.getByRole("button", { name: "Search" })).toHaveFocus());
  },
});

export const Open = meta.story({
  render: (args) => <Live {...args} startsOpen />,
  play: async ({ userEvent }) => {
    const first = (await screen.findAllByRole("option"))[0];
    await expect(first).toHaveAttribute("aria-selected", "true");
    await userEvent.hover(screen.getByRole("option", { name: /satin-sweep/ }));
    await expect(screen.getByRole("option", { name: /satin-sweep/ })).toHaveAttribute(
      "aria-selected",
      "true",
    );
  },
});

export const NothingFound = meta.story({
  args: { query: "zzz" },
  render: (args) => <Live {...args} startsOpen />,
  play: async () => {
    await waitFor(() => expect(screen.getByText(/Nothing has this name/)).toBeVisible());
    await expect(screen.getByRole("combobox")).toHaveAttribute("aria-expanded", "false");
  },
});
