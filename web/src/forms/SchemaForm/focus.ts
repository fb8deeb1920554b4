// Finding the control of a setting by its dotted name.

const CONTROLS =
  "input:not([type=hidden]):not([tabindex='-1']), textarea, button[aria-haspopup], [role=radio], button";

/** Brings a field into view and focuses its control; false while it is not on the page. */
export function focusField(root: ParentNode, name: string): boolean {
  const field = root.querySelector(`[data-field="${CSS.escape(name)}"]`);
  if (!field) return false;
  const found = [...field.querySelectorAll<HTMLElement>(CONTROLS)].filter(
    (each) => !each.closest("[aria-hidden=true]") && each.offsetParent !== null,
  );
  const control = found.find((each) => !each.matches("button:not([aria-haspopup])")) ?? found.at(-1);
  if (!control) return false;
  field.scrollIntoView({ block: "center" });
  control.focus({ preventScroll: true });
  return true;
}
